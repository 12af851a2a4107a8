// R8: payloads that were changed at random, given to RESTORE: half of them as they are, so that the
// checksum must find out, and half with a checksum that is right, so that only the checks of the
// values stand. What is accepted is used, looked at and thrown away. A part is given to the real
// server, too, which is told to check as much as it can: what it refuses is to be refused here.

import assert from "node:assert/strict";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { NodeSender } from "../persistence/node-sender";
import { LOW_LIMITS, newNode } from "../persistence/random-data";
import { payloadOf } from "../persistence/rdb-bytes";
import type { SeededRandom } from "../support/seeds";
import { canRun, REAL_SERVER } from "../support/server-process";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "./fault-row";
import { digestOfKey, verifyKey } from "./held-value";
import { KeyTraffic } from "./key-traffic";
import { mutated, payloadBodies } from "./payload-mutations";
import { comparePayloads } from "./payloads-beside-real";

const PAYLOADS = 100_000;
const COMPARED = 20_000;
const WARM_UP = 20_000;
const PAYLOADS_PER_LIMITS = 2000;
const PAYLOADS_PER_REPORT = 20_000;
const MOST_COMMANDS = 12;
const LONGEST_COMMAND_MS = 3000;
const MOST_GROWTH_BYTES = 64 * 1024 * 1024;
const VERSION = 12;
const REAL_VERSION = 10;
const KEY = "victim";
const BAD_FORMAT = "-ERR Bad data format\r\n";
/** A checksum cannot tell a payload from one with zeros in front. */
const REFUSALS = ["-ERR DUMP payload version or checksum are wrong\r\n", BAD_FORMAT];

interface Counts {
  accepted: number;
  refused: number;
  commands: number;
  longestMs: number;
}

/** One node, its traffic, and what it has held since it was empty. */
class Victim {
  readonly #sender: NodeSender;
  readonly #traffic: KeyTraffic;
  readonly #emptyBytes: number;
  readonly #history: string[] = [];
  readonly #usual: ReadonlyMap<string, string>;

  constructor(
    private readonly fuzz: FuzzNode,
    private readonly random: SeededRandom,
    private readonly counts: Counts,
  ) {
    this.#sender = new NodeSender(fuzz);
    this.#traffic = new KeyTraffic(random, KEY);
    this.#emptyBytes = fuzz.node.memory.usedBytes;
    this.#usual = new Map(fuzz.config.get(LOW_LIMITS.map(([name]) => name)));
  }

  restore(payload: Buffer, refusals: readonly string[]): void {
    this.#history.length = 0;
    const reply = this.#send("RESTORE", KEY, "0", payload);
    if (reply === "+OK\r\n") {
      this.counts.accepted++;
      this.#use();
    } else {
      assert.ok(refusals.includes(reply), reply);
      this.counts.refused++;
    }
  }

