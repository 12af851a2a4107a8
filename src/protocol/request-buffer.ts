import { copyBytes } from "../base/bytes";
import { formatInt64, formatInteger, integerDigits } from "../base/int64";

/**
 * Requests as bytes on the wire, one behind the other in a buffer that grows: what goes to the
 * append only file and to replicas. Not for replies, and not for single requests of outgoing
 * connections (encode-request.ts).
 *
 * What always holds: `begin(n)` is followed by exactly n arguments. Writing allocates nothing on the
 * JS heap but for growth. Whoever has taken the bytes calls `clear`.
 */

const LEAST_BYTES = 65_536;
/** A buffer that has grown beyond this is given back once it is empty. */
const MOST_KEPT_BYTES = 1 << 20;
/** Room for a type byte, a length of 20 digits and its line end. */
const HEADER_BYTES = 24;
/** From here on a memmove is worth its price. */
const LONG_BYTES = 256;
const STAR = 42;
const DOLLAR = 36;
const CR = 13;
const LF = 10;

export class RequestBuffer {
  bytes: Uint8Array = new Uint8Array(LEAST_BYTES);
  /** How many of the bytes are written. */
  length = 0;
  #view: DataView = new DataView(this.bytes.buffer);
  readonly #digits = new Uint8Array(HEADER_BYTES);
  /** The memory that short arguments were last copied from. */
  #source: Uint8Array = this.bytes;
  #sourceView = this.#view;

  /** Begins a request of so many arguments, its name included. */
  begin(argumentCount: number): void {
    this.#header(STAR, argumentCount);
  }

  /** An argument of bytes. */
  bulk(bytes: Uint8Array, at: number, length: number): void {
    this.beginBulk(length);
    this.raw(bytes, at, length);
    this.endLine();
  }

  /** What stands before an argument whose bytes follow piece by piece (`raw`), then `endLine`. */
  beginBulk(length: number): void {
    this.#header(DOLLAR, length);
  }

  /** An argument of ASCII text. */
  text(text: string): void {
    this.#header(DOLLAR, text.length);
    this.need(text.length + 2);
    const { bytes } = this;
    let { length } = this;
    for (let i = 0; i < text.length; i++) bytes[length++] = text.charCodeAt(i);
    this.length = length;
    this.endLine();
  }

  /** A whole number up to 2^53 in size as an argument. */
  integer(value: number): void {
    this.#header(DOLLAR, integerDigits(value));
    this.need(HEADER_BYTES);
    this.length = formatInteger(value, this.bytes, this.length);
    this.endLine();
  }

  /** A signed 64-bit number as an argument. */
  int64(value: bigint): void {
    const digits = this.#digits;
    this.bulk(digits, 0, formatInt64(value, digits, 0));
  }

  /** Bytes as they are, which are part of a request. */
  raw(bytes: Uint8Array, at: number, length: number): void {
    this.need(length);
    if (length < LONG_BYTES) this.#copyShort(bytes, at, length);
    else copyBytes(this.bytes, this.length, bytes, at, length);
    this.length += length;
  }

  endLine(): void {
    this.need(2);
    this.bytes[this.length++] = CR;
    this.bytes[this.length++] = LF;
  }

  /** Moves what begins at `at` behind so many bytes, which are copied there. */
  insert(at: number, inserted: Uint8Array): void {
    this.need(inserted.length);
    this.bytes.copyWithin(at + inserted.length, at, this.length);
    this.bytes.set(inserted, at);
    this.length += inserted.length;
  }

  clear(): void {
    this.length = 0;
    if (this.bytes.length > MOST_KEPT_BYTES) this.#replace(new Uint8Array(LEAST_BYTES));
  }

  /** Makes room for so many more bytes. @throws RangeError when there is no memory for them. */
  need(sizeBytes: number): void {
    const wanted = this.length + sizeBytes;
    if (wanted <= this.bytes.length) return;
    let capacity = this.bytes.length;
    while (capacity < wanted) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes.subarray(0, this.length));
    this.#replace(grown);
  }

  #replace(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  /** Words of four bytes wherever they lie: requests come from shared memory, where `set` is slow. */
  #copyShort(bytes: Uint8Array, at: number, length: number): void {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const source = this.#sourceView;
    const target = this.#view;
    const wordsEnd = at + (length & ~3);
    let from = at;
    let to = this.length;
    for (; from < wordsEnd; from += 4, to += 4) target.setInt32(to, source.getInt32(from));
    for (const end = at + length; from < end; ) this.bytes[to++] = bytes[from++];
  }

  #header(type: number, value: number): void {
    this.need(HEADER_BYTES);
    this.bytes[this.length] = type;
    this.length = formatInteger(value, this.bytes, this.length + 1);
    this.endLine();
  }
}
