// Watches a failover from outside, as clients see it: when a write is taken again, when the first
// Sentinel names the new master, and when all of them do.

import { setTimeout as delay } from "node:timers/promises";
import type { RawClient } from "../support/raw-client";
import { type Fleet, type FleetNode, type FleetSentinel, masterPort } from "./fleet";

const POLL_MS = 5;
const GIVE_UP_MS = 30_000;

export interface FailoverTimes {
  /** From the fault to the first write that another node took. */
  readonly firstWriteMs: number;
  /** From the fault until a Sentinel named that node: what clients that ask Sentinels wait. */
  readonly firstNamedMs: number;
  /** From the fault until every Sentinel asked names that master. */
  readonly allAgreeMs: number;
  readonly newPort: number;
}

/** `sentinels` are those that are not themselves cut off or stopped. */
export async function watchFailover(
  fleet: Fleet,
  sentinels: readonly FleetSentinel[],
  oldPort: number,
  faultAtMs: number,
): Promise<FailoverTimes> {
  const others = fleet.nodes.filter((node) => node.port !== oldPort);
  const writers = others.map((node) => new Writer(node));
  const clients = await Promise.all(sentinels.map((sentinel) => sentinel.process.client()));
  let firstWriteMs = 0;
  let firstNamedMs = 0;
  try {
    for (;;) {
      const taken = await Promise.all(writers.map((writer) => writer.takesWrite()));
      if (firstWriteMs === 0 && taken.includes(true)) firstWriteMs = performance.now() - faultAtMs;
      const ports = await Promise.all(clients.map(masterPort));
      const newPort = ports.find((port) => port !== oldPort);
      if (firstNamedMs === 0 && newPort !== undefined) firstNamedMs = performance.now() - faultAtMs;
      if (firstWriteMs > 0 && newPort !== undefined && ports.every((port) => port === newPort)) {
        return { firstWriteMs, firstNamedMs, allAgreeMs: performance.now() - faultAtMs, newPort };
      }
      if (performance.now() - faultAtMs > GIVE_UP_MS) {
        throw new Error(`no failover within ${GIVE_UP_MS} ms: masters ${ports.join(", ")}`);
      }
      await delay(POLL_MS);
    }
  } finally {
    for (const client of [...clients, ...writers]) await client.close();
  }
}

/** The ports of those nodes that answer and call themselves masters. */
export async function mastersAmong(fleet: Fleet, except: number): Promise<number[]> {
  const masters: number[] = [];
  for (const node of fleet.nodes) {
    if (node.port === except || !node.process.running()) continue;
    const client = await node.process.client();
    const role = await client.call("ROLE");
    await client.close();
    if (Array.isArray(role) && role[0] === "master") masters.push(node.port);
  }
  return masters;
}

/** Writes to one node, by a new connection when the old one has been closed: a new master does that. */
class Writer {
  readonly #node: FleetNode;
  #client: RawClient | undefined;

  constructor(node: FleetNode) {
    this.#node = node;
  }

  async takesWrite(): Promise<boolean> {
    try {
      this.#client ??= await this.#node.process.client();
      const reply = await this.#client.command("SET", "written", "after the fault");
      return reply.toString("latin1") === "+OK\r\n";
    } catch {
      this.#client = undefined;
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }
}
