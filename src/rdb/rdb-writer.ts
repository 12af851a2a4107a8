import { copyBytes } from "../base/bytes";
import type { Crc64 } from "../base/crc64";
import { parseSafeInteger } from "../base/int64";
import type { Lzf } from "../base/lzf";
import { type ByteCodecs, PORTABLE_CODECS } from "../native/byte-codecs";
import {
  LENGTH_14_BITS,
  LENGTH_32_BITS,
  LENGTH_64_BITS,
  LENGTH_SPECIAL,
  RDB_MAGIC,
  STRING_INT_8,
  STRING_INT_16,
  STRING_INT_32,
  STRING_LZF,
} from "./rdb-format";

/** Where the bytes go when the buffer is full; they are valid during the call only. */
export type RdbSink = (bytes: Uint8Array, length: number) => void;

export interface RdbWriterOptions {
  /** rdbcompression: strings over 20 bytes are compressed when that makes them smaller. */
  readonly compresses: boolean;
  /** rdbchecksum: else the file ends in eight zeros. */
  readonly hasChecksum: boolean;
}

const BUFFER_BYTES = 256 * 1024;
const LEAST_COMPRESSED_BYTES = 21;
/** A string is compressed as a whole, in memory. */
const MOST_COMPRESSED_BYTES = 256 * 1024 * 1024;
const MOST_INTEGER_DIGITS = 11;
const TWO_32 = 4294967296;

/**
 * Writes the parts that RDB files, DUMP payloads and full synchronisations are made of.
 *
 * It knows lengths, strings and numbers, no types and no files. What always holds: the sink has got,
 * in order, all that was written before the last `flush`; the checksum covers all of it. Nothing here
 * allocates on the JS heap per string, but for the sink.
 */
export class RdbWriter {
  /** Bytes written so far. */
  get position(): number {
    return this.#flushed + this.#at;
  }

  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #sink: RdbSink;
  readonly #options: RdbWriterOptions;
  readonly #crc: Crc64;
  readonly #lzf: Lzf;
  readonly #double = new Float64Array(1);
  readonly #doubleBytes = new Uint8Array(this.#double.buffer);
  #compressed = new Uint8Array(1024);
  #at = 0;
  #flushed = 0;

  constructor(sink: RdbSink, options: RdbWriterOptions, codecs: ByteCodecs = PORTABLE_CODECS) {
    this.#sink = sink;
    this.#options = options;
    this.#crc = codecs.newCrc64();
    this.#lzf = codecs.newLzf();
  }

  /** The first nine bytes of a file. */
  header(version: number): void {
    const text = RDB_MAGIC + String(version).padStart(4, "0");
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }

  byte(value: number): void {
    if (this.#at === BUFFER_BYTES) this.flush();
    this.#buffer[this.#at++] = value;
  }

  /** A length or count, up to 2^53. */
  length(value: number): void {
    if (value < 64) {
      this.byte(value);
    } else if (value < 16384) {
      this.byte(LENGTH_14_BITS | (value >>> 8));
      this.byte(value & 255);
    } else if (value < TWO_32) {
      this.byte(LENGTH_32_BITS);
      this.#bigEndian(value);
    } else {
      this.byte(LENGTH_64_BITS);
      this.#bigEndian(Math.floor(value / TWO_32));
      this.#bigEndian(value % TWO_32);
    }
  }

  /** A length of 64 bits in two halves (stream IDs and counters). */
  length64(high: number, low: number): void {
    if (high === 0) {
      this.length(low >>> 0);
      return;
    }
    this.byte(LENGTH_64_BITS);
    this.#bigEndian(high);
    this.#bigEndian(low);
  }

  /** A string in its shortest form: as a small integer, compressed, or as it is. */
  string(bytes: Uint8Array, at: number, length: number): void {
    if (length <= MOST_INTEGER_DIGITS && this.#integerString(bytes, at, length)) return;
    if (this.#options.compresses && length >= LEAST_COMPRESSED_BYTES) {
      if (length <= MOST_COMPRESSED_BYTES && this.#compressedString(bytes, at, length)) return;
    }
    this.length(length);
    this.raw(bytes, at, length);
  }

  /** A text of one byte per character. For the few strings of a file that are no data. */
  text(text: string): void {
    const bytes = Buffer.from(text, "latin1");
    this.string(bytes, 0, bytes.length);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array, at: number, length: number): void {
    for (let done = 0; done < length; ) {
      if (this.#at === BUFFER_BYTES) this.flush();
      const part = Math.min(length - done, BUFFER_BYTES - this.#at);
      copyBytes(this.#buffer, this.#at, bytes, at + done, part);
      this.#at += part;
      done += part;
    }
  }

  /** Eight bytes, least significant first. */
  double(value: number): void {
    this.#double[0] = value;
    this.raw(this.#doubleBytes, 0, 8);
  }

  /** An int64 in two halves, least significant byte first. */
  int64(high: number, low: number): void {
    this.#littleEndian(low);
    this.#littleEndian(high);
  }

  /** As `int64`, for a whole number of at most 2^53 in size. */
  integer64(value: number): void {
    this.int64(Math.floor(value / TWO_32), value | 0);
  }

  #littleEndian(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 255);
  }

  /** The checksum of all before it, or zeros. */
  checksum(): void {
    this.flush();
    const { hasChecksum } = this.#options;
    if (hasChecksum) this.#crc.write(this.#buffer, 0);
    else this.#buffer.fill(0, 0, 8);
    this.#at = 8;
    this.flush();
  }

  /** Hands all that is written to the sink. */
  flush(): void {
    if (this.#at === 0) return;
    if (this.#options.hasChecksum) this.#crc.update(this.#buffer, 0, this.#at);
    this.#flushed += this.#at;
    const length = this.#at;
    this.#at = 0;
    this.#sink(this.#buffer, length);
  }

  #bigEndian(value: number): void {
    for (let shift = 24; shift >= 0; shift -= 8) this.byte((value >>> shift) & 255);
  }

  #integerString(bytes: Uint8Array, at: number, length: number): boolean {
    const value = parseSafeInteger(bytes, at, length);
    if (!(value >= -2147483648 && value <= 2147483647)) return false;
    if (value >= -128 && value <= 127) {
      this.byte(LENGTH_SPECIAL | STRING_INT_8);
      this.byte(value & 255);
    } else if (value >= -32768 && value <= 32767) {
      this.byte(LENGTH_SPECIAL | STRING_INT_16);
      this.byte(value & 255);
      this.byte((value >> 8) & 255);
    } else {
      this.byte(LENGTH_SPECIAL | STRING_INT_32);
      this.#littleEndian(value);
    }
    return true;
  }

  #compressedString(bytes: Uint8Array, at: number, length: number): boolean {
    // Redis asks for four bytes less, to make up for the header.
    const room = length - 4;
    if (this.#compressed.length < room) this.#compressed = new Uint8Array(room * 2);
    const size = this.#lzf.compress(bytes, at, length, this.#compressed, 0, room);
    if (size === 0) return false;
    this.byte(LENGTH_SPECIAL | STRING_LZF);
    this.length(size);
    this.length(length);
    this.raw(this.#compressed, 0, size);
    return true;
  }
}
