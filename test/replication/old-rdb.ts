// Reads an RDB file as Redis 3.2.1 does: version 7 at most, and no opcode or type of value that is
// newer. Written for tests, by the format alone and not by the server's own reader.

import { strict as assert } from "node:assert";
import { Crc64 } from "../../src/base/crc64";

const NEWEST_VERSION = 7;
const FOOTER_BYTES = 10;
const CHECKSUM_BYTES = 8;
const MS_PER_SECOND = 1000n;
const [AUX, RESIZE, EXPIRE_MS, EXPIRE_SECONDS, SELECT, END] = [250, 251, 252, 253, 254, 255];
const [STRING, LIST, SET, ZSET, HASH, QUICKLIST] = [0, 1, 2, 3, 4, 14];
/** Zipmap, ziplists and intset: one string each. */
const PACKED = [9, 10, 11, 12, 13];

export interface OldKey {
  readonly database: number;
  readonly key: Buffer;
  /** Unix time in ms; undefined for none. */
  readonly expiresAt: bigint | undefined;
  /** What RESTORE takes, of version 7. */
  readonly payload: Buffer;
}

/** The keys of a file. @throws AssertionError for what Redis 3.2.1 would not load. */
export function readOldRdb(file: Buffer): OldKey[] {
  return new OldRdb(file).read();
}

class OldRdb {
  readonly #file: Buffer;
  #at = 0;

  constructor(file: Buffer) {
    this.#file = file;
  }

  read(): OldKey[] {
    const head = this.#take(9).toString("latin1");
    assert.match(head, /^REDIS\d{4}$/);
    assert.ok(Number(head.slice(5)) <= NEWEST_VERSION, `Can't handle RDB format version ${head}`);
    const keys: OldKey[] = [];
    let database = 0;
    let expiresAt: bigint | undefined;
    for (;;) {
      const code = this.#byte();
      if (code === END) break;
      if (code === SELECT) database = this.#length();
      else if (code === AUX) {
        this.#string();
        this.#string();
      } else if (code === RESIZE) {
        this.#length();
        this.#length();
      } else if (code === EXPIRE_MS) expiresAt = this.#take(8).readBigInt64LE();
      else if (code === EXPIRE_SECONDS) {
        expiresAt = BigInt(this.#take(4).readInt32LE()) * MS_PER_SECOND;
      } else {
        const key = this.#string();
        const start = this.#at;
        this.#value(code);
        const payload = payloadOf(code, this.#file.subarray(start, this.#at));
        keys.push({ database, key, expiresAt, payload });
        expiresAt = undefined;
      }
    }
    const sum = new Crc64();
    sum.update(this.#file, 0, this.#at);
    const expected = this.#take(CHECKSUM_BYTES);
    assert.ok(expected.readBigUInt64LE() === 0n || sum.equals(expected, 0), "checksum");
    assert.equal(this.#at, this.#file.length, "bytes behind the end");
    return keys;
  }

  #value(type: number): void {
    if (type === STRING || PACKED.includes(type)) {
      this.#string();
      return;
    }
    assert.ok([LIST, SET, ZSET, HASH, QUICKLIST].includes(type), `Unknown RDB encoding ${type}`);
    for (let left = this.#length(); left > 0; left--) {
      this.#string();
      if (type === HASH) this.#string();
      else if (type === ZSET) this.#textDouble();
    }
  }

  #textDouble(): void {
    const length = this.#byte();
    if (length < 253) this.#take(length);
  }

  /** A string; what is compressed or a number is passed over and not read. */
  #string(): Buffer {
    const first = this.#file[this.#at] ?? 0;
    if (first >>> 6 !== 3) return this.#take(this.#length());
    this.#at += 1;
    const encoding = first & 63;
    if (encoding < 3)
      return Buffer.from(String(this.#take(1 << encoding).readIntLE(0, 1 << encoding)));
    assert.equal(encoding, 3, "an encoding of strings that there is not");
    const compressed = this.#length();
    const whole = this.#length();
    return inflated(this.#take(compressed), whole);
  }

  #length(): number {
    const first = this.#byte();
    if (first >>> 6 === 0) return first & 63;
    if (first >>> 6 === 1) return ((first & 63) << 8) | this.#byte();
    assert.equal(first, 0x80, "a length that 3.2.1 cannot read");
    return this.#take(4).readUInt32BE();
  }

  #byte(): number {
    return this.#take(1)[0] ?? 0;
  }

  #take(length: number): Buffer {
    assert.ok(this.#at + length <= this.#file.length, "the file ends too early");
    const bytes = this.#file.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }
}

function inflated(bytes: Buffer, length: number): Buffer {
  const out = Buffer.alloc(length);
  let put = 0;
  for (let at = 0; at < bytes.length; ) {
    const control = bytes[at++] ?? 0;
    if (control < 32) {
      put += bytes.copy(out, put, at, at + control + 1);
      at += control + 1;
      continue;
    }
    let count = control >>> 5;
    if (count === 7) count += bytes[at++] ?? 0;
    let from = put - ((control & 31) << 8) - (bytes[at++] ?? 0) - 1;
    for (count += 2; count > 0; count--) out[put++] = out[from++] ?? 0;
  }
  assert.equal(put, length, "a compressed string");
  return out;
}

function payloadOf(type: number, value: Buffer): Buffer {
  const payload = Buffer.concat([Buffer.from([type]), value, Buffer.alloc(FOOTER_BYTES)]);
  const end = payload.length - CHECKSUM_BYTES;
  payload.writeUInt16LE(NEWEST_VERSION, end - 2);
  const sum = new Crc64();
  sum.update(payload, 0, end);
  sum.write(payload, end);
  return payload;
}
