// R1 and R2: eight writers, and the server is killed again and again at random moments, also while it
// rewrites its append only file. What was acknowledged is there after the next start, and nothing that
// nobody sent. Under `everysec` with a disk whose syncs take three seconds, what two seconds hold may
// be lost.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RawClient } from "../support/raw-client";
import { ServerProcess } from "../support/server-process";
import { FailingCalls } from "./failing-calls";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "./fault-row";
import { NumberedWriter } from "./numbered-writer";

const WRITERS = 8;
const KILLS = 50;
const LONGEST_LIFE_MS = 600;
const SYNC_DELAY_MS = 3000;
/** So long writes may wait for a sync under `everysec`, and what a busy machine adds. */
const BEARABLE_LOSS_MS = 2000 + 500;

class KilledServer {
  kills = 0;
  written = 0;
  readonly #dir = mkdtempSync(join(tmpdir(), "killed-"));
  readonly #writers = Array.from({ length: WRITERS }, (_, index) => new NumberedWriter(index));

  constructor(
    private readonly run: FaultRun,
    private readonly misses: Misses,
    private readonly policy: string,
  ) {}

  close(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** Starts, compares what is there with what is known, writes, and kills. */
  async life(lossMs = 0): Promise<void> {
    const { random, subject: program } = this.run;
    const server = await this.#start(program);
    const clients = await Promise.all(this.#writers.map(() => server.client()));
    const slow = lossMs > 0 ? await this.#slowSyncs(server.pid) : undefined;
    const writing = this.#writers.map((writer, index) => writer.write(clients[index], random));
    await delay(lossMs > 0 ? 2 * SYNC_DELAY_MS : random.between(10, LONGEST_LIFE_MS));
    if (random.chance(0.3)) await this.#rewrite(await server.client());
    await delay(random.below(30));
    const killedAtMs = performance.now();
    server.kill("SIGKILL");
    await server.exited;
    await slow?.detach();
    await Promise.all(writing);
    for (const client of clients) await client.close();
    this.kills++;
    const since = lossMs > 0 ? killedAtMs - lossMs : Number.POSITIVE_INFINITY;
    await this.#compare(await this.#start(program), since);
  }

  #start(program: string): Promise<ServerProcess> {
    const config = { appendonly: "yes", appendfsync: this.policy };
    return ServerProcess.start({ program, dir: this.#dir, config });
  }

  #slowSyncs(pid: number): Promise<FailingCalls> {
    return FailingCalls.attach(pid, this.#dir, {
      calls: ["fdatasync", "fsync"],
      effect: `delay_enter=${SYNC_DELAY_MS * 1000}`,
      when: "1+",
      paths: [],
    });
  }

  async #rewrite(client: RawClient): Promise<void> {
    await client.call("BGREWRITEAOF");
    await client.close();
  }

  async #compare(server: ServerProcess, since: number): Promise<void> {
    const client = await server.client();
    for (const writer of this.#writers) {
      const { acknowledged } = writer;
      for (const wrong of await writer.compare(client, since)) {
        this.misses.add(`${this.policy}, kill ${this.kills}: ${wrong}`);
      }
      this.written += acknowledged;
    }
    await client.call("FLUSHALL");
    for (const writer of this.#writers) await writer.compare(client, Number.NEGATIVE_INFINITY);
    await client.close();
    await server.stop();
  }
}

async function kill(run: FaultRun, policy: string, kills: number, misses: Misses): Promise<string> {
  const server = new KilledServer(run, misses, policy);
  try {
    while (server.kills < kills) {
      await server.life();
      if (server.kills % 10 === 0) run.progress(`${policy}: ${server.kills} kills`);
    }
    if (policy === "everysec" && run.share === 1) await server.life(BEARABLE_LOSS_MS);
    return `${policy}: ${server.kills} kills, ${server.written} writes acknowledged`;
  } finally {
    server.close();
  }
}

async function figureOf(run: FaultRun, policies: readonly string[]): Promise<FaultFigure> {
  const misses = new Misses();
  const kills = Math.ceil(sharedCount(KILLS, run) / policies.length);
  const texts: string[] = [];
  for (const policy of policies) texts.push(await kill(run, policy, kills, misses));
  return { text: `${texts.join("; ")}; ${misses.count} lost or invented`, misses: misses.texts };
}

export const ALWAYS_SYNCED: FaultRow = {
  id: "R1",
  summary: "kills under appendfsync always: nothing acknowledged is lost",
  run: (run) => figureOf(run, ["always"]),
};

export const SELDOM_SYNCED: FaultRow = {
  id: "R2",
  summary: "the same under everysec and no, and with syncs that take three seconds",
  run: (run) => figureOf(run, ["everysec", "no"]),
};
