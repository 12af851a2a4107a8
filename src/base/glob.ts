/**
 * Redis's glob patterns on bytes: `*`, `?`, `[abc]`, `[^a-z]`, and `\` before any byte.
 *
 * It is not fnmatch: '/' and '.' are plain bytes, `!` does not negate, and malformed classes have a
 * meaning (an unclosed class ends with the pattern). It knows no shortcuts of commands: KEYS and
 * SCAN treat a lone `*` as "all", which matters because no pattern at all, not even `*`, matches an
 * empty text here, as in Redis.
 *
 * What always holds: no allocation, no recursion, at most patternLen * textLen steps. Every pattern
 * element but the star takes exactly one byte of text, so going back to the last star is enough:
 * what an earlier star could take more, the last one can take as well.
 */

const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BACKSLASH = 0x5c;
const CARET = 0x5e;
const DASH = 0x2d;

/** True when the whole text matches the whole pattern. `ignoreCase` folds ASCII letters only. */
export function globMatch(
  pattern: Uint8Array,
  patternOff: number,
  patternLen: number,
  text: Uint8Array,
  textOff: number,
  textLen: number,
  ignoreCase: boolean,
): boolean {
  if (textLen === 0) return patternLen === 0;
  const patternEnd = patternOff + patternLen;
  const textEnd = textOff + textLen;
  let p = patternOff;
  let t = textOff;
  let afterStar = -1;
  let retryFrom = 0;
  while (t < textEnd) {
    const byte = text[t];
    const element = p < patternEnd ? pattern[p] : -1;
    if (element === STAR) {
      p += 1;
      if (p === patternEnd) return true;
      afterStar = p;
      retryFrom = t;
      continue;
    }
    // Most elements are plain bytes; the call below is for all others.
    if (element === byte && element !== OPEN && element !== BACKSLASH) {
      p += 1;
      t += 1;
      continue;
    }
    const next = element >= 0 ? matchOne(pattern, p, patternEnd, byte, ignoreCase) : -1;
    if (next >= 0) {
      p = next;
      t += 1;
    } else if (afterStar < 0) {
      return false;
    } else {
      retryFrom += 1;
      p = afterStar;
      t = retryFrom;
    }
  }
  while (p < patternEnd && pattern[p] === STAR) p += 1;
  return p === patternEnd;
}

/** The offset behind the element at `p` when it takes `byte`, else -1. The element is no star. */
function matchOne(
  pattern: Uint8Array,
  p: number,
  patternEnd: number,
  byte: number,
  ignoreCase: boolean,
): number {
  let element = pattern[p];
  let next = p + 1;
  if (element === QUESTION) return next;
  if (element === OPEN) return matchClass(pattern, next, patternEnd, byte, ignoreCase);
  if (element === BACKSLASH && next < patternEnd) element = pattern[next++];
  if (element === byte) return next;
  return ignoreCase && lower(element) === lower(byte) ? next : -1;
}

/**
 * Matches a class whose `[` is behind us. Two habits of Redis are kept: an escaped member is
 * compared with its case even when case is ignored, and a range orders bytes as signed chars, so
 * `[\x01-\xff]` is the bytes ff, 00 and 01.
 */
function matchClass(
  pattern: Uint8Array,
  start: number,
  patternEnd: number,
  byte: number,
  ignoreCase: boolean,
): number {
  let p = start;
  const negated = p < patternEnd && pattern[p] === CARET;
  if (negated) p += 1;
  const folded = ignoreCase ? lower(byte) : byte;
  let found = false;
  while (p < patternEnd && pattern[p] !== CLOSE) {
    if (pattern[p] === BACKSLASH && p + 1 < patternEnd) {
      found = found || pattern[p + 1] === byte;
      p += 2;
    } else if (p + 2 < patternEnd && pattern[p + 1] === DASH) {
      found = found || inRange(pattern[p], pattern[p + 2], folded, ignoreCase);
      p += 3;
    } else {
      const member = ignoreCase ? lower(pattern[p]) : pattern[p];
      found = found || member === folded;
      p += 1;
    }
  }
  if (found === negated) return -1;
  return p < patternEnd ? p + 1 : p;
}

/** The ends are put in order before case is folded: with case ignored `[Z-a]` holds nothing. */
function inRange(from: number, to: number, byte: number, ignoreCase: boolean): boolean {
  let low = signed(from);
  let high = signed(to);
  if (low > high) {
    const swapped = low;
    low = high;
    high = swapped;
  }
  if (ignoreCase) {
    low = lower(low);
    high = lower(high);
  }
  const value = signed(byte);
  return value >= low && value <= high;
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
