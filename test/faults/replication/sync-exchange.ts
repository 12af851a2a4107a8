// R9 by replication: random data sets go from here to the real server and from there to here as a
// copy, and what is written after it as a stream; DEBUG DIGEST is the same each time.

import { differingKeys } from "../../support/differing-keys";
import type { RawClient } from "../../support/raw-client";
import { SeededRandom } from "../../support/seeds";
import { REAL_SERVER } from "../../support/server-process";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "../fault-row";
import { AllTypeWriter } from "./all-type-writer";
import { DATABASES, Stage, stat, untilAlike, untilLinked, writeCommands } from "./stage";

const DATA_SETS = 500;
const COMMANDS = 500;
const STREAMED_COMMANDS = 200;
const USUAL = "usual";
/** So low that values of every encoding come up among a few elements. */
const LIMITS: readonly (readonly [name: string, usual: string, low: string])[] = [
  ["hash-max-listpack-entries", "128", "8"],
  ["set-max-intset-entries", "512", "8"],
  ["zset-max-listpack-entries", "128", "0"],
  ["list-max-listpack-size", "-2", "6"],
  ["list-compress-depth", "0", "1"],
  ["stream-node-max-entries", "100", "5"],
];

/** A master and a replica that are given other data again and again. */
class Exchange {
  equal = 0;
  /** Data sets with a minus zero, which Redis forgets where a copy makes a listpack of a skiplist. */
  skipped = 0;
  readonly #writer: AllTypeWriter;

  private constructor(
    private readonly random: SeededRandom,
    private readonly master: RawClient,
    private readonly replica: RawClient,
    private readonly masterPort: number,
    source: Awaited<ReturnType<typeof writeCommands>>,
  ) {
    this.#writer = new AllTypeWriter(master, source);
  }

  static async start(
    stage: Stage,
    random: SeededRandom,
    programs: { readonly master: string; readonly replica: string },
  ): Promise<Exchange> {
    const [master, replica] = await Promise.all([
      stage.server(programs.master),
      stage.server(programs.replica),
    ]);
    const clients = await Promise.all([stage.client(master), stage.client(replica)]);
    const source = await writeCommands(random, clients);
    return new Exchange(random, clients[0], clients[1], master.port, source);
  }

  /** @throws Error when the replica has not the same data in the end. */
  async round(): Promise<void> {
    const { random, master, replica } = this;
    await ask(replica, "REPLICAOF", "NO", "ONE");
    await ask(master, "FLUSHALL");
    const chosen = random.pick([USUAL, "low"]);
    for (const [name, usual, low] of LIMITS) {
      const value = chosen === USUAL ? usual : low;
      for (const client of [master, replica]) await ask(client, "CONFIG", "SET", name, value);
    }
    await ask(master, "CONFIG", "SET", "repl-diskless-sync", random.pick(["yes", "no"]));
    await ask(master, "CONFIG", "SET", "rdbcompression", random.pick(["yes", "no"]));
    const load = random.pick(["disabled", "on-empty-db", "swapdb"]);
    await ask(replica, "CONFIG", "SET", "repl-diskless-load", load);
    await this.#writer.batch(COMMANDS);
    const copies = await stat(master, "sync_full");
    await ask(replica, "REPLICAOF", "127.0.0.1", String(this.masterPort));
    await untilLinked([replica]);
    await this.#writer.batch(STREAMED_COMMANDS);
    await this.#compare();
    const more = (await stat(master, "sync_full")) - copies;
    if (more !== 1) throw new Error(`${more} copies`);
  }

  async #compare(): Promise<void> {
    const { master, replica } = this;
    try {
      await untilAlike([master, replica]);
      this.equal++;
    } catch (error) {
      if (!(await this.#differsInZeros())) throw error;
      this.skipped++;
    }
  }

  async #differsInZeros(): Promise<boolean> {
    const { master, replica } = this;
    const found = await differingKeys(master, replica, DATABASES);
    for (const { db, key } of found) {
      const told = await Promise.all(
        [master, replica].map(async (client) => {
          await ask(client, "SELECT", db);
          return (await client.command("ZRANGE", key, "0", "-1", "WITHSCORES")).toString("latin1");
        }),
      );
      if (!told.some((text) => /\r\n-0\r\n/.test(text))) return false;
    }
    return found.length > 0;
  }
}

/** @throws Error on an error. */
async function ask(client: RawClient, ...words: (string | Buffer)[]): Promise<void> {
  const reply = (await client.command(...words)).toString("latin1");
  if (reply.startsWith("-")) throw new Error(`${words.join(" ")}: ${reply}`);
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const { subject, random } = run;
  const count = sharedCount(DATA_SETS, run);
  const misses = new Misses();
  const ways = {
    "to redis-server": { master: subject, replica: REAL_SERVER },
    "from redis-server": { master: REAL_SERVER, replica: subject },
  };
  const texts = await Stage.run((stage) =>
    Promise.all(
      Object.entries(ways).map(async ([way, programs]) => {
        const exchange = await Exchange.start(stage, new SeededRandom(random.word()), programs);
        for (let round = 1; round <= count; round++) {
          await exchange.round().catch((error) => misses.add(`${way}, round ${round}: ${error}`));
          if (round % 50 === 0) run.progress(`${way}: ${round} rounds`);
        }
        const { equal, skipped } = exchange;
        return `${equal}/${count} ${way} (${skipped} more differ in the sign of a zero)`;
      }),
    ),
  );
  return {
    text: `random data sets by PSYNC with equal digests: ${texts.join(", ")}`,
    misses: misses.texts,
  };
}

export const SYNC_EXCHANGE: FaultRow = {
  id: "R9P",
  summary: "R9 by replication: a copy and the stream after it",
  run,
};
