import { randomBytes } from "node:crypto";
import { SystemClock } from "../base/clock";
import { Random } from "../base/random";
import { decodeUtf8 } from "../config/byte-text";
import { readCommandLine } from "../config/command-line";
import { Config } from "../config/config";
import { DiskConfigFiles } from "../config/config-files";
import { ProcessHost } from "../config/config-host";
import { loadConfig } from "../config/load-config";
import { loadAddon } from "../native/addon";
import { createNativeTransport } from "../net/native-transport";
import { ListenError, type Transport } from "../net/transport";
import { fitMaxClients, guardMaxClients, slotsFor } from "../session/max-clients";
import type { SessionLog } from "../session/session-log";
import { followTransportSettings } from "../session/transport-settings";
import { DataNode } from "./data-node";
import { openFilesLimit } from "./open-files";
import { gatherFacts } from "./server-facts";

/**
 * From the command line to a serving data node: configuration, transport, listeners, first turn.
 *
 * It is the only file of the role that ends the process before it serves.
 */
export function runServer(args: readonly string[]): void {
  const config = new Config(new ProcessHost());
  const invocation = readCommandLine(args, process.cwd());
  if (invocation.kind !== "run") return;
  const outcome = loadConfig(config, invocation.sources, new DiskConfigFiles(), "server");
  if ("problem" in outcome) {
    process.stderr.write(outcome.problem.text);
    process.exit(1);
  }
  const log = standardLog();
  serve(config, decodeUtf8(invocation.sources.file ?? ""), log).catch((error: unknown) => {
    log.warning(error instanceof Error ? error.message : String(error));
    process.exit(1);
  });
}

async function serve(config: Config, configFile: string, log: SessionLog): Promise<void> {
  const seed = randomBytes(12);
  const hashKey = [seed.readInt32LE(0), seed.readInt32LE(4)] as const;
  const openFiles = openFilesLimit();
  fitMaxClients(config, openFiles, log);
  const transport = openTransport(hashKey, slotsFor(config, openFiles));
  guardMaxClients(config, openFiles, transport.maxSlots);
  followTransportSettings(config, transport);
  const { addon } = loadAddon();
  const clock = new SystemClock();
  const node = new DataNode({
    config,
    log,
    transport,
    clock,
    facts: gatherFacts({ clock, configFile, transportName: transport.name, supervisedBy: "no" }),
    random: new Random(seed.readInt32LE(8)),
    hashKey,
    ...(addon && {
      advise: (segment, offset, length) => void addon.memoryAdvise(segment, offset, length),
      preferHugePages: (segment) => void addon.memoryPreferHuge(segment),
    }),
    onCrash: (_call, error) => {
      log.warning(`Crashed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      process.exit(1);
    },
  });
  await listen(transport, config);
  node.start();
  log.notice("Ready to accept connections");
}

function openTransport(hashKey: readonly [number, number], maxSlots: number): Transport {
  const native = createNativeTransport({ hashKey, maxSlots });
  if (native.transport === undefined) throw new Error(native.reason);
  return native.transport;
}

/** Opens a listener on every address of `bind`; one with a `-` may be missing. */
async function listen(transport: Transport, config: Config): Promise<void> {
  const port = config.number("port");
  const backlog = config.number("tcp-backlog");
  for (const entry of config.value("bind")) {
    const isOptional = entry.startsWith("-");
    const address = isOptional ? entry.slice(1) : entry;
    const ip = address === "*" ? "0.0.0.0" : address === "::*" ? "::" : address;
    try {
      await transport.listenTcp(ip, port, backlog);
    } catch (error) {
      const mayBeMissing = error instanceof ListenError && error.code !== "EADDRINUSE";
      if (!isOptional || !mayBeMissing) throw error;
    }
  }
}

function standardLog(): SessionLog {
  const write = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const writes: SessionLog["writes"] = (level) => level === "notice" || level === "warning";
  return {
    writes,
    debug: () => undefined,
    verbose: () => undefined,
    notice: write,
    warning: write,
  };
}
