import { XXH3_SECRET } from "./xxh3-secret";

/**
 * XXH3-64 of byte ranges with seed 0 and the usual secret (Yann Collet, "xxHash fast digest
 * algorithm", doc/xxhash_spec.md).
 *
 * A fingerprint, not a protection: who knows it can make two ranges of one digest. Up to 240 bytes
 * it is computed with bigints, which allocate; of longer ranges only the end is, and the eight sums
 * that take all the time are kept as halves of 32 bits.
 */

const P32_1 = 0x9e3779b1;
const P32_2 = 0x85ebca77;
const P32_3 = 0xc2b2ae3d;
const P64_1 = 0x9e3779b185ebca87n;
const P64_2 = 0xc2b2ae3d27d4eb4fn;
const P64_3 = 0x165667b19e3779f9n;
const P64_4 = 0x85ebca77c2b2ae63n;
const P64_5 = 0x27d4eb2f165667c5n;
const MIX_1 = 0x165667919e3779f9n;
const MIX_2 = 0x9fb21c651e98df25n;
const STRIPE_BYTES = 64;
const LANES = 8;
/** Stripes whose secrets begin 8 bytes apart, before all begin anew. */
const BLOCK_STRIPES = 16;
const BLOCK_BYTES = STRIPE_BYTES * BLOCK_STRIPES;
const SCRAMBLE_SECRET = 128;
const LAST_STRIPE_SECRET = 121;
const MERGE_SECRET = 11;
const DIGITS = 16;
const FIRST_SUMS = [BigInt(P32_3), P64_1, P64_2, P64_3, P64_4, BigInt(P32_2), P64_5, BigInt(P32_1)];

const secretView = new DataView(XXH3_SECRET.buffer);

/** The digest as 16 hexadecimal digits in lower case, highest first. */
export function xxh3Digits(bytes: Uint8Array, at: number, length: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, length);
  return digest(view, length).toString(16).padStart(DIGITS, "0");
}

function digest(view: DataView, length: number): bigint {
  if (length > 240) return ofLong(view, length);
  if (length > 128) return ofMedium(view, length);
  if (length > 16) return ofSome(view, length);
  if (length > 8) return ofNine(view, length);
  if (length >= 4) return ofFour(view, length);
  return length > 0 ? ofFew(view, length) : finish(secretAt(56) ^ secretAt(64));
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function wordAt(view: DataView, at: number): bigint {
  return view.getBigUint64(at, true);
}

function secretAt(at: number): bigint {
  return wordAt(secretView, at);
}

/** Both halves of the product of 128 bits in one. */
function foldProduct(a: bigint, b: bigint): bigint {
  const product = a * b;
  return wrap(product) ^ (product >> 64n);
}

/** The end of XXH64. */
function finish(value: bigint): bigint {
  let hash = wrap((value ^ (value >> 33n)) * P64_2);
  hash = wrap((hash ^ (hash >> 29n)) * P64_3);
  return hash ^ (hash >> 32n);
}

function avalanche(value: bigint): bigint {
  const hash = wrap((value ^ (value >> 37n)) * MIX_1);
  return hash ^ (hash >> 32n);
}

function swapBytes(value: bigint): bigint {
  let rest = value;
  let swapped = 0n;
  for (let i = 0; i < 8; i++) {
    swapped = (swapped << 8n) | (rest & 0xffn);
    rest >>= 8n;
  }
  return swapped;
}

function rotate(value: bigint, bits: bigint): bigint {
  return wrap(value << bits) | (value >> (64n - bits));
}

function ofFew(view: DataView, length: number): bigint {
  const first = view.getUint8(0);
  const middle = view.getUint8(length >>> 1);
  const last = view.getUint8(length - 1);
  const combined = ((first << 16) | (middle << 24) | last | (length << 8)) >>> 0;
  const flip = (secretView.getUint32(0, true) ^ secretView.getUint32(4, true)) >>> 0;
  return finish(BigInt(combined) ^ BigInt(flip));
}

function ofFour(view: DataView, length: number): bigint {
  const high = BigInt(view.getUint32(0, true));
  const low = BigInt(view.getUint32(length - 4, true));
  const keyed = (low + (high << 32n)) ^ secretAt(8) ^ secretAt(16);
  let hash = wrap((keyed ^ rotate(keyed, 49n) ^ rotate(keyed, 24n)) * MIX_2);
  hash = wrap((hash ^ ((hash >> 35n) + BigInt(length))) * MIX_2);
  return hash ^ (hash >> 28n);
}

function ofNine(view: DataView, length: number): bigint {
  const low = wordAt(view, 0) ^ secretAt(24) ^ secretAt(32);
  const high = wordAt(view, length - 8) ^ secretAt(40) ^ secretAt(48);
  return avalanche(wrap(BigInt(length) + swapBytes(low) + high + foldProduct(low, high)));
}

function mix(view: DataView, at: number, secret: number): bigint {
  return foldProduct(
    wordAt(view, at) ^ secretAt(secret),
    wordAt(view, at + 8) ^ secretAt(secret + 8),
  );
}

/** 17 to 128 bytes: pairs of 16 from both ends towards the middle. */
function ofSome(view: DataView, length: number): bigint {
  let hash = BigInt(length) * P64_1;
  for (let i = (length - 1) >>> 5; i >= 0; i--) {
    hash += mix(view, i * 16, i * 32);
    hash += mix(view, length - (i + 1) * 16, i * 32 + 16);
  }
  return avalanche(wrap(hash));
}

/** 129 to 240 bytes. */
function ofMedium(view: DataView, length: number): bigint {
  let hash = BigInt(length) * P64_1;
  for (let i = 0; i < 8; i++) hash += mix(view, i * 16, i * 16);
  hash = avalanche(wrap(hash));
  const rounds = Math.floor(length / 16);
  for (let i = 8; i < rounds; i++) hash += mix(view, i * 16, (i - 8) * 16 + 3);
  hash += mix(view, length - 16, 136 - 17);
  return avalanche(wrap(hash));
}

function ofLong(view: DataView, length: number): bigint {
  const sums = new StripeSums(view);
  const blocks = Math.floor((length - 1) / BLOCK_BYTES);
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < BLOCK_STRIPES; i++) sums.add(block * BLOCK_BYTES + i * STRIPE_BYTES, i * 8);
    sums.scramble();
  }
  const done = blocks * BLOCK_BYTES;
  const stripes = Math.floor((length - 1 - done) / STRIPE_BYTES);
  for (let i = 0; i < stripes; i++) sums.add(done + i * STRIPE_BYTES, i * 8);
  sums.add(length - STRIPE_BYTES, LAST_STRIPE_SECRET);
  let hash = BigInt(length) * P64_1;
  for (let i = 0; i < LANES; i += 2) {
    const secret = MERGE_SECRET + i * 8;
    hash += foldProduct(sums.at(i) ^ secretAt(secret), sums.at(i + 1) ^ secretAt(secret + 8));
  }
  return avalanche(wrap(hash));
}

