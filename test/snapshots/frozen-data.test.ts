// Random commands of every family on a whole data node, with snapshots in between: what a worker
// thread reads in the frozen memory is what was there at the freeze, whatever is changed meanwhile.
// And when all is deleted, the node has the memory that it began with.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as afterPoll } from "node:timers/promises";
import { ENTRY_HEADER_BYTES } from "../../src/keyspace/entry";
import { DatasetDigest } from "../../src/server/commands/debug/dataset-digest";
import { verifyDict } from "../../src/structures/dict-verify";
import { FuzzClient } from "../fuzz/fuzz-client";
import { FuzzNode } from "../fuzz/fuzz-node";
import { CommandSource, GRAMMARS } from "../parity/grammar";
import { digestOf, type Limits, loaded } from "../persistence/random-data";
import { encodeCommand } from "../support/resp-encode";
import { type SeededRandom, withSeed } from "../support/seeds";
import { type Image, ImageReader } from "./image-reader";

const SNAPSHOTS = 12;
const COMMANDS_PER_TURN = 20;
const MOST_TURNS = 60;
const READS = 3;
/** They would end the node, or what it does would depend on more than the commands. */
const LEFT_OUT = ["SHUTDOWN", "CLIENT", "HELLO"];
/** So low that values of every encoding come up among a few elements. */
const LOW_LIMITS: readonly (readonly [string, string])[] = [
  ["hash-max-listpack-entries", "8"],
  ["set-max-listpack-entries", "8"],
  ["set-max-intset-entries", "8"],
  ["zset-max-listpack-entries", "8"],
  ["list-max-listpack-size", "6"],
  ["list-compress-depth", "1"],
  ["stream-node-max-entries", "5"],
];

/** A listpack, into which a small skiplist is read otherwise, cannot hold minus zero. */
const SKIPLISTS: Limits = [["zset-max-listpack-entries", "0"]];

class FrozenRun {
  readonly #fuzz: FuzzNode;
  readonly #client: FuzzClient;
  readonly #source: CommandSource;
  readonly #emptyBytes: number;

  constructor(
    private readonly random: SeededRandom,
    seed: number,
  ) {
    this.#fuzz = new FuzzNode(seed);
    for (const [name, value] of LOW_LIMITS) this.#fuzz.set(name, value);
    this.#client = new FuzzClient(this.#fuzz.transport);
    const usable = GRAMMARS.filter(({ name }) => !LEFT_OUT.includes(name));
    this.#source = new CommandSource(random, usable);
    this.#emptyBytes = this.#memory.usedBytes;
  }

  get #memory() {
    return this.#fuzz.node.memory;
  }

  async run(reader: ImageReader): Promise<void> {
    for (let snapshot = 0; snapshot < SNAPSHOTS; snapshot++) {
      for (let left = this.random.below(MOST_TURNS); left > 0; left--) this.#turn();
      await this.#snapshot(reader);
    }
    await this.#empty();
  }

  async #snapshot(reader: ImageReader): Promise<void> {
    const { keyspace } = this.#fuzz.node;
    const atFreeze = new DatasetDigest(keyspace).ofAll();
    this.#memory.freeze();
    const image: Image = {
      segments: this.#memory.share(),
      databases: keyspace.databases.map(({ size, dict }) => ({ size, dict: { ref: dict.ref } })),
    };
    for (let read = 0; read < READS; read++) {
      const asked = reader.digest({ ...image, segments: this.#memory.share() });
      const answer = await this.#meanwhile(asked);
      assert.equal(answer, atFreeze, "what the worker reads is what was frozen");
    }
    const file = await this.#meanwhile(reader.file({ ...image, segments: this.#memory.share() }));
    assert.equal(digestOf(loaded(file, 1, SKIPLISTS)), atFreeze, "its file is what was frozen");
    this.#memory.thaw();
    while (this.#memory.releaseParked(this.random.between(1, 500)) > 0) this.#turn();
    this.#verify();
  }

  /** Goes on with commands until something is answered. */
  async #meanwhile<T>(asked: Promise<T>): Promise<T> {
    let isAnswered = false;
    const settled = asked.finally(() => {
      isAnswered = true;
    });
    for (let turns = 0; !isAnswered || turns < 10; turns++) {
      this.#turn();
      await afterPoll();
    }
    return settled;
  }

  #turn(): void {
    const { transport, clock } = this.#fuzz;
    for (let command = 0; command < COMMANDS_PER_TURN; command++) {
      this.#client.write(encodeCommand(this.#source.next()));
    }
    this.#client.sendRest();
    transport.turn();
    clock.advance(this.random.below(3));
    if (this.random.chance(0.3)) this.#fuzz.tick();
  }

  #verify(): void {
    const { keyspace } = this.#fuzz.node;
    for (const { dict } of keyspace.databases) {
      verifyDict(this.#memory, dict.ref, { keyAt: ENTRY_HEADER_BYTES });
    }
    this.#memory.verify();
  }

  /** Deletes everything; nothing may be left. */
  async #empty(): Promise<void> {
    this.#client.write(encodeCommand(["FLUSHALL"]));
    this.#client.sendRest();
    this.#fuzz.transport.turn();
    const { lazyFree } = this.#fuzz.node.keyspace;
    while (lazyFree.hasWork) lazyFree.work(1);
    this.#verify();
    assert.equal(this.#memory.usedBytes, this.#emptyBytes, "bytes that nobody owns");
  }
}

test("a worker thread finds the data of every type as it was at the freeze", () =>
  withSeed(async (random, seed) => {
    const reader = new ImageReader();
    try {
      await new FrozenRun(random, seed).run(reader);
    } finally {
      await reader.close();
    }
  }));
