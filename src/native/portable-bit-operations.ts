import { BITS_AND, BITS_AND_NOT, BITS_OR, BITS_XOR, type BitOperations } from "./bit-operations";

/**
 * Bit operations in TypeScript: the twin of native/core/bits and its specification.
 *
 * Long ranges are taken in words of 32 bits through a view of the whole buffer; a source that lies
 * otherwise than the target within its words is put together from two. No byte outside the ranges
 * matters, and none outside the target is written.
 */

const WORD_BYTES = 4;
/** Below this the bytes are taken one by one, as a view costs more than it saves. */
const WORDS_FROM_BYTES = 64;
const LOW_BITS = 0x55555555;
const LOW_PAIRS = 0x33333333;
const LOW_NIBBLES = 0x0f0f0f0f;
const EACH_BYTE = 0x01010101;

export class PortableBitOperations implements BitOperations {
  count(bytes: Uint8Array, at: number, length: number): number {
    const end = at + length;
    if (length < WORDS_FROM_BYTES) return countBytes(bytes, at, end);
    const from = firstAligned(bytes, at);
    const words = (end - from) >>> 2;
    const until = from + words * WORD_BYTES;
    const inWords = countWords(wordsOf(bytes), (bytes.byteOffset + from) / WORD_BYTES, words);
    return countBytes(bytes, at, from) + inWords + countBytes(bytes, until, end);
  }

  findOther(bytes: Uint8Array, at: number, length: number, byte: number): number {
    const end = at + length;
    let i = at;
    if (length >= WORDS_FROM_BYTES) {
      const from = firstAligned(bytes, at);
      while (i < from && bytes[i] === byte) i++;
      if (i < from) return i - at;
      const view = wordsOf(bytes);
      const same = Math.imul(byte, EACH_BYTE);
      const last = (bytes.byteOffset + end) >>> 2;
      let word = (bytes.byteOffset + from) >>> 2;
      while (word < last && view[word] === same) word++;
      i = word * WORD_BYTES - bytes.byteOffset;
    }
    while (i < end && bytes[i] === byte) i++;
    return i - at;
  }

  combine(
    operation: number,
    target: Uint8Array,
    targetAt: number,
    a: Uint8Array,
    aAt: number,
    b: Uint8Array,
    bAt: number,
    length: number,
  ): void {
    let done = 0;
    if (length >= WORDS_FROM_BYTES) {
      const head = firstAligned(target, targetAt) - targetAt;
      combineBytes(operation, target, targetAt, a, aAt, b, bAt, head);
      // One word is left over: reading a source's word may need the next one, too.
      const words = ((length - head) >>> 2) - 1;
      const first = (target.byteOffset + targetAt + head) / WORD_BYTES;
      const aBegin = a.byteOffset + aAt + head;
      const bBegin = b.byteOffset + bAt + head;
      combineWords(operation, target, first, a, aBegin, b, bBegin, words);
      done = head + words * WORD_BYTES;
    }
    const rest = length - done;
    combineBytes(operation, target, targetAt + done, a, aAt + done, b, bAt + done, rest);
  }
}

/** A view of everything that the array's buffer holds in whole words. */
function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >>> 2);
}

/** The first place from `at` on that begins a word of the buffer. */
function firstAligned(bytes: Uint8Array, at: number): number {
  return at + (-(bytes.byteOffset + at) & (WORD_BYTES - 1));
}

function countBytes(bytes: Uint8Array, at: number, end: number): number {
  let count = 0;
  for (let i = at; i < end; i++) count += countWord(bytes[i]);
  return count;
}

/** Set bits of each group of four, as eight numbers of four bits. */
function countNibbles(word: number): number {
  const pairs = word - ((word >>> 1) & LOW_BITS);
  return (pairs & LOW_PAIRS) + ((pairs >>> 2) & LOW_PAIRS);
}

/** The numbers of four bits, none above 8, added up to four numbers of eight bits. */
function foldNibbles(nibbles: number): number {
  return (nibbles & LOW_NIBBLES) + ((nibbles >>> 4) & LOW_NIBBLES);
}

function countWord(word: number): number {
  return Math.imul(foldNibbles(countNibbles(word)), EACH_BYTE) >>> 24;
}

function countWords(words: Int32Array, at: number, count: number): number {
  const end = at + count;
  let total = 0;
  let i = at;
  // Four words meet before they are folded: a number of eight bits is at most 32 by then.
  for (; i + 4 <= end; i += 4) {
    const first = countNibbles(words[i]) + countNibbles(words[i + 1]);
    const second = countNibbles(words[i + 2]) + countNibbles(words[i + 3]);
    total += Math.imul(foldNibbles(first) + foldNibbles(second), EACH_BYTE) >>> 24;
  }
  for (; i < end; i++) total += countWord(words[i]);
  return total;
}

function combined(operation: number, a: number, b: number): number {
  if (operation === BITS_AND) return a & b;
  if (operation === BITS_OR) return a | b;
  if (operation === BITS_XOR) return a ^ b;
  return operation === BITS_AND_NOT ? a & ~b : ~a;
}

function combineBytes(
  operation: number,
  target: Uint8Array,
  targetAt: number,
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    target[targetAt + i] = combined(operation, a[aAt + i], b[bAt + i]);
  }
}

/** As combineBytes, in words: `first` counts words of the target's buffer, the others its bytes. */
function combineWords(
  operation: number,
  target: Uint8Array,
  first: number,
  a: Uint8Array,
  aBegin: number,
  b: Uint8Array,
  bBegin: number,
  count: number,
): void {
  const out = wordsOf(target);
  const aWords = wordsOf(a);
  const bWords = wordsOf(b);
  const aFirst = aBegin >>> 2;
  const bFirst = bBegin >>> 2;
  const aShift = (aBegin & (WORD_BYTES - 1)) << 3;
  const bShift = (bBegin & (WORD_BYTES - 1)) << 3;
  for (let i = 0; i < count; i++) {
    const left = wordAcross(aWords, aFirst + i, aShift);
    const right = wordAcross(bWords, bFirst + i, bShift);
    out[first + i] = combined(operation, left, right);
  }
}

/** The word that begins `shift` bits into a word; little-endian, as all processors Node runs on. */
function wordAcross(words: Int32Array, at: number, shift: number): number {
  if (shift === 0) return words[at];
  return (words[at] >>> shift) | (words[at + 1] << (32 - shift));
}
