import { parseSafeInteger } from "../../base/int64";
import type { AofSource } from "./aof-source";

/** What `next` has found. */
export const AOF_COMMAND = 1;
/** A line that begins with `#`. */
export const AOF_ANNOTATION = 2;
/** The file ends where a command may begin. */
export const AOF_END = 3;
/** The file ends amid a command or a line. */
export const AOF_CUT = 4;
/** What stands here is no command: `problem` and `problemAt` tell. */
export const AOF_BROKEN = 5;
const NEEDS_MORE = 0;

/** Where the reader keeps the part of the file that it looks at, and what it finds there. */
export interface AofWindow {
  /** Bytes `start` to before `end` are the reader's. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Gets a pair of words per argument, offset in `bytes` and length, from word `tableAt` on. */
  readonly table: Uint32Array;
  readonly tableAt: number;
}

const CHUNK_BYTES = 256 * 1024;
/** A line of a header: the mark, more digits than any length has, and its end. */
const LONGEST_HEADER = 20;
/** Redis reads no longer ones. */
const LONGEST_ANNOTATION = 1024;
const STAR = 42;
const DOLLAR = 36;
const HASH = 35;
const ZERO = 48;
const CR = 13;
const LF = 10;
const INCOMPLETE = -1;
const WRONG = -2;
const TIMESTAMP = Buffer.from("#TS:");

/**
 * Reads an append only file, or a part of it, command by command.
 *
 * It knows the form of commands and annotations, not what they mean. It is strict: nothing but what
 * servers write passes. It never holds more of the file than the longest command, and believes no
 * length before the file is known to have as many bytes.
 *
 * What always holds: `position` is where the next thing begins; after AOF_CUT and AOF_BROKEN it is
 * where the thing begins that is not whole. The arguments shown are valid until the next call.
 */
export class AofReader {
  /** Where the thing shown last begins and where the next one does, in bytes of the file. */
  start = 0;
  position: number;
  argumentCount = 0;
  /** The annotation shown last: where it lies in the window, without its line end. */
  annotationAt = 0;
  annotationLength = 0;
  problem = "";
  problemAt = 0;
  readonly #source: AofSource;
  readonly #window: AofWindow;
  readonly #mostArguments: number;
  /** In the window: where the next thing begins, and where what has been read ends. */
  #at: number;
  #end: number;
  /** Behind a header line, or how many bytes from `#at` on must be there. */
  #next = 0;
  #needed = 0;

