import { latin1Bytes } from "../base/bytes";
import { type BlockMemory, SEGMENT_SHIFT } from "../memory/block-memory";
import { RequestBuffer } from "../protocol/request-buffer";
import { keyLengthOf, keyStartOf } from "./entry";

/** Where the bytes go when the buffer is full; they are valid during the call only. */
export type CommandSink = (bytes: Uint8Array, length: number) => void;

/** As many elements as one command of a rewritten AOF adds to a value, as in Redis. */
export const ITEMS_PER_COMMAND = 64;

/** So much is collected before the sink gets it; a long argument goes there in such pieces. */
const PIECE_BYTES = 256 * 1024;

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
  readonly #requests = new RequestBuffer();

  constructor(memory: BlockMemory, sink: CommandSink) {
    this.#memory = memory;
    this.#sink = sink;
  }

  /** Begins a command of `count` arguments, its name among them. */
  command(name: string, count: number): void {
    if (this.#requests.length >= PIECE_BYTES) this.flush();
    this.#requests.begin(count);
    this.text(name);
  }

  /** The name of the key of an entry. */
  key(entry: number): void {
    const memory = this.#memory;
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    this.bytes(bytes, keyStartOf(memory, entry), keyLengthOf(memory, entry));
  }

  bytes(bytes: Uint8Array, at: number, length: number): void {
    const requests = this.#requests;
    requests.beginBulk(length);
    for (let done = 0; done < length; ) {
      const part = Math.min(length - done, PIECE_BYTES);
      requests.raw(bytes, at + done, part);
      done += part;
      if (requests.length >= PIECE_BYTES) this.flush();
    }
    requests.endLine();
  }

  /** A short text of one-byte characters. */
  text(text: string): void {
    this.#requests.text(text);
  }

  /** A number of at most 2^53 - 1 in size. */
  integer(value: number): void {
    this.#requests.integer(value);
  }

  /** A line of its own that is no command and ends in CR LF: `#TS:1700000000`. */
  annotation(text: string): void {
    const line = latin1Bytes(text);
    this.#requests.raw(line, 0, line.length);
    this.#requests.endLine();
  }

  flush(): void {
    const requests = this.#requests;
    if (requests.length > 0) this.#sink(requests.bytes, requests.length);
    requests.clear();
  }
}
