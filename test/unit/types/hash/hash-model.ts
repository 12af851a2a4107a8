// A HashValue beside a plain Map of the same fields, with freezes in between. Not for commands: it
// has no keys, only one hash in an entry of its own.

import assert from "node:assert/strict";
import { HalfSipHash } from "../../../../src/base/half-sip-hash.js";
import {
  ENTRY_VALUE,
  encodingOf,
  newEntry,
  TYPE_HASH,
  valueStartOf,
  wordOf,
} from "../../../../src/keyspace/entry.js";
import { Arena } from "../../../../src/memory/arena.js";
import { type BlockMemory, SEGMENT_SHIFT } from "../../../../src/memory/block-memory.js";
import { verifyDict } from "../../../../src/structures/dict-verify.js";
import { verifyListpack } from "../../../../src/structures/listpack-verify.js";
import { FIELD_HEADER_BYTES, NO_FIELD_EXPIRY } from "../../../../src/types/hash/field-entry.js";
import { HASH_DICT, HASH_INLINE } from "../../../../src/types/hash/hash-encoding.js";
import { HashLimits } from "../../../../src/types/hash/hash-limits.js";
import { HashReader } from "../../../../src/types/hash/hash-reader.js";
import { HashValue } from "../../../../src/types/hash/hash-value.js";
import type { SeededRandom } from "../../../support/seeds.js";

export const NOW_MS = 1_700_000_000_000;
const INTEGERS = ["0", "-1", "127", "4096", "2147483648", "9007199254740993"].concat([
  "9223372036854775807",
  "-9223372036854775808",
]);
const ODD = ["", "__proto__", "constructor", "\0", "007", "-0", "1.5"];
const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString("latin1");

interface Content {
  readonly value: string;
  readonly expiryMs: number;
}
export type Contents = Map<string, Content>;

function latin1(text: string): Buffer {
  return Buffer.from(`<${text}>`, "latin1");
}

export class HashModel {
  readonly arena = new Arena({ poison: true });
  readonly limits: HashLimits;
  readonly value: HashValue;
  readonly usedAtStart: number;
  readonly fields: Contents = new Map();
  entry: number;
  readonly #hasher = new HalfSipHash(1, 2);

  constructor(
    readonly random: SeededRandom,
    maxEntries: number,
    maxValueBytes: number,
    /** Only fields and values that keep the hash inside its entry. */
    readonly isSmall = false,
  ) {
    this.limits = new HashLimits(maxEntries, maxValueBytes);
    this.value = new HashValue(this.arena, this.#hasher, this.limits);
    this.usedAtStart = this.arena.usedBytes;
    this.value.create(0, NOW_MS);
    this.entry = this.#newEntry();
  }

  /** An entry that holds what is open, with a key of one byte. */
  #newEntry(): number {
    const { arena, value } = this;
    const { encoding, inline } = value;
    const isInline = encoding === HASH_INLINE;
    const length = isInline ? inline.length : 0;
    const meta = TYPE_HASH | (encoding << 4);
    const word = isInline ? length : value.ref;
    const key = new Uint8Array(1);
    const entry = newEntry(arena, 1, key, 0, 1, length, meta, word, NO_FIELD_EXPIRY);
    if (isInline) {
      const row = inline.bytes.subarray(inline.start, inline.end);
      arena.bytes[entry >>> SEGMENT_SHIFT]?.set(row, valueStartOf(arena, entry));
    }
    return entry;
  }

  field(): string {
    const { random } = this;
    if (this.isSmall) return random.pick([...ODD, "a", "b", String(random.below(15))]);
    const kind = random.below(10);
    if (kind === 0) return random.pick(INTEGERS);
    if (kind === 1) return random.pick(ODD);
    if (kind === 2) return ALL_BYTES;
    if (kind === 3) return "long".repeat(random.pick([20, 100, 1500]));
    return kind < 6 ? String(random.below(200) - 100) : `field:${random.below(300)}`;
  }

