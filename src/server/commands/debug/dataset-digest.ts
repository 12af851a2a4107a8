import { SHA1_BYTES, Sha1 } from "../../../base/sha1";
import { hasExpiry, keyLengthOf, keyStartOf, typeOf } from "../../../keyspace/entry";
import type { DigestSink, ValueType } from "../../../keyspace/value-type";
import { type BlockMemory, SEGMENT_SHIFT } from "../../../memory/block-memory";
import { forEachEntry } from "../../../structures/dict-walk";

/**
 * DEBUG DIGEST and DIGEST-VALUE: a fingerprint of data that is the same on every server which holds
 * the same data, ours or Redis's, however it is laid out. Found out by comparison with a real one:
 *
 *     a digest         20 bytes, zero at first
 *     add(bytes)       digest ^= sha1(bytes): the order of additions does not count
 *     mix(bytes)       add(bytes), then digest = sha1(digest): the order counts
 *     of a value       mix(type, 4 bytes, big end first), mix(content); add("!!expire!!") if it expires
 *     of a key         mix(key), then the value as above
 *     of all           for each database that is not empty: mix(its number, 4 bytes, big end first),
 *                      then add(the digest of each of its keys)
 *
 * It is a fingerprint for tests and no protection against anybody. Costs eight SHA-1 per key.
 */
class Digest implements DigestSink {
  readonly bytes = Buffer.alloc(SHA1_BYTES);
  readonly #sha1: Sha1;
  readonly #hash = new Uint8Array(SHA1_BYTES);

  constructor(sha1: Sha1) {
    this.#sha1 = sha1;
  }

  reset(): void {
    this.bytes.fill(0);
  }

  mix(bytes: Uint8Array, at: number, length: number): void {
    this.addBytes(bytes, at, length);
    this.#sha1.hash(this.bytes, 0, SHA1_BYTES, this.bytes);
  }

  add(feed: (element: DigestSink) => void): void {
    const element = new Digest(this.#sha1);
    feed(element);
    this.addBytes(element.bytes, 0, SHA1_BYTES);
  }

  addBytes(bytes: Uint8Array, at: number, length: number): void {
    this.#sha1.hash(bytes, at, length, this.#hash);
    for (let i = 0; i < SHA1_BYTES; i++) this.bytes[i] ^= this.#hash[i];
  }

  get hex(): string {
    return this.bytes.toString("hex");
  }
}

const EXPIRE_MARK = Buffer.from("!!expire!!");

/** What is fingerprinted: a keyspace, or what a snapshot has frozen of one. */
export interface DigestedData {
  readonly memory: BlockMemory;
  /** By number. */
  readonly databases: readonly { readonly size: number; readonly dict: { readonly ref: number } }[];
  typeByCode(code: number): ValueType;
}

/** Takes the fingerprints of one keyspace, of all of it or of single values. */
export class DatasetDigest {
  readonly #data: DigestedData;
  readonly #sha1 = new Sha1();
  readonly #key = new Digest(this.#sha1);
  readonly #number = Buffer.alloc(4);

  constructor(data: DigestedData) {
    this.#data = data;
  }

  /** Of everything: 40 hex digits, all zero for no data at all. */
  ofAll(): string {
    const { databases, memory } = this.#data;
    const all = new Digest(this.#sha1);
    databases.forEach((database, index) => {
      if (database.size === 0) return;
      this.#mixNumber(all, index);
      forEachEntry(memory, database.dict.ref, (entry) => {
        const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
        this.#key.reset();
        this.#key.mix(bytes, keyStartOf(memory, entry), keyLengthOf(memory, entry));
        this.#mixValue(this.#key, entry);
        all.addBytes(this.#key.bytes, 0, SHA1_BYTES);
      });
    });
    return all.hex;
  }

  /** Of an entry's value without its key; all zero for no entry (0). */
  ofValue(entry: number): string {
    this.#key.reset();
    if (entry !== 0) this.#mixValue(this.#key, entry);
    return this.#key.hex;
  }

  #mixValue(digest: Digest, entry: number): void {
    const { memory } = this.#data;
    this.#mixNumber(digest, typeOf(memory, entry));
    this.#data.typeByCode(typeOf(memory, entry)).digest(memory, entry, digest);
    if (hasExpiry(memory, entry)) digest.addBytes(EXPIRE_MARK, 0, EXPIRE_MARK.length);
  }

  /** An unsigned number in four bytes, big end first. */
  #mixNumber(digest: Digest, value: number): void {
    this.#number.writeUInt32BE(value);
    digest.mix(this.#number, 0, this.#number.length);
  }
}
