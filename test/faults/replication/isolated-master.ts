// R14 without a Sentinel: a master that needs one replica for its writes is cut off from it, silently
// and under writes. It refuses writes soon enough that a new master may be made meanwhile, takes them
// again when the network is whole, and as the replica of a new one comes to that one's data.

import { setTimeout as delay } from "node:timers/promises";
import type { RawClient } from "../../support/raw-client";
import { REAL_SERVER, type ServerProcess } from "../../support/server-process";
import type { TcpProxy } from "../../support/tcp-proxy";
import { waitFor } from "../../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "../fault-row";
import { Stage, untilAlike, untilLinked } from "./stage";

const ROUNDS = 5;
const LAG_S = 2;
const LATEST_REFUSAL_MS = (LAG_S + 2) * 1000;
const LONG_ISOLATION_MS = 30_000;
const SHORT_ISOLATION_MS = 5500;
const EVERY_MS = 5;
/** The replica confirms once a second, and is judged by it. */
const LATEST_RETURN_MS = 3000;
const DEADLINE_MS = 60_000;
const CONFIG = { "min-replicas-to-write": 1, "min-replicas-max-lag": LAG_S };

/** Writes all the time and remembers when it was last allowed to, and when not. */
class Prober {
  lastTakenMs = 0;
  lastRefusedMs = 0;
  wrong = "";
  #isOver = false;
  #writing: Promise<void>;

  constructor(client: RawClient) {
    this.#writing = this.#write(client);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#writing;
  }

  async #write(client: RawClient): Promise<void> {
    while (!this.#isOver) {
      const reply = (await client.command("INCR", "n")).toString("latin1");
      if (reply.startsWith(":")) this.lastTakenMs = performance.now();
      else if (reply.startsWith("-NOREPLICAS")) this.lastRefusedMs = performance.now();
      else this.wrong ||= reply;
      await delay(EVERY_MS);
    }
  }
}

class Isolation {
  refusalMs = 0;
  returnMs = 0;

  constructor(
    private readonly stage: Stage,
    private readonly run: FaultRun,
    private readonly master: ServerProcess,
    private readonly replica: ServerProcess,
    private readonly proxy: TcpProxy,
  ) {}

  /** The network falls silent, and heals after a while. */
  async heal(lengthMs: number): Promise<void> {
    const prober = new Prober(await this.stage.client(this.master));
    await this.#isolate(prober, lengthMs);
    const healedMs = performance.now();
    this.proxy.heal();
    await waitFor("a write to be taken", () => prober.lastTakenMs > healedMs, {
      timeoutMs: DEADLINE_MS,
    });
    await prober.stop();
    this.returnMs = Math.max(this.returnMs, prober.lastTakenMs - healedMs);
    expect("other replies", prober.wrong, "");
    await this.#alike();
  }

  /** Meanwhile the replica becomes a master that takes writes, and the old one follows it in the end. */
  async replace(): Promise<void> {
    const [old, other] = await Promise.all([
      this.stage.client(this.master),
      this.stage.client(this.replica),
    ]);
    const prober = new Prober(await this.stage.client(this.master));
    await this.#isolate(prober, SHORT_ISOLATION_MS);
    await other.call("REPLICAOF", "NO", "ONE");
    for (let i = 0; i < 100; i++) await other.call("SET", "written by", `the new master ${i}`);
    await prober.stop();
    expect("other replies", prober.wrong, "");
    this.proxy.heal();
    await old.call("REPLICAOF", "127.0.0.1", String(this.replica.port));
    await untilLinked([old]);
    await this.#alike();
    expect("the data", String(await old.call("GET", "written by")), "the new master 99");
  }

  async #isolate(prober: Prober, lengthMs: number): Promise<void> {
    await waitFor("a write to be taken", () => prober.lastTakenMs > 0);
    await delay(this.run.random.below(1000));
    const beganMs = performance.now();
    this.proxy.isolate();
    await delay(lengthMs);
    expect("writes refused", prober.lastRefusedMs > prober.lastTakenMs, true);
    this.refusalMs = Math.max(this.refusalMs, prober.lastTakenMs - beganMs);
  }

  async #alike(): Promise<void> {
    const clients = [this.master, this.replica].map((server) => this.stage.client(server));
    await untilAlike(await Promise.all(clients));
  }
}

function expect<T>(what: string, found: T, expected: T): void {
  if (found !== expected) throw new Error(`${what}: ${found}, not ${expected}`);
}

async function isolate(run: FaultRun, program: string, misses: Misses): Promise<string> {
  return await Stage.run(async (stage) => {
    const [master, replica] = await Promise.all([
      stage.server(run.subject, CONFIG),
      stage.server(program),
    ]);
    const proxy = await stage.proxy(master.port);
    const client = await stage.client(replica);
    await client.call("REPLICAOF", "127.0.0.1", String(proxy.port));
    await untilLinked([client]);
    const isolation = new Isolation(stage, run, master, replica, proxy);
    // A slice has no time for more than the replacement.
    const rounds = Math.round(ROUNDS * run.share);
    if (run.share === 1) await isolation.heal(LONG_ISOLATION_MS);
    for (let round = 0; round < rounds; round++) await isolation.heal(SHORT_ISOLATION_MS);
    await isolation.replace();
    const { refusalMs, returnMs } = isolation;
    const text =
      `writes taken until ${refusalMs.toFixed(0)} ms after the network fell silent` +
      (rounds > 0 ? `, and again ${returnMs.toFixed(0)} ms after it healed` : "");
    if (refusalMs > LATEST_REFUSAL_MS || returnMs > LATEST_RETURN_MS) misses.add(text);
    return text;
  });
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const programs = { "its own kind": run.subject, "redis-server": REAL_SERVER };
  const texts = await Promise.all(
    Object.entries(programs).map(async ([name, program]) => {
      const text = await isolate(run, program, misses).catch((error) => {
        misses.add(`with a replica of ${name}: ${String(error)}`);
        return "failed";
      });
      return `with a replica of ${name} ${text}`;
    }),
  );
  return { text: texts.join("; "), misses: misses.texts };
}

export const ISOLATED_MASTER: FaultRow = {
  id: "R14",
  summary: "a master without its replica refuses writes within the lag and two seconds",
  run,
};
