import { copyBytes } from "../base/bytes";
import {
  LISTPACK_END_MARK,
  LISTPACK_FRAME_BYTES,
  LISTPACK_HEADER,
  LISTPACK_UNCOUNTED,
} from "../rdb/listpack-elements";
import type { RdbWriter } from "../rdb/rdb-writer";
import { ListpackElement } from "../structures/listpack-element";
import type { ListpackReader } from "../structures/listpack-reader";

const ROOM_BYTES = 4096;
/** Larger buffers are not kept for the next value. */
const MOST_KEPT_BYTES = 1024 * 1024;

/**
 * A listpack as files have it, put together from elements and written as one string.
 *
 * Our own listpacks have the same elements without Redis's header and end mark, so that most are one
 * copy. One object serves all values.
 */
export class ListpackImage {
  #bytes = new Uint8Array(ROOM_BYTES);
  #end = LISTPACK_HEADER;
  #count = 0;
  readonly #element = new ListpackElement();

  /** Begins one without elements. */
  begin(): this {
    this.#end = LISTPACK_HEADER;
    this.#count = 0;
    return this;
  }

  /** Adds all elements of a listpack. */
  addAll(pack: ListpackReader): this {
    if (pack.count === 0) return this;
    const at = pack.positionOf(pack.first());
    return this.addElements(pack.elementBytes, at, pack.elementsBytes, pack.count);
  }

  /** Adds elements that lie next to each other, as bytes. */
  addElements(bytes: Uint8Array, at: number, length: number, count: number): this {
    this.#makeRoom(length);
    copyBytes(this.#bytes, this.#end, bytes, at, length);
    this.#end += length;
    this.#count += count;
    return this;
  }

  add(value: Uint8Array, at: number, length: number): void {
    const size = this.#element.measure(value, at, length);
    this.#makeRoom(size);
    this.#element.write(this.#bytes, this.#end, value, at, length);
    this.#end += size;
    this.#count++;
  }

  /** Writes it as a string; afterwards there is none. */
  write(writer: RdbWriter): void {
    const bytes = this.#bytes;
    const size = this.#end - LISTPACK_HEADER + LISTPACK_FRAME_BYTES;
    const count = Math.min(this.#count, LISTPACK_UNCOUNTED);
    for (let i = 0; i < 4; i++) bytes[i] = size >>> (i << 3);
    bytes[4] = count & 255;
    bytes[5] = count >>> 8;
    bytes[this.#end] = LISTPACK_END_MARK;
    writer.string(bytes, 0, size);
    if (bytes.length > MOST_KEPT_BYTES) this.#bytes = new Uint8Array(ROOM_BYTES);
    this.begin();
  }

  /** Room for so many bytes more, and the end mark. */
  #makeRoom(added: number): void {
    const needed = this.#end + added + 1;
    if (needed <= this.#bytes.length) return;
    const wider = new Uint8Array(needed * 2);
    wider.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = wider;
  }
}