  /** @param position where to begin: behind an RDB preamble. */
  constructor(source: AofSource, window: AofWindow, position = 0) {
    this.#source = source;
    this.#window = window;
    this.position = position;
    this.#at = window.start;
    this.#end = window.start;
    this.#mostArguments = Math.floor((window.table.length - window.tableAt) / 2);
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  /** Goes on at another place, or at this one after somebody else has used the window. */
  seek(position: number, isWindowLost = false): void {
    const { start } = this.#window;
    const at = this.#at + position - this.position;
    this.position = position;
    if (!isWindowLost && at >= start && at <= this.#end) {
      this.#at = at;
    } else {
      this.#at = start;
      this.#end = start;
    }
  }

  /** Reads the next thing; returns one of AOF_*. */
  next(): number {
    this.start = this.position;
    for (;;) {
      this.#needed = 0;
      const found = this.#scan();
      if (found !== NEEDS_MORE) return found;
      if (this.#needed > this.sizeBytes - this.position) {
        this.problem = "unexpected end of file";
        this.problemAt = this.sizeBytes;
        return AOF_CUT;
      }
      if (!this.#fill()) return AOF_BROKEN;
    }
  }

  /** The time in an annotation `#TS:1700000000`, in seconds; NaN in any other. */
  get timestampSeconds(): number {
    const { bytes } = this.#window;
    const { annotationAt: at, annotationLength: length } = this;
    if (length <= TIMESTAMP.length) return Number.NaN;
    for (let i = 0; i < TIMESTAMP.length; i++) {
      if (bytes[at + i] !== TIMESTAMP[i]) return Number.NaN;
    }
    return parseSafeInteger(bytes, at + TIMESTAMP.length, length - TIMESTAMP.length);
  }

  #scan(): number {
    const { bytes, table, tableAt } = this.#window;
    const end = this.#end;
    const begin = this.#at;
    if (begin === end) return this.position === this.sizeBytes ? AOF_END : this.#need(begin + 1);
    if (bytes[begin] === HASH) return this.#scanAnnotation();
    const count = this.#header(begin, STAR);
    if (count < 0) return this.#headerProblem(count);
    if (count === 0 || count > this.#mostArguments) {
      return this.#broken(begin, count === 0 ? "a command of no arguments" : "too many arguments");
    }
    let at = this.#next;
    let word = tableAt;
    for (let left = count; left > 0; left--) {
      const length = this.#header(at, DOLLAR);
      if (length < 0) return this.#headerProblem(length);
      at = this.#next;
      table[word++] = at;
      table[word++] = length;
      at += length;
      if (at + 2 > end) return this.#need(at + 2);
      if (bytes[at] !== CR || bytes[at + 1] !== LF) {
        return this.#broken(at, `Expected \\r\\n, got: ${hex(bytes[at])}${hex(bytes[at + 1])}`);
      }
      at += 2;
    }
    this.argumentCount = count;
    this.position += at - begin;
    this.#at = at;
    return AOF_COMMAND;
  }

  #scanAnnotation(): number {
    const { bytes } = this.#window;
    const begin = this.#at;
    const most = Math.min(this.#end, begin + LONGEST_ANNOTATION);
    let at = begin;
    while (at < most && bytes[at] !== LF) at++;
    if (at === begin + LONGEST_ANNOTATION) return this.#broken(begin, "an endless annotation");
    if (at === most) return this.#need(most + 1);
    this.annotationAt = begin;
    this.annotationLength = at - begin - (bytes[at - 1] === CR ? 1 : 0);
    this.position += at + 1 - begin;
    this.#at = at + 1;
    return AOF_ANNOTATION;
  }

  /**
   * Reads `*3\r\n` or `$3\r\n`; returns the number and puts `#next` behind the line. INCOMPLETE when
   * the window ends before it, WRONG with a problem when it is none.
   */
  #header(from: number, mark: number): number {
    const { bytes } = this.#window;
    const end = this.#end;
    if (from === end) return this.#incomplete(from + 1);
    if (bytes[from] !== mark) {
      const prefix = String.fromCharCode(mark);
      return this.#wrong(from, `Expected prefix '${prefix}', got: '${shown(bytes[from])}'`);
    }
    let value = 0;
    let at = from + 1;
    for (; at < end; at++) {
      const digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = at - from - 1;
    if (digits > LONGEST_HEADER - 3 || (digits > 1 && bytes[from + 1] === ZERO)) {
      return this.#wrong(from, "a number that is none");
    }
    if (at === end) return this.#incomplete(at + 1);
    if (digits === 0 || bytes[at] !== CR) return this.#wrong(from, "a number that is none");
    if (at + 1 === end) return this.#incomplete(at + 2);
    if (bytes[at + 1] !== LF) return this.#wrong(from, "a number that is none");
    this.#next = at + 2;
    return value;
  }

  #headerProblem(code: number): number {
    return code === INCOMPLETE ? NEEDS_MORE : AOF_BROKEN;
  }

  #incomplete(endAt: number): number {
    this.#need(endAt);
    return INCOMPLETE;
  }

  #wrong(at: number, text: string): number {
    this.#broken(at, text);
    return WRONG;
  }

  #broken(at: number, text: string): number {
    this.problem = text;
    this.problemAt = this.position + at - this.#at;
    return AOF_BROKEN;
  }

  #need(endAt: number): number {
    this.#needed = endAt - this.#at;
    return NEEDS_MORE;
  }

  /** Moves what there is of the thing to the front and reads more; false with a problem. */
  #fill(): boolean {
    const { bytes, start, end } = this.#window;
    const held = this.#end - this.#at;
    if (this.#at > start) bytes.copyWithin(start, this.#at, this.#end);
    this.#at = start;
    this.#end = start + held;
    // What has been scanned is scanned again, so the window grows by as much as there is.
    const wanted = Math.min(Math.max(this.#needed, held * 2, CHUNK_BYTES), end - start);
    if (this.#needed > end - start) {
      this.problem = `a command of more than ${end - start} bytes, for which there is no room`;
      this.problemAt = this.position;
      return false;
    }
    while (this.#end - start < wanted) {
      const at = this.position + this.#end - start;
      const most = Math.min(wanted - (this.#end - start), this.sizeBytes - at);
      if (most === 0) break;
      const got = this.#source.read(bytes, this.#end, most, at);
      if (got === 0) break;
      this.#end += got;
    }
    if (this.#end - start >= this.#needed) return true;
    this.problem = "the file has become shorter";
    this.problemAt = this.position + this.#end - start;
    return false;
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** As a byte of a message; Redis prints it as it is. */
function shown(byte: number): string {
  return String.fromCharCode(byte);
}
