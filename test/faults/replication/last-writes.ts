// R32: SIGTERM and SHUTDOWN under load, with replicas that get along, one that is paused for a while and
// one that stays paused. A replica that gets along has all that was acknowledged, the wait for the
// others is no longer than shutdown-timeout, and the exit code is 0.

import { setTimeout as delay } from "node:timers/promises";
import { linkIsUp } from "../../replication/pair";
import type { RawClient } from "../../support/raw-client";
import { SeededRandom } from "../../support/seeds";
import { REAL_SERVER, type ServerProcess } from "../../support/server-process";
import { withDeadline } from "../../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "../fault-row";
import { NumberedWriter } from "../numbered-writer";
import { Stage } from "./stage";

const ROUNDS = 30;
const WRITERS = 4;
const MOST_WRITING_MS = 800;
const LONG_TIMEOUT_S = 10;
const SHORT_TIMEOUT_S = 1;
/** The wait is looked at ten times a second; then the process ends. */
const END_MS = 1000;
const DEADLINE_MS = 30_000;
const PAUSES = ["none", "for a while", "for ever"] as const;
const ENDS = ["SIGTERM", "SHUTDOWN", "SHUTDOWN NOSAVE"] as const;

interface Follower {
  readonly server: ServerProcess;
  readonly client: RawClient;
}

class LastWrites {
  acknowledged = 0;
  longestMs = 0;
  rounds = 0;

  constructor(
    private readonly run: FaultRun,
    private readonly misses: Misses,
  ) {}

  async round(): Promise<void> {
    const { random } = this.run;
    this.rounds++;
    const pause = PAUSES[this.rounds % PAUSES.length];
    const end = random.pick(ENDS);
    await Stage.run(async (stage) => {
      for (const wrong of await this.#end(stage, pause, end)) {
        this.misses.add(`round ${this.rounds}, ${end}, paused ${pause}: ${wrong}`);
      }
    });
  }

  /** What went wrong, in a sentence each. */
  async #end(
    stage: Stage,
    pause: (typeof PAUSES)[number],
    end: (typeof ENDS)[number],
  ): Promise<string[]> {
    const { random, subject } = this.run;
    const timeoutS = pause === "for ever" ? SHORT_TIMEOUT_S : LONG_TIMEOUT_S;
    const appendonly = random.pick(["yes", "no"]);
    const master = await stage.server(subject, { "shutdown-timeout": timeoutS, appendonly });
    const [steady, paused] = await Promise.all([
      follow(stage, random.pick([subject, REAL_SERVER]), master),
      follow(stage, random.pick([subject, REAL_SERVER]), master),
    ]);
    const writers = Array.from({ length: WRITERS }, (_, index) => new NumberedWriter(index));
    const clients = await Promise.all(writers.map(() => stage.client(master)));
    const asking = await stage.client(master);
    const writing = writers.map((writer, index) =>
      writer.write(clients[index], new SeededRandom(random.word())),
    );
    await delay(random.between(50, MOST_WRITING_MS));
    if (pause !== "none") paused.server.kill("SIGSTOP");
    await delay(random.below(100));
    const beganMs = performance.now();
    if (end === "SIGTERM") master.kill("SIGTERM");
    else asking.send(...end.split(" "));
    if (pause === "for a while") {
      await delay(random.between(100, 1500));
      paused.server.kill("SIGCONT");
    }
    const exit = await withDeadline("end of the master", DEADLINE_MS, master.exited);
    const waitedMs = performance.now() - beganMs;
    await Promise.all(writing);
    this.longestMs = Math.max(this.longestMs, waitedMs);
    const found: string[] = [];
    if (exit.code !== 0) found.push(`exit code ${exit.code}, signal ${exit.signal}`);
    if (waitedMs > timeoutS * 1000 + END_MS) found.push(`ended after ${waitedMs.toFixed(0)} ms`);
    for (const { acknowledged } of writers) this.acknowledged += acknowledged;
    const knowing = pause === "for ever" ? [steady] : [steady, paused];
    for (const { client } of knowing) {
      for (const writer of writers) found.push(...(await writer.compare(client)));
    }
    for (const { refusal } of writers) if (refusal !== "") found.push(refusal);
    return found;
  }
}

async function follow(stage: Stage, program: string, master: ServerProcess): Promise<Follower> {
  const server = await stage.server(program, { replicaof: ["127.0.0.1", String(master.port)] });
  const client = await stage.client(server);
  await linkIsUp(client);
  return { server, client };
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const last = new LastWrites(run, misses);
  const rounds = sharedCount(ROUNDS, run);
  while (last.rounds < rounds) {
    await last.round();
    if (last.rounds % 10 === 0) run.progress(`${last.rounds} rounds`);
  }
  const { acknowledged, longestMs } = last;
  return {
    text:
      `${rounds} ends under load, ${acknowledged} writes acknowledged, ${misses.count} mistakes; the ` +
      `longest end took ${longestMs.toFixed(0)} ms`,
    misses: misses.texts,
  };
}

export const LAST_WRITES: FaultRow = {
  id: "R32",
  summary: "SIGTERM and SHUTDOWN under load with paused replicas: no write is lost",
  run,
};