/** Eight sums of 64 bits, each as two words. */
class StripeSums {
  readonly #low = new Uint32Array(LANES);
  readonly #high = new Uint32Array(LANES);
  readonly #view: DataView;

  constructor(view: DataView) {
    this.#view = view;
    FIRST_SUMS.forEach((sum, lane) => {
      this.#low[lane] = Number(sum & 0xffffffffn);
      this.#high[lane] = Number(sum >> 32n);
    });
  }

  at(lane: number): bigint {
    return (BigInt(this.#high[lane]) << 32n) | BigInt(this.#low[lane]);
  }

  /** Adds 64 bytes of the input, mixed with the secret from a place on. */
  add(at: number, secret: number): void {
    const view = this.#view;
    for (let lane = 0; lane < LANES; lane++) {
      const place = at + lane * 8;
      const key = secret + lane * 8;
      const low = view.getUint32(place, true);
      const high = view.getUint32(place + 4, true);
      this.#addWords(lane ^ 1, low, high);
      const keyLow = (low ^ secretView.getUint32(key, true)) >>> 0;
      const keyHigh = (high ^ secretView.getUint32(key + 4, true)) >>> 0;
      this.#addWords(lane, Math.imul(keyLow, keyHigh) >>> 0, highOfProduct(keyLow, keyHigh));
    }
  }

  scramble(): void {
    for (let lane = 0; lane < LANES; lane++) {
      const key = SCRAMBLE_SECRET + lane * 8;
      const oldHigh = this.#high[lane];
      const low = (this.#low[lane] ^ (oldHigh >>> 15) ^ secretView.getUint32(key, true)) >>> 0;
      const high = oldHigh ^ secretView.getUint32(key + 4, true);
      this.#low[lane] = Math.imul(low, P32_1);
      this.#high[lane] = highOfProduct(low, P32_1) + Math.imul(high, P32_1);
    }
  }

  #addWords(lane: number, low: number, high: number): void {
    const sum = this.#low[lane] + low;
    this.#low[lane] = sum;
    this.#high[lane] += high + (sum > 0xffffffff ? 1 : 0);
  }
}

/** The upper 32 bits of the product of two unsigned words, by pieces of 16 bits. */
function highOfProduct(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const cross = (middle & 0xffff) + a0 * b1;
  return a1 * b1 + (middle >>> 16) + (cross >>> 16);
}
