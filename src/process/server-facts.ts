import { createHash, randomBytes } from "node:crypto";
import { machine, release, totalmem, type } from "node:os";
import { resolve } from "node:path";
import type { Clock } from "../base/clock";
import { PRODUCT_VERSION } from "../base/product";
import { REDIS_VERSION } from "../base/redis-version";

/** What does not change while the process lives, for INFO and everything else that tells of it. */
export interface ServerFacts extends FactsOfStart {
  readonly startedMs: number;
  readonly startedMonotonicMs: number;
  /** 40 hex digits, new at each start. */
  readonly runId: string;
  readonly executable: string;
  /** As `uname` names system, release and machine. */
  readonly operatingSystem: string;
  readonly systemMemoryBytes: number;
  /** 16 hex digits that follow from the versions of this program. */
  readonly buildId: string;
}

export interface FactsOfStart {
  readonly clock: Clock;
  /** Absolute path, empty without a file. */
  readonly configFile: string;
  readonly transportName: "native" | "portable";
  /** Who is told that the server is ready. */
  readonly supervisedBy: "no" | "systemd" | "upstart";
}

export function gatherFacts(start: FactsOfStart): ServerFacts {
  return {
    ...start,
    startedMs: start.clock.nowMs(),
    startedMonotonicMs: start.clock.monotonicMs(),
    runId: randomBytes(20).toString("hex"),
    executable: resolve(process.argv[1] ?? process.execPath),
    operatingSystem: `${type()} ${release()} ${machine()}`,
    systemMemoryBytes: totalmem(),
    buildId: buildId(),
  };
}

export function buildId(): string {
  const versions = `${REDIS_VERSION} ${PRODUCT_VERSION}`;
  return createHash("sha1").update(versions).digest("hex").slice(0, 16);
}
