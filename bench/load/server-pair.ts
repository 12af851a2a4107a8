// The two servers that are compared, started side by side with the same settings.
// What always holds: neither writes to disk unless the scenario says so, and both are stopped whatever
// happens in between.

import { cpuTimeMs } from "../../test/support/process-usage";
import { ServerProcess } from "../../test/support/server-process";

export type Side = "ours" | "real";
/** The order in which a pair of runs takes place: A B A B. */
export const SIDES: readonly Side[] = ["ours", "real"];

export interface Programs {
  readonly ours: string;
  readonly real: string;
}

export type ServerPair = Readonly<Record<Side, ServerProcess>>;

/** Samples of both sides, one per pair. */
export type Samples = Record<Side, number[]>;

export function noSamples(): Samples {
  return { ours: [], real: [] };
}

const START_DEADLINE_MS = 60_000;

/** The settings of every benchmark: no save points, and no append only file but by `config`. */
export function startServer(
  program: string,
  config: Readonly<Record<string, string | number>> = {},
): Promise<ServerProcess> {
  return ServerProcess.start({
    program,
    config: { appendonly: "no", ...config },
    startTimeoutMs: START_DEADLINE_MS,
  });
}

export async function withServers<T>(
  programs: Programs,
  body: (servers: ServerPair) => Promise<T>,
  config: Readonly<Record<string, string | number>> = {},
): Promise<T> {
  const ours = await startServer(programs.ours, config);
  try {
    const real = await startServer(programs.real, config);
    try {
      return await body({ ours, real });
    } finally {
      await real.stop();
    }
  } finally {
    await ours.stop();
  }
}

/** Sends one command on a connection of its own; errors of the server are thrown. */
export async function ask(server: ServerProcess, ...args: string[]): Promise<string> {
  const client = await server.client();
  try {
    const reply = await client.call(...args);
    if (typeof reply === "object" && reply !== null && "error" in reply) {
      throw new Error(`${args.join(" ")}: ${reply.error}`);
    }
    return typeof reply === "string" ? reply : JSON.stringify(reply);
  } finally {
    await client.close();
  }
}

/** A number out of INFO. */
export async function infoNumber(
  server: ServerProcess,
  section: string,
  field: string,
): Promise<number> {
  const info = await ask(server, "INFO", section);
  const line = info.split("\r\n").find((text) => text.startsWith(`${field}:`));
  const value = Number(line?.slice(field.length + 1));
  if (line === undefined || Number.isNaN(value)) throw new Error(`INFO ${section}: no ${field}`);
  return value;
}

/** Those of the commands that the server does not know. */
export async function unknownCommands(
  server: ServerProcess,
  names: readonly string[],
): Promise<string[]> {
  const client = await server.client();
  try {
    const reply = await client.call("COMMAND", "INFO", ...names);
    return names.filter((_, index) => !Array.isArray(reply) || reply[index] === null);
  } finally {
    await client.close();
  }
}

/** Runs `body` and tells how much processor time the server used meanwhile. */
export async function withCpuTime<T>(
  server: ServerProcess,
  body: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpuMs: number }> {
  const before = cpuTimeMs(server.pid);
  const result = await body();
  return { result, cpuMs: cpuTimeMs(server.pid) - before };
}
