import { copyBytes } from "../base/bytes";
import { formatInteger, integerDigits } from "../base/int64";
import { type BlockMemory, SEGMENT_SHIFT } from "../memory/block-memory";
import { keyLengthOf, keyStartOf } from "./entry";

/** Where the bytes go when the buffer is full; they are valid during the call only. */
export type CommandSink = (bytes: Uint8Array, length: number) => void;

/** As many elements as one command of a rewritten AOF adds to a value, as in Redis. */
export const ITEMS_PER_COMMAND = 64;

const BUFFER_BYTES = 256 * 1024;
/** Longer than any header line. */
const HEADER_BYTES = 24;
const CR = 13;
const LF = 10;
const STAR = 42;
const DOLLAR = 36;

/**
 * Writes commands as they stand in an append only file, from memory that stands still.
 *
 * It knows RESP and keys, no types and no files. What always holds: the sink has got, in order, all
 * that was written before the last `flush`; `command` is followed by as many arguments as it was
 * told, less the name.
 */
export class AofCommandWriter {
  readonly #memory: BlockMemory;
  readonly #sink: CommandSink;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #at = 0;

  constructor(memory: BlockMemory, sink: CommandSink) {
    this.#memory = memory;
    this.#sink = sink;
  }

  /** Begins a command of `count` arguments, its name among them. */
  command(name: string, count: number): void {
    this.#header(STAR, count);
    this.text(name);
  }

  /** The name of the key of an entry. */
  key(entry: number): void {
    const memory = this.#memory;
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    this.bytes(bytes, keyStartOf(memory, entry), keyLengthOf(memory, entry));
  }

  bytes(bytes: Uint8Array, at: number, length: number): void {
    this.#header(DOLLAR, length);
    this.#copy(bytes, at, length);
    this.#lineEnd();
  }

  /** A short text of one-byte characters. */
  text(text: string): void {
    const { length } = text;
    this.#header(DOLLAR, length);
    this.#room(length);
    for (let i = 0; i < length; i++) this.#buffer[this.#at++] = text.charCodeAt(i);
    this.#lineEnd();
  }

  /** A number of at most 2^53 - 1 in size. */
  integer(value: number): void {
    this.#header(DOLLAR, integerDigits(value));
    this.#room(HEADER_BYTES);
    this.#at = formatInteger(value, this.#buffer, this.#at);
    this.#lineEnd();
  }

  /** A line of its own that is no command and ends in CR LF: `#TS:1700000000`. */
  annotation(text: string): void {
    this.#room(text.length);
    for (let i = 0; i < text.length; i++) this.#buffer[this.#at++] = text.charCodeAt(i);
    this.#lineEnd();
  }

  flush(): void {
    if (this.#at > 0) this.#sink(this.#buffer, this.#at);
    this.#at = 0;
  }

  #header(mark: number, value: number): void {
    this.#room(HEADER_BYTES);
    this.#buffer[this.#at++] = mark;
    this.#at = formatInteger(value, this.#buffer, this.#at);
    this.#lineEnd();
  }

  #copy(bytes: Uint8Array, at: number, length: number): void {
    for (let done = 0; done < length; ) {
      if (this.#at === BUFFER_BYTES) this.flush();
      const part = Math.min(length - done, BUFFER_BYTES - this.#at);
      copyBytes(this.#buffer, this.#at, bytes, at + done, part);
      this.#at += part;
      done += part;
    }
  }

  #lineEnd(): void {
    this.#room(2);
    this.#buffer[this.#at++] = CR;
    this.#buffer[this.#at++] = LF;
  }

  /** Makes room for `size` bytes in one piece. */
  #room(size: number): void {
    if (this.#at + size > BUFFER_BYTES) this.flush();
  }
}
