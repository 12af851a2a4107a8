import { equalsIgnoreCase, latin1Text } from "../base/bytes";
import { INT64_MAX, INT64_MIN, parseInt64, parseSafeInteger } from "../base/int64";

/** Most bytes of an argument that an error message can repeat. */
const SHOWN_BYTES = 16_384;

/**
 * The arguments of the command being run: a window on the record table and the input memory.
 *
 * One object serves all commands; nothing of it may be kept beyond the command. Argument 0 is the
 * name. Bytes are at `input[offset(i)]` .. + `length(i)`; they are never copied here, except by
 * `text` and `copy`, which are for slow paths.
 */
export class Arguments {
  /** The input memory; while a master's stream is run, the memory that this is kept in. */
  input: Uint8Array;
  readonly table: Uint32Array;
  count = 0;
  #base = 0;

  constructor(input: Uint8Array, table: Uint32Array) {
    this.input = input;
    this.table = table;
  }

  /** Looks at `count` arguments whose (offset, length) pairs begin at table word `base`. */
  set(base: number, count: number): void {
    this.#base = base;
    this.count = count;
  }

  /** The table word where the pairs begin. */
  get base(): number {
    return this.#base;
  }

  offset(index: number): number {
    return this.table[this.#base + (index << 1)];
  }

  length(index: number): number {
    return this.table[this.#base + (index << 1) + 1];
  }

  /**
   * Whether an argument is a word, ASCII letters compared without case; `lower` is lower case. As
   * for Redis a NUL ends the argument, so `nx\0any` is the option `nx`.
   */
  is(index: number, lower: Uint8Array): boolean {
    const at = this.offset(index);
    const { length } = lower;
    const given = this.length(index);
    if (given < length || (given > length && this.input[at + length] !== 0)) return false;
    return equalsIgnoreCase(this.input, at, length, lower);
  }

  /** A canonical decimal up to 2^53 - 1 in size, else NaN (then ask `int64`). */
  safeInteger(index: number): number {
    return parseSafeInteger(this.input, this.offset(index), this.length(index));
  }

  /** A canonical signed 64-bit decimal, else undefined. Allocates beyond 2^53. */
  int64(index: number): bigint | undefined {
    return parseInt64(this.input, this.offset(index), this.length(index));
  }

  /**
   * A signed 64-bit decimal as a number: exact up to 2^53, beyond that clamped to +-2^62 (for counts
   * and limits, where anything so large means "all"). NaN when it is no integer.
   */
  clampedInteger(index: number): number {
    const value = this.safeInteger(index);
    if (!Number.isNaN(value)) return value;
    const large = this.int64(index);
    if (large === undefined || large < INT64_MIN || large > INT64_MAX) return Number.NaN;
    return large < 0n ? -(2 ** 62) : 2 ** 62;
  }

  /** The argument as text, one character per byte. Allocates. */
  text(index: number): string {
    return latin1Text(this.input, this.offset(index), this.length(index));
  }

  /**
   * The argument as error messages repeat it, and as names of things that there may be: up to the
   * first NUL byte, as Redis does, and never longer than a message can bear. Allocates.
   */
  shownText(index: number): string {
    const length = Math.min(this.length(index), SHOWN_BYTES);
    const text = latin1Text(this.input, this.offset(index), length);
    const nul = text.indexOf("\0");
    return nul < 0 ? text : text.slice(0, nul);
  }

  /**
   * The argument as the name of something that there may be; empty when it is longer than any name,
   * as it may be longer than any JS string. Allocates.
   */
  name(index: number): string {
    return this.length(index) > SHOWN_BYTES ? "" : this.text(index);
  }

  /** A copy of the argument's bytes. Allocates. */
  copy(index: number): Uint8Array {
    return this.input.slice(this.offset(index), this.offset(index) + this.length(index));
  }
}