  /** Uses the value, and throws it away with whatever the traffic has made. */
  #use(): void {
    verifyKey(this.fuzz, KEY);
    for (let left = this.random.below(MOST_COMMANDS); left > 0; left--) {
      const type = this.#send("TYPE", KEY).slice(1, -2);
      if (type === "none") break;
      this.#send(...this.#traffic.next(type));
      this.counts.commands++;
    }
    verifyKey(this.fuzz, KEY);
    const dumped = this.#sender.send("DUMP", KEY);
    if (dumped[1] !== 0x2d) this.#compareCopy(dumped.subarray(dumped.indexOf("\n") + 1, -2));
    this.#send("FLUSHALL");
  }

  #compareCopy(payload: Buffer): void {
    assert.equal(this.#send("RESTORE", "copy", "0", payload, "REPLACE"), "+OK\r\n");
    // An expiry is part of the digest and none of the payload.
    if (this.#send("PTTL", KEY) !== ":-1\r\n") return;
    // Minus zero becomes zero, in Redis as here, where a skiplist is read into a listpack.
    if (/\r\n-0\r\n/.test(this.#send("ZRANGE", KEY, "0", "-1", "WITHSCORES"))) return;
    assert.equal(digestOfKey(this.fuzz, "copy"), digestOfKey(this.fuzz, KEY), "the copy");
  }

  #send(...words: (string | Buffer)[]): string {
    this.#history.push(words.map((word) => JSON.stringify(word.toString("latin1"))).join(" "));
    const startedMs = performance.now();
    const reply = this.#sender.send(...words).toString("latin1");
    const tookMs = performance.now() - startedMs;
    this.counts.longestMs = Math.max(this.counts.longestMs, tookMs);
    assert.ok(tookMs < LONGEST_COMMAND_MS, `a command took ${tookMs} ms`);
    return reply;
  }

  /** Between two values: nothing is left of the last, and the next may get other encodings. */
  changeLimits(): void {
    const { keyspace, memory } = this.fuzz.node;
    this.#send("FLUSHALL");
    while (keyspace.lazyFree.hasWork) keyspace.lazyFree.work(1000);
    memory.verify();
    assert.equal(memory.usedBytes, this.#emptyBytes, "bytes that nobody owns");
    const isLow = this.random.chance(0.5);
    for (const [name, low] of LOW_LIMITS) {
      this.fuzz.set(name, isLow ? low : (this.#usual.get(name) ?? low));
    }
  }

  get history(): string {
    return this.#history.join("\n    ");
  }
}

/** Restores payloads in a node, and in another when that is of no use any more. */
class Restoring {
  readonly counts: Counts = { accepted: 0, refused: 0, commands: 0, longestMs: 0 };
  readonly #run: FaultRun;
  readonly #misses: Misses;
  #victim: Victim;

  constructor(run: FaultRun, misses: Misses) {
    this.#run = run;
    this.#misses = misses;
    this.#victim = new Victim(newNode(run.seed), run.random, this.counts);
  }

  many(count: number, make: () => Buffer, refusals: readonly string[]): void {
    const { seed, random, progress } = this.#run;
    for (let done = 0; done < count; done++) {
      try {
        if (done % PAYLOADS_PER_LIMITS === 0) this.#victim.changeLimits();
        this.#victim.restore(make(), refusals);
      } catch (error) {
        const text = error instanceof Error ? `${error.stack} ${error.cause ?? ""}` : String(error);
        this.#misses.add(`${text}\n    ${this.#victim.history}`);
        this.#victim = new Victim(newNode(seed), random, this.counts);
      }
      if ((done + 1) % PAYLOADS_PER_REPORT === 0) progress(`${done + 1} payloads`);
    }
  }
}

function memoryBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const { random } = run;
  const bodies = payloadBodies(random, run.seed);
  const misses = new Misses();
  const count = sharedCount(PAYLOADS, run);
  const unmended = (): Buffer => {
    const payload = payloadOf(random.pick(bodies), VERSION);
    const changed = mutated(payload, bodies, random);
    // A mutation may put back what was there.
    return changed.equals(payload) ? changed.subarray(1) : changed;
  };
  const mendedAs = (version: number): Buffer =>
    payloadOf(mutated(random.pick(bodies), bodies, random), version);
  const mended = (): Buffer => mendedAs(VERSION);
  const restoring = new Restoring(run, misses);
  // What is made once for all is made before memory is looked at.
  restoring.many(sharedCount(WARM_UP, run), mended, [BAD_FORMAT]);
  const beforeBytes = memoryBytes();
  restoring.many(count, unmended, REFUSALS);
  restoring.many(count, mended, [BAD_FORMAT]);
  const grownBytes = memoryBytes() - beforeBytes;
  const { counts } = restoring;
  if (grownBytes > MOST_GROWTH_BYTES) misses.add(`memory has grown by ${grownBytes} bytes`);
  const compared = canRun(REAL_SERVER)
    ? await comparePayloads(sharedCount(COMPARED, run), () => mendedAs(REAL_VERSION), misses)
    : "no redis-server to compare with";
  return {
    text:
      `${counts.accepted + counts.refused} payloads: ${counts.refused} refused, ` +
      `${counts.accepted} accepted and used by ${counts.commands} commands, ` +
      `${misses.count} wrong; longest command ${Math.round(counts.longestMs)} ms, memory grown by ` +
      `${(grownBytes / 1024 / 1024).toFixed(1)} MiB; beside redis-server: ${compared}`,
    misses: misses.texts,
  };
}

export const MUTATED_PAYLOADS: FaultRow = {
  id: "R8",
  summary: "RESTORE of changed payloads, with and without a right checksum, and traffic",
  run,
};
