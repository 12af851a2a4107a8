/**
 * Integers of 1 to 64 bits at any bit of a byte string, as BITFIELD reads and writes them.
 *
 * Bit 0 is the highest one of byte 0, and a field's first bit is its highest. Bytes behind the end
 * of the string read as zero and are never written. A field whose value a number holds exactly is
 * read and written as a number, which allocates nothing; any other as a bigint.
 */

const TWO_32 = 4294967296;
/** High words of numbers up to 2^53. */
const HIGH_LIMIT = 0x20_0000;

export class BitField {
  /** From 1 to 64. */
  bits = 1;
  isSigned = false;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the string begins and ends among the bytes. */
  #at = 0;
  #end = 0;
  #offset = 0;

  /** Looks at the field that begins at bit `offset` of the string in [at, at + length). */
  moveTo(bytes: Uint8Array, at: number, length: number, offset: number): void {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = at + length;
    this.#offset = offset;
  }

  /** The value, or NaN when it is beyond 2^53. */
  readNumber(): number {
    const { bits, isSigned } = this;
    if (bits <= 32) {
      const value = this.#read(this.#offset, bits);
      return isSigned && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
    }
    const high = this.#readHigh();
    if (high >= HIGH_LIMIT || high < -HIGH_LIMIT) return Number.NaN;
    const value = high * TWO_32 + this.#read(this.#offset + bits - 32, 32);
    return value < Number.MIN_SAFE_INTEGER ? Number.NaN : value;
  }

  /** The value whatever its size. Allocates. */
  readBigInt(): bigint {
    if (this.bits <= 32) return BigInt(this.readNumber());
    const low = this.#read(this.#offset + this.bits - 32, 32);
    return (BigInt(this.#readHigh()) << 32n) | BigInt(low);
  }

  /** Writes the lowest bits of a safe integer. */
  writeNumber(value: number): void {
    const high = Math.floor(value / TWO_32);
    this.#writeWords(high | 0, (value - high * TWO_32) | 0);
  }

  /** Writes the lowest bits of a value of at most 64 bits. */
  writeBigInt(value: bigint): void {
    this.#writeWords(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value)));
  }

  /** What stands above the lowest 32 bits of a wider field, with the sign if it has one. */
  #readHigh(): number {
    const width = this.bits - 32;
    const high = this.#read(this.#offset, width);
    return this.isSigned && high >= 2 ** (width - 1) ? high - 2 ** width : high;
  }

  #writeWords(high: number, low: number): void {
    const { bits } = this;
    if (bits <= 32) {
      this.#write(this.#offset, bits, low);
      return;
    }
    this.#write(this.#offset, bits - 32, high);
    this.#write(this.#offset + bits - 32, 32, low);
  }

  /** At most 32 bits from a place on, as an unsigned number. */
  #read(offset: number, width: number): number {
    let byte = this.#at + Math.floor(offset / 8);
    let skipped = offset % 8;
    let left = width;
    let value = 0;
    while (left > 0) {
      const here = byte < this.#end ? this.#bytes[byte] : 0;
      const taken = Math.min(left, 8 - skipped);
      const part = (here >>> (8 - skipped - taken)) & ((1 << taken) - 1);
      value = (value << taken) | part;
      left -= taken;
      skipped = 0;
      byte++;
    }
    return value >>> 0;
  }

  /** Writes the lowest `width` bits, at most 32, last byte first. */
  #write(offset: number, width: number, value: number): void {
    const lastBit = offset + width - 1;
    let byte = this.#at + Math.floor(lastBit / 8);
    let behind = 7 - (lastBit % 8);
    let left = width;
    let rest = value;
    while (left > 0) {
      const taken = Math.min(left, 8 - behind);
      const mask = ((1 << taken) - 1) << behind;
      const old = this.#bytes[byte];
      if (byte < this.#end) this.#bytes[byte] = (old & ~mask) | ((rest << behind) & mask);
      rest >>>= taken;
      left -= taken;
      behind = 0;
      byte--;
    }
  }
}
