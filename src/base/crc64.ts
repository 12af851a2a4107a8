/**
 * CRC-64 as Redis's files use it (the Jones polynomial, reflected, starting from 0), on bytes that
 * come in parts. A 64-bit value is two 32-bit halves, so that nothing needs a bigint.
 *
 * Eight bytes are taken at a time by eight tables (bench/micro/rdb). It protects against damage, not
 * against anybody. The twin of native/core/crc64, which src/native/byte-codecs.ts prefers for longer
 * ranges.
 */
const POLYNOMIAL_HIGH = 0x95ac9329 | 0;
const POLYNOMIAL_LOW = 0xac4bc9b5 | 0;
const TABLE_SIZE = 256;
const SLICES = 8;

/** Per slice and byte: what they add to the low and the high half. */
interface Tables {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

function makeTables(): Tables {
  const low = new Int32Array(SLICES * TABLE_SIZE);
  const high = new Int32Array(SLICES * TABLE_SIZE);
  for (let byte = 0; byte < TABLE_SIZE; byte++) {
    let lowHalf = byte;
    let highHalf = 0;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (lowHalf & 1) !== 0;
      lowHalf = (lowHalf >>> 1) | (highHalf << 31);
      highHalf >>>= 1;
      if (!isOdd) continue;
      lowHalf ^= POLYNOMIAL_LOW;
      highHalf ^= POLYNOMIAL_HIGH;
    }
    low[byte] = lowHalf;
    high[byte] = highHalf;
  }
  for (let slice = 1; slice < SLICES; slice++) {
    for (let byte = 0; byte < TABLE_SIZE; byte++) {
      const before = (slice - 1) * TABLE_SIZE + byte;
      const next = low[before] & 255;
      low[slice * TABLE_SIZE + byte] = low[next] ^ ((low[before] >>> 8) | (high[before] << 24));
      high[slice * TABLE_SIZE + byte] = high[next] ^ (high[before] >>> 8);
    }
  }
  return { low, high };
}

const { low: LOW, high: HIGH } = makeTables();

export class Crc64 {
  /** The sum so far, least significant byte first: as files have it. */
  protected readonly state = new Uint8Array(8);
  /** The same as its low and its high half. */
  readonly #halves = new Int32Array(this.state.buffer);

  reset(): void {
    this.state.fill(0);
  }

  /** Takes in the bytes from `from` to before `to`. */
  update(bytes: Uint8Array, from: number, to: number): void {
    let low = this.#halves[0];
    let high = this.#halves[1];
    let at = from;
    for (; at + 8 <= to; at += 8) {
      low ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
      high ^= bytes[at + 4] | (bytes[at + 5] << 8) | (bytes[at + 6] << 16) | (bytes[at + 7] << 24);
      const a = 0x700 + (low & 255);
      const b = 0x600 + ((low >>> 8) & 255);
      const c = 0x500 + ((low >>> 16) & 255);
      const d = 0x400 + (low >>> 24);
      const e = 0x300 + (high & 255);
      const f = 0x200 + ((high >>> 8) & 255);
      const g = 0x100 + ((high >>> 16) & 255);
      const h = high >>> 24;
      low = LOW[a] ^ LOW[b] ^ LOW[c] ^ LOW[d] ^ LOW[e] ^ LOW[f] ^ LOW[g] ^ LOW[h];
      high = HIGH[a] ^ HIGH[b] ^ HIGH[c] ^ HIGH[d] ^ HIGH[e] ^ HIGH[f] ^ HIGH[g] ^ HIGH[h];
    }
    for (; at < to; at++) {
      const index = (low ^ bytes[at]) & 255;
      low = LOW[index] ^ ((low >>> 8) | (high << 24));
      high = HIGH[index] ^ (high >>> 8);
    }
    this.#halves[0] = low;
    this.#halves[1] = high;
  }

  /** Writes the eight bytes as files have them. */
  write(bytes: Uint8Array, at: number): void {
    for (let i = 0; i < 8; i++) bytes[at + i] = this.state[i];
  }

  /** Whether the eight bytes are this checksum. */
  equals(bytes: Uint8Array, at: number): boolean {
    return this.state.every((byte, i) => bytes[at + i] === byte);
  }
}