  content(): string {
    const { random } = this;
    if (this.isSmall) return random.pick(["", "v", "12345678", String(random.below(1000))]);
    if (random.below(4) === 0) return random.pick(INTEGERS);
    return "v".repeat(random.pick([0, 1, 5, 5, 11, 12, 20, 30, 40, 64, 65, 250, 300, 5000]));
  }

  /** One random operation on both; `growing` is how likely it adds rather than removes. */
  step(growing: number): void {
    const { random, value, fields } = this;
    this.open();
    const name = this.field();
    const old = this.live(name);
    const bytes = latin1(name);
    if (random.chance(growing)) {
      const content = this.content();
      const keeps = random.chance(0.3);
      const isNew = value.set(bytes, 1, name.length, latin1(content), 1, content.length, keeps);
      assert.equal(isNew, old === undefined);
      const expiryMs = keeps && old !== undefined ? old.expiryMs : NO_FIELD_EXPIRY;
      fields.set(name, { value: content, expiryMs });
    } else if (!this.isSmall && random.chance(0.3) && old !== undefined) {
      const expiryMs = random.pick([NO_FIELD_EXPIRY, NOW_MS - 1, NOW_MS + 1, NOW_MS + 2 ** 40]);
      value.setExpiry(bytes, 1, name.length, expiryMs);
      fields.set(name, { value: old.value, expiryMs });
    } else {
      assert.equal(value.delete(bytes, 1, name.length), old !== undefined);
      if (old !== undefined) fields.delete(name);
    }
    this.store();
  }

  open(): HashValue {
    return this.value.open(this.entry, NOW_MS);
  }

  store(): void {
    const { value, arena } = this;
    if (!value.isMoved) return;
    const entry = this.#newEntry();
    arena.free(this.entry);
    this.entry = entry;
  }

  /** What a field holds unless its time has come. */
  live(name: string): Content | undefined {
    const found = this.fields.get(name);
    const isLive = found?.expiryMs === NO_FIELD_EXPIRY || (found?.expiryMs ?? 0) > NOW_MS;
    return isLive ? found : undefined;
  }

  check(): void {
    const { value, arena, fields } = this;
    this.open();
    verifyHash(arena, this.entry, this.#hasher);
    assert.deepEqual(contentsOf(arena, this.entry), sorted(fields));
    assert.equal(value.count, fields.size);
    let live = 0;
    for (const name of fields.keys()) {
      const bytes = latin1(name);
      const handle = value.find(bytes, 1, name.length);
      assert.equal(handle !== 0, this.live(name) !== undefined);
      if (handle !== 0) live++;
    }
    assert.equal(value.countLive(), live);
  }
}

/** Everything in a hash, live or frozen. */
export function contentsOf(memory: BlockMemory, entry: number): Contents {
  const reader = new HashReader(memory);
  reader.openEntry(entry);
  const found: Contents = new Map();
  const shown = (): string =>
    Buffer.from(reader.bytes.slice(reader.at, reader.at + reader.length)).toString("latin1");
  reader.forEach((handle) => {
    reader.showField(handle);
    const name = shown();
    assert.ok(!found.has(name), `${name} is there twice`);
    reader.showValue(handle);
    found.set(name, { value: shown(), expiryMs: reader.expiryOf(handle) });
  });
  assert.equal(reader.count, found.size);
  return sorted(found);
}

export function sorted(fields: Contents): Contents {
  return new Map([...fields].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function verifyHash(memory: Arena, entry: number, hasher: HalfSipHash): void {
  const ref = wordOf(memory, entry, ENTRY_VALUE);
  const encoding = encodingOf(memory, entry);
  if (encoding === HASH_INLINE) return;
  if (encoding === HASH_DICT) {
    const hashOf = (bytes: Uint8Array, at: number, length: number): number =>
      hasher.hash(bytes, at, length);
    verifyDict(memory, ref, { keyAt: FIELD_HEADER_BYTES, hashOf });
  } else {
    verifyListpack(memory, ref, memory.capacityOf(ref));
  }
}
