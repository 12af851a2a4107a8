import { createHash } from "node:crypto";
import { hasExpiry, keyLengthOf, keyStartOf, typeOf } from "../../../keyspace/entry";
import type { Keyspace } from "../../../keyspace/keyspace";
import type { DigestSink } from "../../../keyspace/value-type";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";
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
export class Digest implements DigestSink {
  readonly bytes = Buffer.alloc(DIGEST_BYTES);

  mix(bytes: Uint8Array, at: number, length: number): void {
    this.addBytes(bytes, at, length);
    sha1(this.bytes).copy(this.bytes);
  }

  add(feed: (element: DigestSink) => void): void {
    const element = new Digest();
    feed(element);
    this.addBytes(element.bytes, 0, DIGEST_BYTES);
  }

  addBytes(bytes: Uint8Array, at: number, length: number): void {
    const hash = sha1(bytes.subarray(at, at + length));
    for (let i = 0; i < DIGEST_BYTES; i++) this.bytes[i] ^= hash[i];
  }

  /** An unsigned number in four bytes, big end first. */
  mixNumber(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    this.mix(bytes, 0, bytes.length);
  }

  get hex(): string {
    return this.bytes.toString("hex");
  }
}

const DIGEST_BYTES = 20;
const EXPIRE_MARK = Buffer.from("!!expire!!");

function sha1(bytes: Uint8Array): Buffer {
  return createHash("sha1").update(bytes).digest();
}

/** 40 hex digits; all zero for no data at all. */
export function datasetDigest(keyspace: Keyspace): string {
  const all = new Digest();
  keyspace.databases.forEach((database, index) => {
    if (database.size === 0) return;
    all.mixNumber(index);
    forEachEntry(keyspace.memory, database.dict.ref, (entry) => {
      const { bytes } = entryDigest(keyspace, entry);
      all.addBytes(bytes, 0, bytes.length);
    });
  });
  return all.hex;
}

function entryDigest(keyspace: Keyspace, entry: number): Digest {
  const { memory } = keyspace;
  const digest = new Digest();
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  digest.mix(bytes, keyStartOf(memory, entry), keyLengthOf(memory, entry));
  return valueDigest(keyspace, entry, digest);
}

/** Adds an entry's value to a digest, by itself a fresh one. */
export function valueDigest(keyspace: Keyspace, entry: number, digest = new Digest()): Digest {
  const { memory } = keyspace;
  digest.mixNumber(typeOf(memory, entry));
  keyspace.typeOf(entry).digest(memory, entry, digest);
  if (hasExpiry(memory, entry)) digest.addBytes(EXPIRE_MARK, 0, EXPIRE_MARK.length);
  return digest;
}
