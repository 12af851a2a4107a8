// R10: three writers on a master whose replica loses its link every half second, by a reset, an end in
// order or silence; ours with ours, redis-server behind ours, ours behind redis-server. The replica
// goes on where it was, and has the same data. With a backlog that holds less than is written while
// there is no link, every new link begins with a copy.

import { setTimeout as delay } from "node:timers/promises";
import type { RawClient } from "../../support/raw-client";
import { SeededRandom } from "../../support/seeds";
import { REAL_SERVER, type ServerProcess } from "../../support/server-process";
import type { TcpProxy } from "../../support/tcp-proxy";
import { waitFor } from "../../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "../fault-row";
import { AllTypeWriter } from "./all-type-writer";
import { Stage, stat, untilAlike, untilLinked, writeCommands } from "./stage";

const WRITERS = 3;
const WRITES = 100_000;
const DURATION_MS = 60_000;
const EVERY_MS = 500;
const TROUBLES = ["cutJoined", "cutJoined", "close", "close", "silence"] as const;
const LEAST_PARTIAL = 0.95;
const LARGE_BACKLOG = "256mb";
/** redis-server keeps one block of 16 KiB at least. */
const TINY_BACKLOG = "16kb";
const TINY_ROUNDS = 20;
const BLOCK_BYTES = 1_000_000;
const MORE_THAN_TINY_BYTES = 100_000;
/** Silence is to be noticed soon. */
const TIMES = { "repl-timeout": 2, "repl-ping-replica-period": 1 };
const NOTICED_MS = 15_000;

interface Programs {
  readonly master: string;
  readonly replica: string;
}

interface Ways {
  readonly ways: string;
  readonly programs: Programs;
}

interface Syncs {
  readonly full: number;
  readonly partial: number;
}

class Pair {
  private constructor(
    readonly master: ServerProcess,
    readonly toMaster: RawClient,
    readonly toReplica: RawClient,
    readonly proxy: TcpProxy,
  ) {}

  static async start(stage: Stage, programs: Programs): Promise<Pair> {
    const config = { ...TIMES, "repl-backlog-size": LARGE_BACKLOG };
    const [master, replica] = await Promise.all([
      stage.server(programs.master, config),
      stage.server(programs.replica, config),
    ]);
    const proxy = await stage.proxy(master.port);
    const [toMaster, toReplica] = await Promise.all([stage.client(master), stage.client(replica)]);
    const pair = new Pair(master, toMaster, toReplica, proxy);
    await toReplica.call("REPLICAOF", "127.0.0.1", String(proxy.port));
    await untilLinked([toReplica]);
    return pair;
  }

  untilAlike(): Promise<void> {
    return untilAlike([this.toMaster, this.toReplica]);
  }

  /** Those after the first copy. */
  async syncs(): Promise<Syncs> {
    return {
      full: (await stat(this.toMaster, "sync_full")) - 1,
      partial: await stat(this.toMaster, "sync_partial_ok"),
    };
  }
}

/** Cuts the link of a pair again and again while clients write. */
async function endure(run: FaultRun, pair: Pair, clients: readonly RawClient[]): Promise<string> {
  const writers: AllTypeWriter[] = [];
  for (const client of clients) {
    const random = new SeededRandom(run.random.word());
    const source = await writeCommands(random, [client, pair.toReplica]);
    writers.push(new AllTypeWriter(client, source));
  }
  const durationMs = DURATION_MS * run.share;
  const count = Math.ceil(sharedCount(WRITES, run) / WRITERS);
  let isWriting = true;
  const writing = Promise.all(writers.map((writer) => writer.write(count, durationMs)));
  const written = writing.finally(() => {
    isWriting = false;
  });
  written.catch(() => undefined);
  const cuts = await cutWhile(run, pair, () => isWriting);
  await written;
  await untilLinked([pair.toReplica]);
  await pair.untilAlike();
  const { full, partial } = await pair.syncs();
  const sent = writers.reduce((sum, writer) => sum + writer.sent, 0);
  const text = `${sent} writes, ${cuts} cuts, then ${partial} partial and ${full} full syncs`;
  if (partial < LEAST_PARTIAL * (partial + full) || partial === 0) throw new Error(text);
  return text;
}

async function cutWhile(run: FaultRun, pair: Pair, isWriting: () => boolean): Promise<number> {
  const { proxy } = pair;
  let cuts = 0;
  while (isWriting()) {
    await delay(EVERY_MS);
    if (!proxy.isJoined) continue;
    const { connections } = proxy;
    const trouble = run.random.pick(TROUBLES);
    proxy[trouble]();
    cuts++;
    if (trouble !== "silence") continue;
    // Only the replica's own clock ends it: another cut would tell it.
    await waitFor("silence to be noticed", () => proxy.connections > connections, {
      timeoutMs: NOTICED_MS,
    });
  }
  return cuts;
}

/** While there is no link, more is written than the backlog holds. */
async function outgrow(run: FaultRun, pair: Pair): Promise<string> {
  const { proxy, toMaster, toReplica } = pair;
  await toMaster.call("CONFIG", "SET", "repl-backlog-size", TINY_BACKLOG);
  // What a large backlog has begun is kept until a block of the new size follows.
  for (let left = 3; left > 0; left--) await toMaster.call("SET", "large", "x".repeat(BLOCK_BYTES));
  const writer = new AllTypeWriter(
    toMaster,
    await writeCommands(run.random, [toMaster, toReplica]),
  );
  const rounds = sharedCount(TINY_ROUNDS, run);
  const before = await pair.syncs();
  for (let round = 1; round <= rounds; round++) {
    proxy.refuses = true;
    proxy.cut();
    await writer.batch(200);
    await toMaster.call("SET", `round:${round}`, run.random.bytes(MORE_THAN_TINY_BYTES));
    proxy.refuses = false;
    await waitFor("another copy", async () => (await pair.syncs()).full >= before.full + round);
    await untilLinked([toReplica]);
    await writer.batch(100);
  }
  await pair.untilAlike();
  const after = await pair.syncs();
  const full = after.full - before.full;
  const partial = after.partial - before.partial;
  const text = `with a tiny backlog ${full} full and ${partial} partial of ${rounds}`;
  if (partial > 0 || full < rounds) throw new Error(text);
  return text;
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const texts: string[] = [];
  const { subject } = run;
  const pairs: readonly Ways[] = [
    { ways: "ours behind ours", programs: { master: subject, replica: subject } },
    { ways: "redis-server behind ours", programs: { master: subject, replica: REAL_SERVER } },
    { ways: "ours behind redis-server", programs: { master: REAL_SERVER, replica: subject } },
  ];
  for (const { ways, programs } of pairs) {
    try {
      await Stage.run(async (stage) => {
        const pair = await Pair.start(stage, programs);
        const clients: RawClient[] = [];
        while (clients.length < WRITERS) clients.push(await stage.client(pair.master));
        texts.push(`${ways}: ${await endure(run, pair, clients)}, ${await outgrow(run, pair)}`);
      });
    } catch (error) {
      misses.add(`${ways}: ${String(error)}`);
    }
    run.progress(`${ways}: done`);
  }
  return { text: texts.join("; "), misses: misses.texts };
}

export const CUT_LINKS: FaultRow = {
  id: "R10",
  summary: "links cut every 500 ms under three writers: partial syncs and equal data",
  run,
};
