import type { Crc64 } from "../base/crc64";
import { formatInteger } from "../base/int64";
import type { Lzf } from "../base/lzf";
import { type ByteCodecs, PORTABLE_CODECS } from "../native/byte-codecs";
import {
  LENGTH_6_BITS,
  LENGTH_14_BITS,
  LENGTH_32_BITS,
  LENGTH_64_BITS,
  LENGTH_SPECIAL,
  STRING_INT_8,
  STRING_INT_16,
  STRING_INT_32,
  STRING_LZF,
} from "./rdb-format";
import { RdbProblem } from "./rdb-problem";

/** Where the bytes come from. */
export interface RdbSource {
  /**
   * Puts up to `length` bytes at `at`; returns how many, 0 at the end.
   * @throws BYTES_TO_COME when it is `live` and there are none yet.
   */
  read(target: Uint8Array, at: number, length: number): number;
  /** Bytes that are still to come, as far as that is known: then no length beyond is believed. */
  readonly remaining: number;
  /**
   * Set where bytes come in their own time. The reader then keeps what it took since `hold`, so that
   * it can be taken `back`, and takes no memory for bytes that are only promised.
   */
  readonly live?: LiveBytes;
}

export interface LiveBytes {
  /** Called now and then while bytes are taken that have come already. */
  onStretch(): void;
}

const WINDOW_BYTES = 256 * 1024;
/** Larger buffers are not kept for the next reading. */
const MOST_KEPT_BYTES = 4 * WINDOW_BYTES;
const DIGITS_BYTES = 24;
const TWO_32 = 4294967296;
/** No string of Redis is longer; what says so is broken. */
const MOST_STRING_BYTES = 4 * 1024 * 1024 * 1024 - 1;
/** LZF repeats at most 264 bytes by three. */
const MOST_EXPANSION = 88;
/** Where nobody knows how much is to come, memory grows with what has come. */
const LARGEST_STEP_BYTES = 64 * 1024 * 1024;
/** Of live bytes that have come, so many are taken between two calls of `onStretch`. */
const STRETCH_BYTES = 1024 * 1024;
const NOT_HELD = -1;

/**
 * Reads the parts that RDB files, DUMP payloads and full synchronisations are made of.
 *
 * It knows lengths, strings and numbers, no types and no files. It believes nothing: every length is
 * held against what is left before memory is taken for it, and what is broken throws an RdbProblem
 * with its position. What always holds: the checksum covers all that was taken so far.
 *
 * `string` shows the bytes in `valueBytes`, `valueAt`, `valueLength`, valid until the next call.
 */
export class RdbReader {
  valueBytes: Uint8Array;
  valueAt = 0;
  valueLength = 0;
  /** The halves of what `length` or `int64` read last; the high one is signed after `int64`. */
  high = 0;
  low = 0;
  /** Packed blocks (listpacks, ziplists, intsets) that its users have checked as a whole. */
  packedBlocks = 0;
  readonly crc: Crc64;
  readonly #lzf: Lzf;
  readonly #source: RdbSource;
  readonly #digits = new Uint8Array(DIGITS_BYTES);
  readonly #double = new Float64Array(1);
  readonly #doubleBytes = new Uint8Array(this.#double.buffer);
  #window = new Uint8Array(WINDOW_BYTES);
  #unpacked = new Uint8Array(1024);
  /** The bytes in the window that have not been taken: from `at` to before `end`, */
  #at = 0;
  #end = 0;
  /** and of live bytes more, up to before `have`, that are shown a stretch at a time. */
  #have = 0;
  /** Where `back` goes to. */
  #held = NOT_HELD;
  /** Taken bytes up to here are in the checksum. */
  #summed = 0;
  /** Bytes that have left the window. */
  #before = 0;

  constructor(source: RdbSource, codecs: ByteCodecs = PORTABLE_CODECS) {
    this.#source = source;
    this.crc = codecs.newCrc64();
    this.#lzf = codecs.newLzf();
    this.valueBytes = this.#digits;
  }

