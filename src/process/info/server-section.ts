import { PRODUCT_NAME, PRODUCT_VERSION } from "../../base/product";
import { REDIS_VERSION } from "../../base/redis-version";
import type { Config } from "../../config/config";
import type { ServerIdentity } from "../../session/session-context";
import { cronHz } from "../cron-rate";
import type { ServerFacts } from "../server-facts";
import type { InfoSection } from "./info-section";

const DAY_SECONDS = 86400;
const LRU_CLOCK_SECONDS = 0x1000000;

/** INFO server: what program this is, where and since when it runs. */
export function serverSection(
  facts: ServerFacts,
  config: Config,
  mode: ServerIdentity["mode"],
  clientCount: () => number,
  /** How long the end of the server still waits for replicas, if it does. */
  shutdownLeftMs: () => number | undefined = () => undefined,
): InfoSection {
  const fields = () => {
    const nowMs = facts.clock.nowMs();
    const configuredHz = config.number("hz");
    const uptimeSeconds = Math.floor((facts.clock.monotonicMs() - facts.startedMonotonicMs) / 1000);
    const leftMs = shutdownLeftMs();
    return [
      ["redis_version", REDIS_VERSION],
      ["redis_git_sha1", "00000000"],
      ["redis_git_dirty", 0],
      ["redis_build_id", facts.buildId],
      ["redis_mode", mode],
      ["os", facts.operatingSystem],
      ["arch_bits", 64],
      ["monotonic_clock", "POSIX clock_gettime"],
      ["multiplexing_api", facts.transportName === "native" ? "epoll" : "libuv"],
      ["atomicvar_api", "none"],
      ["gcc_version", "0.0.0"],
      ["process_id", process.pid],
      ["process_supervised", facts.supervisedBy],
      ["run_id", facts.runId],
      ["tcp_port", config.number("port")],
      ["server_time_usec", facts.clock.nowUs()],
      ["uptime_in_seconds", uptimeSeconds],
      ["uptime_in_days", Math.floor(uptimeSeconds / DAY_SECONDS)],
      ["hz", cronHz(configuredHz, config.flag("dynamic-hz"), clientCount())],
      ["configured_hz", configuredHz],
      ["lru_clock", Math.floor(nowMs / 1000) % LRU_CLOCK_SECONDS],
      ["executable", facts.executable],
      ["config_file", facts.configFile],
      ["io_threads_active", 0],
      ...(leftMs === undefined ? [] : [["shutdown_in_milliseconds", leftMs] as const]),
      ["project_name", PRODUCT_NAME],
      ["project_version", PRODUCT_VERSION],
      ["node_version", process.versions.node],
      ["transport", facts.transportName],
    ] as const;
  };
  return { name: "Server", shownBy: "default", fields };
}
