import { BROKEN, PackedElements, UNCOUNTED } from "./packed-elements";

/**
 * Redis's ziplist, which versions before 7.0 wrote, in plain bytes.
 *
 *     [bytes 4][offset of the last element 4][count 2] element | element | ... [FF]
 *     element   [bytes of the one before: 1, or FE and 4][encoding][content]
 *
 *     00xxxxxx, 01xxxxxx y, 10xxxxxx yyyy       a string of a length of 6, 14 or 32 bits, most
 *                                               significant byte first
 *     C0, D0, E0, F0, FE                        an integer of 2, 4, 8, 3, 1 bytes
 *     F1 ... FD                                 an integer 0 ... 12
 */
const HEADER = 10;
const FRAME_BYTES = 11;
const END_MARK = 0xff;
const LONG_PREVIOUS = 0xfe;
const COUNT_UNKNOWN = 65535;
/** By the upper half of the encoding byte, from C on; FE is told apart. */
const INTEGER_BYTES = [2, 4, 8, 3];
const ONE_BYTE = 0xfe;
const SMALLEST_IMMEDIATE = 0xf1;

export class ZiplistElements extends PackedElements {
  #last = 0;

  override open(bytes: Uint8Array, at: number, length: number): boolean {
    if (!super.open(bytes, at, length)) return false;
    let previous = 0;
    let last = this.end;
    for (let element = this.start; element < this.end; ) {
      const told = bytes[element] === LONG_PREVIOUS ? this.uint32(element + 1) : bytes[element];
      if (told !== previous) return false;
      const next = this.step(element);
      previous = next - element;
      last = element;
      element = next;
    }
    return this.#last === last;
  }

  protected override frame(at: number, end: number): number | undefined {
    const { bytes } = this;
    const length = end - at;
    if (length < FRAME_BYTES || this.uint32(at) !== length) return undefined;
    if (bytes[end - 1] !== END_MARK) return undefined;
    this.start = at + HEADER;
    this.end = end - 1;
    this.#last = at + this.uint32(at + 4);
    const count = bytes[at + 8] | (bytes[at + 9] << 8);
    return count === COUNT_UNKNOWN ? UNCOUNTED : count;
  }

  protected override step(at: number): number {
    const { bytes, end } = this;
    if (bytes[at] === END_MARK) return BROKEN;
    const encodingAt = at + (bytes[at] === LONG_PREVIOUS ? 5 : 1);
    if (encodingAt >= end) return BROKEN;
    const head = bytes[encodingAt];
    if (head < 0xc0) return this.#stepString(encodingAt, head);
    if (head >= SMALLEST_IMMEDIATE && head < ONE_BYTE) {
      this.showInteger(head - SMALLEST_IMMEDIATE);
      return encodingAt + 1;
    }
    if (head !== ONE_BYTE && (head & 15) !== 0) return BROKEN;
    const size = head === ONE_BYTE ? 1 : INTEGER_BYTES[(head >>> 4) - 12];
    if (encodingAt + 1 + size > end) return BROKEN;
    this.showBinary(encodingAt + 1, size);
    return encodingAt + 1 + size;
  }

  #stepString(at: number, head: number): number {
    const { bytes, end } = this;
    let length = head & 63;
    let contentAt = at + 1;
    if (head >= 0x80) {
      contentAt = at + 5;
      if (contentAt > end) return BROKEN;
      length = bytes[at + 1] * 0x100_0000;
      length += (bytes[at + 2] << 16) | (bytes[at + 3] << 8) | bytes[at + 4];
    } else if (head >= 0x40) {
      contentAt = at + 2;
      if (contentAt > end) return BROKEN;
      length = (length << 8) | bytes[at + 1];
    }
    if (length > end - contentAt) return BROKEN;
    this.show(contentAt, length);
    return contentAt + length;
  }
}
