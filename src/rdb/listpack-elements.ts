import { BROKEN, PackedElements, UNCOUNTED } from "./packed-elements";

/**
 * Redis's listpack in plain bytes.
 *
 *     [bytes 4][count 2] element | element | ... [FF]        count 65535: more than can be told
 *
 * Elements are those of structures/listpack-element.ts, each with its length behind it.
 */
export const LISTPACK_FRAME_BYTES = 7;
export const LISTPACK_HEADER = 6;
export const LISTPACK_UNCOUNTED = 65535;
export const LISTPACK_END_MARK = 0xff;

export class ListpackElements extends PackedElements {
  /** Where the elements' own bytes begin. */
  get elementsAt(): number {
    return this.start;
  }

  /** How many bytes they are. */
  get elementsBytes(): number {
    return this.end - this.start;
  }

  protected override frame(at: number, end: number): number | undefined {
    const { bytes } = this;
    const length = end - at;
    if (length < LISTPACK_FRAME_BYTES || this.uint32(at) !== length) return undefined;
    if (bytes[end - 1] !== LISTPACK_END_MARK) return undefined;
    this.start = at + LISTPACK_HEADER;
    this.end = end - 1;
    const count = bytes[at + 4] | (bytes[at + 5] << 8);
    return count === LISTPACK_UNCOUNTED ? UNCOUNTED : count;
  }

  protected override step(at: number): number {
    const size = this.#showAt(at);
    const left = this.end - at;
    const groups = size <= 127 ? 1 : groupsOf(size);
    if (size === BROKEN || size + groups > left) return BROKEN;
    const next = at + size + groups;
    return this.#lengthBefore(next, groups) === size ? next : BROKEN;
  }

  /** Shows the element; returns its bytes without the length behind it, which may be too many. */
  #showAt(at: number): number {
    const { bytes } = this;
    const left = this.end - at;
    const head = bytes[at];
    if (head < 0x80) {
      this.showInteger(head);
      return 1;
    }
    if (head < 0xc0) {
      this.show(at + 1, head & 63);
      return 1 + (head & 63);
    }
    if (head < 0xe0) {
      if (left < 2) return BROKEN;
      this.showInteger(((((head & 31) << 8) | bytes[at + 1]) << 19) >> 19);
      return 2;
    }
    if (head < 0xf0) {
      if (left < 2) return BROKEN;
      const length = ((head & 15) << 8) | bytes[at + 1];
      this.show(at + 2, length);
      return 2 + length;
    }
    if (head === 0xf0) {
      if (left < 5) return BROKEN;
      const length = this.uint32(at + 1);
      this.show(at + 5, length);
      return 5 + length;
    }
    if (head > 0xf4) return BROKEN;
    const size = head === 0xf4 ? 8 : head - 0xf1 + 2;
    if (left < 1 + size) return BROKEN;
    this.showBinary(at + 1, size);
    return 1 + size;
  }

  /** The length in the `groups` bytes before `end`, or BROKEN when it is told in another number. */
  #lengthBefore(end: number, groups: number): number {
    const { bytes } = this;
    let value = 0;
    let scale = 1;
    for (let i = 1; i <= groups; i++, scale *= 128) {
      const byte = bytes[end - i];
      if (byte >= 128 !== i < groups) return BROKEN;
      value += (byte & 127) * scale;
    }
    return value;
  }
}

/** Bytes of the length behind an element; limits as Redis has them. */
function groupsOf(size: number): number {
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  return size < 268435455 ? 4 : 5;
}
