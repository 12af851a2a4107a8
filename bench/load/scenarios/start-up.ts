// From the start of the process to its first PONG, and the memory it holds when idle (P12).

import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../../test/support/free-port";
import { residentBytes } from "../../../test/support/process-usage";
import { RawClient } from "../../../test/support/raw-client";
import { ServerProcess } from "../../../test/support/server-process";
import { type Measurement, measurement } from "../measurement";
import type { BenchContext, Scenario } from "../scenario";
import { noSamples, SIDES } from "../server-pair";

const DEADLINE_MS = 20_000;
const RETRY_MS = 1;
// A server that has just started still frees what starting took; idle is what it holds after that.
const SETTLE_MS = 1000;
const MB = 1_000_000;

interface StartUp {
  readonly firstPongMs: number;
  readonly idleBytes: number;
}

async function startUp(program: string): Promise<StartUp> {
  const port = await freePort();
  const begun = performance.now();
  const server = ServerProcess.launch({ program, config: { appendonly: "no" } }, port);
  try {
    await firstPong(server, begun + DEADLINE_MS);
    const firstPongMs = performance.now() - begun;
    await delay(SETTLE_MS);
    return { firstPongMs, idleBytes: residentBytes(server.pid) };
  } finally {
    await server.stop();
  }
}

async function firstPong(server: ServerProcess, deadline: number): Promise<void> {
  for (;;) {
    try {
      const client = await RawClient.connect(server);
      const reply = await client.call("PING");
      await client.close();
      if (reply === "PONG") return;
    } catch (error) {
      if (!server.running()) throw new Error(`the server ended:\n${server.logs()}`);
      if (performance.now() > deadline) throw error;
    }
    await delay(RETRY_MS);
  }
}

async function run(context: BenchContext): Promise<Measurement[]> {
  const firstPongMs = noSamples();
  const idleBytes = noSamples();
  for (let pair = 0; pair < context.pairs; pair++) {
    for (const side of SIDES) {
      const started = await startUp(context.programs[side]);
      firstPongMs[side].push(started.firstPongMs);
      idleBytes[side].push(started.idleBytes);
    }
  }
  const origin = { scenario: "start-up", source: "P12", subject: "empty server" };
  context.progress(`start-up: ${firstPongMs.ours.map((ms) => ms.toFixed(0)).join(" ")} ms`);
  return [
    measurement(origin, "start to first PONG", "ms", firstPongMs, {
      judged: "ours",
      better: "lower",
      target: 150,
      floor: 300,
    }),
    measurement(origin, "resident when idle", "B", idleBytes, {
      judged: "ours",
      better: "lower",
      target: 60 * MB,
      floor: 80 * MB,
    }),
  ];
}

export const START_UP: Scenario = {
  name: "start-up",
  summary: "start to first PONG, and resident memory when idle (P12)",
  run,
};
