// R16: clients that write and WAIT while the replicas are paused, killed and slow, with and without a
// timeout, and clients that go away meanwhile. What WAIT replies is true: so many replicas had
// confirmed the write, as the proxies in front of them have heard, and those of them that live and can
// be asked have it.

import { setTimeout as delay } from "node:timers/promises";
import { field } from "../../replication/pair";
import type { RawClient } from "../../support/raw-client";
import { REAL_SERVER, type ServerProcess } from "../../support/server-process";
import { waitFor } from "../../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "../fault-row";
import { HeldCopy } from "./held-copy";
import { Stage, untilAlike } from "./stage";

const WAITS = 1000;
const CLIENTS = 4;
const TIMEOUTS_MS = [1, 5, 20, 50, 200];
const LATENCIES_MS = [0, 2, 10, 40];
const MOST_TROUBLE_DELAY_MS = 6;
const KILL_CHANCE = 0.03;

/** What one WAIT has told, and who had confirmed the write by then. */
interface Told {
  readonly key: string;
  readonly value: number;
  readonly count: number;
  readonly confirmedBy: readonly HeldCopy[];
}

class Waits {
  answered = 0;
  wrong = 0;
  left = 0;
  kills = 0;
  readonly counts = [0, 0, 0, 0];
  #begun: Promise<void>[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly run: FaultRun,
    private readonly misses: Misses,
    private readonly master: ServerProcess,
    private readonly copies: readonly HeldCopy[],
    private readonly clients: RawClient[],
  ) {}

  async round(): Promise<void> {
    const { random } = this.run;
    await this.#recover();
    const isTroubled = random.chance(0.4);
    const running = this.copies.filter(({ state }) => state === "running").length;
    const waits = this.clients
      .slice(0, random.between(1, CLIENTS))
      .map((client, index) => this.#wait(client, index, isTroubled ? 0 : running));
    const trouble = isTroubled ? this.#trouble() : undefined;
    const told = await Promise.all(waits);
    await trouble;
    for (const each of told) if (each !== undefined) await this.#judge(each);
  }

  /** Everybody is there again, and nobody waits any more. */
  async end(): Promise<void> {
    for (const copy of this.copies) {
      copy.proxy.latencyMs = 0;
      if (copy.state === "paused") copy.resume();
      else if (copy.state === "away") this.#begun.push(copy.begin());
    }
    await Promise.all(this.#begun);
    const client = await this.stage.client(this.master);
    await waitFor("all to be confirmed", async () => {
      return (await client.call("WAIT", "3", "1000")) === this.copies.length;
    });
    await waitFor("nobody to wait", async () => {
      return (await field(client, "clients", "blocked_clients")) === "0";
    });
    await untilAlike([client, ...this.copies.map((copy) => copy.client)]);
  }

  /** @param sure so many replicas will confirm: to wait for them, no timeout is needed. */
  async #wait(client: RawClient, index: number, sure: number): Promise<Told | undefined> {
    const { random } = this.run;
    const key = `waits:${index}`;
    const wanted = random.between(1, this.copies.length);
    const isSure = wanted <= sure && random.chance(0.5);
    const timeoutMs = isSure ? 0 : random.pick(TIMEOUTS_MS);
    // Nothing comes between them, so that INFO tells the offset of this write.
    const batch = [
      ["INCR", key],
      ["INFO", "replication"],
      ["WAIT", wanted, timeoutMs],
    ];
    for (const words of batch) client.send(...words.map(String));
    if (random.chance(0.1)) {
      await delay(random.below(10));
      client.socket.destroy();
      this.left++;
      this.clients[index] = await this.stage.client(this.master);
      return undefined;
    }
    const value = Number((await client.readReply()).toString("latin1").slice(1));
    const info = (await client.readReply()).toString("latin1");
    const offset = Number(/master_repl_offset:(\d+)/.exec(info)?.[1]);
    const count = Number((await client.readReply()).toString("latin1").slice(1));
    const confirmedBy = this.copies.filter(({ confirmed }) => confirmed >= offset);
    return { key, value, count, confirmedBy };
  }

  async #judge({ key, value, count, confirmedBy }: Told): Promise<void> {
    this.answered++;
    this.counts[count]++;
    let holding = 0;
    for (const copy of confirmedBy) {
      const has = copy.state !== "running" || (await numberAt(copy.client, key)) >= value;
      if (has) holding++;
    }
    const isTrue = count <= confirmedBy.length && holding === confirmedBy.length;
    if (isTrue) return;
    this.wrong++;
    this.misses.add(
      `WAIT ${this.answered}: ${count} told, ${confirmedBy.length} had confirmed, ${holding} have ` +
        `${key} = ${value}`,
    );
  }

  async #trouble(): Promise<void> {
    const { random } = this.run;
    await delay(random.below(MOST_TROUBLE_DELAY_MS));
    const running = this.copies.filter(({ state }) => state === "running");
    if (running.length === 0) return;
    const copy = random.pick(running);
    if (random.chance(KILL_CHANCE)) {
      copy.kill();
      this.kills++;
    } else if (random.chance(0.6)) copy.pause();
    else copy.proxy.latencyMs = random.pick(LATENCIES_MS);
  }

  /** Some of those that are not there come back. */
  async #recover(): Promise<void> {
    const { random } = this.run;
    for (const copy of this.copies) {
      if (copy.state === "paused" && random.chance(0.5)) copy.resume();
      if (copy.state === "away") this.#begun.push(copy.begin());
    }
  }
}

async function numberAt(client: RawClient, key: string): Promise<number> {
  return Number(await client.call("GET", key));
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const text = await Stage.run(async (stage) => {
    const master = await stage.server(run.subject);
    const programs = [run.subject, REAL_SERVER, run.subject];
    const copies = await Promise.all(
      programs.map((program) => HeldCopy.start(stage, program, master.port)),
    );
    const clients: RawClient[] = [];
    while (clients.length < CLIENTS) clients.push(await stage.client(master));
    const waits = new Waits(stage, run, misses, master, copies, clients);
    const count = sharedCount(WAITS, run);
    while (waits.answered < count) await waits.round();
    await waits.end();
    const { answered, wrong, left, kills, counts } = waits;
    return (
      `${answered - wrong} of ${answered} WAITs true (${counts.join(", ")} of them told 0, 1, 2, 3), ` +
      `${kills} replicas killed, ${left} clients went away meanwhile`
    );
  });
  return { text, misses: misses.texts };
}

export const TRUE_WAITS: FaultRow = {
  id: "R16",
  summary: "WAIT with paused, killed and slow replicas: n means that n hold it",
  run,
};
