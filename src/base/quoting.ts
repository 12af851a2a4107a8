/**
 * Redis's quoting of argument lists: how a line of an inline command or a configuration file is
 * split into arguments, and how bytes are shown in MONITOR, logs and rewritten configuration files.
 *
 * It is not a shell: no variables, no globbing, and a backslash outside quotes is a plain byte.
 * What always holds: what `quoteBytes` writes, `splitArguments` reads back as the same bytes.
 */

const NUL = 0x00;
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BACKSLASH = 0x5c;
const LOWER_X = 0x78;

/**
 * The arguments of a line, each a copy of its own; undefined when quotes are not balanced or a
 * closing quote is not followed by white space or the end.
 *
 * In double quotes `\xHH`, `\n`, `\r`, `\t`, `\b`, `\a` stand for a byte and `\` before anything
 * else for that byte; in single quotes only `\'` does. A NUL byte ends the line, as it does for
 * Redis, whose lines are C strings: what follows is ignored, and inside quotes it is an error.
 */
export function splitArguments(
  bytes: Uint8Array,
  off: number,
  len: number,
): Uint8Array[] | undefined {
  const splitter = new Splitter(bytes, off, off + len);
  const found: Uint8Array[] = [];
  while (splitter.skipSpace()) {
    const argument = splitter.next();
    if (argument === undefined) return undefined;
    found.push(argument);
  }
  return found;
}

/** One walk over a line. `word` collects the current argument; no argument is longer than the line. */
class Splitter {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #word: Uint8Array;
  #at: number;
  #used = 0;

  constructor(bytes: Uint8Array, start: number, end: number) {
    const nul = bytes.subarray(start, end).indexOf(NUL);
    this.#bytes = bytes;
    this.#at = start;
    this.#end = nul < 0 ? end : start + nul;
    // A line cut by NUL must still fail inside quotes, and so it does: the cut is its end.
    this.#word = new Uint8Array(this.#end - start);
  }

  /** Steps over white space; false at the end of the line. */
  skipSpace(): boolean {
    while (this.#at < this.#end && isSpace(this.#bytes[this.#at])) this.#at += 1;
    return this.#at < this.#end;
  }

  /** The argument that starts here. Quotes may open in its middle: `a"b c"` is `ab c`. */
  next(): Uint8Array | undefined {
    this.#used = 0;
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at];
      if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE) {
        this.#at += 1;
        const closed = byte === DOUBLE_QUOTE ? this.#doubleQuoted() : this.#singleQuoted();
        if (!closed) return undefined;
        break;
      }
      if (byte === SPACE || byte === TAB || byte === NEWLINE || byte === RETURN) break;
      this.#word[this.#used++] = byte;
      this.#at += 1;
    }
    return this.#word.slice(0, this.#used);
  }

  /** Reads up to the closing quote; false when it is missing or glued to what follows. */
  #doubleQuoted(): boolean {
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at++];
      if (byte === DOUBLE_QUOTE) return this.#atBoundary();
      this.#word[this.#used++] =
        byte === BACKSLASH && this.#at < this.#end ? this.#escaped() : byte;
    }
    return false;
  }

  #singleQuoted(): boolean {
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at++];
      if (byte === SINGLE_QUOTE) return this.#atBoundary();
      const escapedQuote =
        byte === BACKSLASH && this.#at < this.#end && this.#bytes[this.#at] === SINGLE_QUOTE;
      if (escapedQuote) this.#at += 1;
      this.#word[this.#used++] = escapedQuote ? SINGLE_QUOTE : byte;
    }
    return false;
  }

  /** The byte that the escape behind the current backslash stands for. */
  #escaped(): number {
    const code = this.#bytes[this.#at++];
    if (code === LOWER_X && this.#at + 1 < this.#end) {
      const high = hexDigit(this.#bytes[this.#at]);
      const low = hexDigit(this.#bytes[this.#at + 1]);
      if (high >= 0 && low >= 0) {
        this.#at += 2;
        return high * 16 + low;
      }
    }
    return ESCAPES.get(code) ?? code;
  }

  #atBoundary(): boolean {
    return this.#at >= this.#end || isSpace(this.#bytes[this.#at]);
  }
}

/** Letter behind the backslash -> byte. */
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x6e, NEWLINE],
  [0x72, RETURN],
  [0x74, TAB],
  [0x62, 0x08],
  [0x61, 0x07],
]);

/** C's isspace in the C locale. */
function isSpace(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= RETURN);
}

/** The value of a hexadecimal digit of either case, or -1. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const folded = byte | 0x20;
  return folded >= 0x61 && folded <= 0x66 ? folded - 0x57 : -1;
}

/** How each byte is shown between double quotes. */
const SHOWN: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte === DOUBLE_QUOTE || byte === BACKSLASH) return `\\${String.fromCharCode(byte)}`;
  for (const [letter, escaped] of ESCAPES) {
    if (escaped === byte) return `\\${String.fromCharCode(letter)}`;
  }
  if (byte >= SPACE && byte <= 0x7e) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, "0")}`;
});

/** The bytes in double quotes, everything but printable ASCII escaped. */
export function quoteBytes(bytes: Uint8Array, off: number, len: number): string {
  let shown = '"';
  for (let at = off; at < off + len; at++) shown += SHOWN[bytes[at]];
  return `${shown}"`;
}