  /** Begins anew, with what the source gives from now on. */
  reset(): void {
    this.#at = 0;
    this.#end = 0;
    this.#have = 0;
    this.#held = NOT_HELD;
    this.#summed = 0;
    this.#before = 0;
    this.crc.reset();
    if (this.#window.length > MOST_KEPT_BYTES) this.#window = new Uint8Array(WINDOW_BYTES);
    if (this.#unpacked.length > MOST_KEPT_BYTES) this.#unpacked = new Uint8Array(WINDOW_BYTES);
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#before + this.#at;
  }

  /** Bytes that may still be taken; infinite when nobody knows, or somebody has only said so. */
  get remaining(): number {
    return this.#source.live === undefined ? this.#promised : Number.POSITIVE_INFINITY;
  }

  get #promised(): number {
    return this.#have - this.#at + this.#source.remaining;
  }

  /** `back` returns to this place, whatever is taken from here on. For live bytes; else nothing. */
  hold(): void {
    if (this.#source.live !== undefined) this.#held = this.#at;
  }

  /** What was taken since `hold` comes once more. */
  back(): void {
    this.#at = this.#held;
    this.#end = Math.min(this.#have, this.#at + STRETCH_BYTES);
  }

  /** Bytes that can be taken without asking the source for more. */
  get unreadBytes(): number {
    return this.#have - this.#at;
  }

  /** Bytes kept since `hold`, taken or not. */
  get heldBytes(): number {
    return this.#have - this.#held;
  }

  fail(text: string): never {
    throw new RdbProblem(text, this.position);
  }

  byte(): number {
    if (this.#at === this.#end) this.#need(1);
    return this.#window[this.#at++];
  }

  /** Whether there is another byte. */
  get hasMore(): boolean {
    return this.#at < this.#end || this.#fill(1);
  }

  /** A length or count up to 2^53; a special form is a problem here. */
  length(): number {
    const first = this.byte();
    if (first >= LENGTH_SPECIAL) this.fail("a length was expected, not an encoded string");
    return this.#lengthFrom(first);
  }

  /** A string of any form. */
  string(): void {
    const first = this.byte();
    if (first < LENGTH_SPECIAL) {
      this.bytes(this.#lengthFrom(first));
      return;
    }
    const form = first & 63;
    if (form === STRING_LZF) this.#compressedString();
    else this.#integerString(form);
  }

  /** `length` bytes as they are, shown as a string is. */
  bytes(length: number): void {
    this.#need(length);
    this.valueBytes = this.#window;
    this.valueAt = this.#at;
    this.valueLength = length;
    this.#at += length;
  }

  double(): number {
    this.bytes(8);
    for (let i = 0; i < 8; i++) this.#doubleBytes[i] = this.valueBytes[this.valueAt + i];
    return this.#double[0];
  }

  /** An unsigned number of four bytes, least significant first. */
  uint32(): number {
    this.bytes(4);
    return this.#littleEndian(this.valueAt) >>> 0;
  }

  /** An int64 in `high` and `low`; returns it as a number, rounded beyond 2^53. */
  int64(): number {
    this.bytes(8);
    this.low = this.#littleEndian(this.valueAt);
    this.high = this.#littleEndian(this.valueAt + 4);
    return this.high * TWO_32 + (this.low >>> 0);
  }

  /** The string read last as text, one character per byte. Allocates. */
  valueText(): string {
    const { valueBytes, valueAt, valueLength } = this;
    return Buffer.from(valueBytes.buffer, valueBytes.byteOffset + valueAt, valueLength).toString(
      "latin1",
    );
  }

  /** Whether the next eight bytes, which are taken, are the checksum of all before, or all zero. */
  checksum(): boolean {
    this.#sum();
    this.#need(8);
    const at = this.#at;
    this.#at += 8;
    const isAbsent = this.#window.subarray(at, at + 8).every((byte) => byte === 0);
    return isAbsent || this.crc.equals(this.#window, at);
  }

  #lengthFrom(first: number): number {
    const form = first & LENGTH_SPECIAL;
    this.high = 0;
    if (form === LENGTH_6_BITS) {
      this.low = first & 63;
    } else if (form === LENGTH_14_BITS) {
      this.low = ((first & 63) << 8) | this.byte();
    } else if (first === LENGTH_32_BITS) {
      this.low = this.#bigEndian();
    } else if (first === LENGTH_64_BITS) {
      this.high = this.#bigEndian();
      this.low = this.#bigEndian();
    } else {
      this.fail(`no length begins with ${first}`);
    }
    return (this.high >>> 0) * TWO_32 + (this.low >>> 0);
  }

  #bigEndian(): number {
    this.#need(4);
    const window = this.#window;
    const at = this.#at;
    this.#at += 4;
    return (window[at] << 24) | (window[at + 1] << 16) | (window[at + 2] << 8) | window[at + 3];
  }

  #littleEndian(at: number): number {
    const bytes = this.valueBytes;
    return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  }

  #integerString(form: number): void {
    let value: number;
    if (form === STRING_INT_8) value = (this.byte() << 24) >> 24;
    else if (form === STRING_INT_16) value = ((this.byte() | (this.byte() << 8)) << 16) >> 16;
    else if (form === STRING_INT_32) value = this.uint32() | 0;
    else this.fail(`no string is encoded as ${form}`);
    this.valueBytes = this.#digits;
    this.valueAt = 0;
    this.valueLength = formatInteger(value, this.#digits, 0);
  }

  #compressedString(): void {
    const size = this.length();
    const length = this.length();
    if (length > MOST_STRING_BYTES || length > size * MOST_EXPANSION) {
      this.fail(`${size} compressed bytes cannot hold ${length}`);
    }
    this.bytes(size);
    if (this.#unpacked.length < length) this.#unpacked = new Uint8Array(length);
    if (!this.#lzf.decompress(this.valueBytes, this.valueAt, size, this.#unpacked, 0, length)) {
      this.fail("broken LZF data");
    }
    this.valueBytes = this.#unpacked;
    this.valueAt = 0;
    this.valueLength = length;
  }

  /** Sees to it that the window has `count` bytes that have not been taken. */
  #need(count: number): void {
    if (this.#end - this.#at >= count) return;
    if (count > MOST_STRING_BYTES || count > this.#promised) this.fail("unexpected end of data");
    if (!this.#fill(count)) this.fail("unexpected end of data");
  }

  /** False when the source ends before. */
  #fill(count: number): boolean {
    this.#sum();
    if (this.#end < this.#have && this.#at + count <= this.#have) return this.#show(count);
    this.#end = this.#have;
    this.#forget(this.#held === NOT_HELD ? this.#at : this.#held);
    while (this.#have - this.#at < count) {
      if (this.#have === this.#window.length) this.#widen(count);
      const room = this.#window.length - this.#have;
      const got = this.#source.read(this.#window, this.#have, room);
      if (got === 0) return false;
      this.#have += got;
      this.#end = this.#have;
    }
    return this.#source.live === undefined || this.#show(count);
  }

  /** Lets the next stretch be taken of what has come. */
  #show(count: number): true {
    this.#end = Math.min(this.#have, this.#at + Math.max(count, STRETCH_BYTES));
    this.#source.live?.onStretch();
    return true;
  }

  /** Makes room in the window of what nobody goes back to. */
  #forget(upTo: number): void {
    if (upTo === 0) return;
    const kept = this.#have - upTo;
    if (this.#window.length > LARGEST_STEP_BYTES && kept <= WINDOW_BYTES) {
      const narrower = new Uint8Array(WINDOW_BYTES);
      narrower.set(this.#window.subarray(upTo, this.#have));
      this.#window = narrower;
    } else {
      this.#window.copyWithin(0, upTo, this.#have);
    }
    this.#before += upTo;
    this.#at -= upTo;
    this.#end -= upTo;
    this.#have -= upTo;
    this.#summed -= upTo;
    if (this.#held !== NOT_HELD) this.#held -= upTo;
  }

  #widen(count: number): void {
    const step = Math.min(this.#window.length, LARGEST_STEP_BYTES);
    const grown = this.#window.length + step;
    const isLive = this.#source.live !== undefined;
    const most = Number.isFinite(this.#source.remaining) && !isLive ? count : grown;
    const length = isLive ? grown : Math.max(Math.min(count, most), WINDOW_BYTES);
    const wider = new Uint8Array(length);
    wider.set(this.#window.subarray(0, this.#have));
    this.#window = wider;
  }

  /** Adds what has been taken to the checksum. */
  #sum(): void {
    // What was taken back has been added before.
    if (this.#at <= this.#summed) return;
    this.crc.update(this.#window, this.#summed, this.#at);
    this.#summed = this.#at;
  }
}

/** A source of bytes that are in memory already. */
export class BytesSource implements RdbSource {
  #at = 0;
  #end = 0;
  #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number, length: number) {
    this.#bytes = bytes;
    this.open(bytes, at, length);
  }

  /** Gives other bytes from now on. */
  open(bytes: Uint8Array, at: number, length: number): void {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = at + length;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  read(target: Uint8Array, at: number, length: number): number {
    const count = Math.min(length, this.remaining);
    target.set(this.#bytes.subarray(this.#at, this.#at + count), at);
    this.#at += count;
    return count;
  }
}
