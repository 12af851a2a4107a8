import { BROKEN, PackedElements, UNCOUNTED } from "./packed-elements";

/**
 * Redis's zipmap, in which versions before 2.6 wrote small hashes, in plain bytes: fields and values
 * are elements in turn.
 *
 *     [pairs 1] [length] field [length][unused n] value and n bytes | ... [FF]
 *
 * A length is one byte, or FE and four. Pairs from 254 on are not told.
 */
const FRAME_BYTES = 2;
const END_MARK = 0xff;
const LONG_LENGTH = 0xfe;

export class ZipmapElements extends PackedElements {
  #isValue = false;

  override open(bytes: Uint8Array, at: number, length: number): boolean {
    return super.open(bytes, at, length) && this.count % 2 === 0;
  }

  /** Only to a field. */
  override goto(position: number): void {
    super.goto(position);
    this.#isValue = false;
  }

  protected override frame(at: number, end: number): number | undefined {
    const { bytes } = this;
    if (end - at < FRAME_BYTES || bytes[end - 1] !== END_MARK) return undefined;
    this.start = at + 1;
    this.end = end - 1;
    return bytes[at] < LONG_LENGTH ? bytes[at] * 2 : UNCOUNTED;
  }

  protected override step(at: number): number {
    const { bytes, end } = this;
    const isValue = this.#isValue;
    this.#isValue = !isValue;
    if (bytes[at] === END_MARK) return BROKEN;
    const isLong = bytes[at] === LONG_LENGTH;
    let contentAt = at + (isLong ? 5 : 1);
    if (contentAt + (isValue ? 1 : 0) > end) return BROKEN;
    const length = isLong ? this.uint32(at + 1) : bytes[at];
    const unused = isValue ? bytes[contentAt++] : 0;
    if (length + unused > end - contentAt) return BROKEN;
    this.show(contentAt, length);
    return contentAt + length + unused;
  }
}
