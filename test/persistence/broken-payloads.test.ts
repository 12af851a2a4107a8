// Payloads of values that are broken on purpose, with a checksum that is right: each is refused and
// leaves nothing behind, or makes a value in which no rule is broken. Old encodings beside the real
// server, which still reads them.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Database } from "../../src/keyspace/database";
import { DumpPayload } from "../../src/persistence/rdb/dump-payload";
import { DatasetDigest } from "../../src/server/commands/debug/dataset-digest";
import { valueLoaders, valueSavers } from "../../src/server/value-codecs";
import { forEachEntry } from "../../src/structures/dict-walk";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { type SeededRandom, withSeed } from "../support/seeds";
import { canRun, REAL_SERVER } from "../support/server-process";
import { OLD_VALUES } from "./old-encodings";
import { filled, newNode, startReal, withDirectory } from "./random-data";
import { payloadOf } from "./rdb-bytes";
import { verifyValue } from "./verify-value";

const NO_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
const MUTATIONS = Number(process.env.MUTATIONS ?? 6000);
/** Payloads of which every bit is turned. */
const SMALL_BYTES = 90;
const MOST_SMALL = 60;
const KEY = Buffer.from("key");
const VERSION = 10;

/** Makes values of payloads, looks at them, and throws them away. */
class Reader {
  readonly #node: FuzzNode["node"];
  readonly #payload: DumpPayload;
  readonly #database: Database;
  readonly #digest: DatasetDigest;
  readonly #emptyBytes: number;
  made = 0;
  refused = 0;

  constructor({ node, config }: FuzzNode) {
    const { keyspace, context } = node;
    this.#node = node;
    const loaders = valueLoaders(keyspace, config, context.fieldExpiry);
    this.#payload = new DumpPayload(node.memory, valueSavers(node.memory), loaders);
    this.#database = keyspace.databases[0];
    this.#digest = new DatasetDigest(keyspace);
    this.#emptyBytes = node.memory.usedBytes;
  }

  /** The digest of the value, or undefined when it is refused. */
  read(payload: Buffer): string | undefined {
    const { memory, keyspace } = this.#node;
    const entry = this.#entryOf(payload);
    let digest: string | undefined;
    if (entry === 0) {
      this.refused++;
    } else {
      this.made++;
      verifyValue(memory, keyspace.typeOf(entry).name, entry);
      digest = this.#digest.ofValue(entry);
      this.#checkDump(entry, digest);
      this.#dispose(entry);
    }
    assert.equal(memory.usedBytes, this.#emptyBytes, "bytes that nobody owns");
    return digest;
  }

  #checkDump(entry: number, digest: string): void {
    const { bytes, length } = this.#payload.write(entry);
    const again = this.#entryOf(Buffer.from(bytes.subarray(0, length)));
    assert.notEqual(again, 0, "its dump is read");
    assert.equal(this.#digest.ofValue(again), digest);
    this.#dispose(again);
  }

  #entryOf(payload: Buffer): number {
    const { keyspace } = this.#node;
    assert.ok(this.#payload.open(payload, 0, payload.length));
    const hash = keyspace.hashOf(KEY, 0, KEY.length);
    return this.#payload.read(this.#database, hash, KEY, 0, KEY.length, false);
  }

  #dispose(entry: number): void {
    const { keyspace } = this.#node;
    keyspace.dispose(entry);
    while (keyspace.lazyFree.hasWork) keyspace.lazyFree.work(1);
  }
}

/** Payload bodies, without the footer, of values of every type. */
function bodies(random: SeededRandom, seed: number): Buffer[] {
  const { node } = filled(random, seed);
  const payload = new DumpPayload(node.memory, valueSavers(node.memory), []);
  const found: Buffer[] = OLD_VALUES.map(({ body }) => body);
  for (const { dict } of node.keyspace.databases) {
    forEachEntry(node.memory, dict.ref, (entry) => {
      const { bytes, length } = payload.write(entry);
      found.push(Buffer.from(bytes.slice(0, length - 10)));
    });
  }
  return found;
}

function mutated(body: Buffer, random: SeededRandom): Buffer {
  const bytes = Buffer.from(body);
  for (let left = random.between(1, 4); left > 0; left--) {
    const at = random.below(bytes.length);
    switch (random.below(4)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] = random.pick([0, 1, 63, 64, 127, 128, 0x81, 0xc0, 0xc3, 0xf0, 0xf4, 0xfe, 0xff]);
        break;
      case 2:
        bytes[at] ^= 1 << random.below(8);
        break;
      default:
        bytes.copyWithin(at, random.below(bytes.length));
    }
  }
  return random.chance(0.1) ? bytes.subarray(0, random.between(1, bytes.length)) : bytes;
}

test("payloads with one bit turned make no broken value", () =>
  withSeed((random, seed) => {
    const reader = new Reader(newNode(seed));
    const small = bodies(random, seed).filter(({ length }) => length <= SMALL_BYTES);
    for (const body of small.slice(0, MOST_SMALL)) {
      for (let bit = 0; bit < body.length * 8; bit++) {
        const turned = Buffer.from(body);
        turned[bit >>> 3] ^= 1 << (bit & 7);
        reader.read(payloadOf(turned, 12));
      }
    }
    assert.ok(reader.made > 0 && reader.refused > 0);
  }));

test("payloads that are changed at random make no broken value", () =>
  withSeed((random, seed) => {
    const fuzz = newNode(seed);
    const reader = new Reader(fuzz);
    const all = bodies(random, seed).filter(({ length }) => length < 3000);
    for (let left = MUTATIONS; left > 0; left--) {
      reader.read(payloadOf(mutated(random.pick(all), random), 12));
    }
    assert.ok(reader.made > 0 && reader.refused > 0);
    fuzz.node.memory.verify();
  }));

test("old encodings are read as redis-server reads them", { skip: NO_SERVER }, () =>
  withDirectory(async (dir) => {
    const real = await startReal(dir);
    const client = await real.client();
    const reader = new Reader(newNode(1));
    try {
      for (const { name, body } of OLD_VALUES) {
        const payload = payloadOf(body, VERSION);
        const reply = await client.command("RESTORE", KEY, "0", payload, "REPLACE");
        assert.equal(reply.toString(), "+OK\r\n", name);
        const replied = (await client.command("DEBUG", "DIGEST-VALUE", KEY)).toString();
        const digest = /[0-9a-f]{40}/.exec(replied)?.[0];
        assert.equal(reader.read(payload), digest, name);
      }
    } finally {
      await client.close();
      await real.stop();
    }
  }),
);
