import { latin1Bytes } from "../../base/bytes";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";

/**
 * The part of a string that BITCOUNT and BITPOS are asked for, in bits, both ends inside it.
 *
 * One object serves all commands. What always holds after a `read` that went well: the range is
 * empty (`first > last`) or lies inside the string.
 */

const BIT = latin1Bytes("bit");
const BYTE = latin1Bytes("byte");

export class BitRange {
  first = 0;
  last = -1;

  get isEmpty(): boolean {
    return this.first > this.last;
  }

  /** All bits of a string of `length` bytes. */
  setWhole(length: number): void {
    this.first = 0;
    this.last = length * 8 - 1;
  }

  setEmpty(): void {
    this.first = 0;
    this.last = -1;
  }

  /**
   * Sets the range from numbers in bytes or in bits that may count from the end. Those before the
   * beginning mean the beginning, those behind the end mean the end.
   */
  set(start: number, end: number, length: number, inBits: boolean): void {
    const total = inBits ? length * 8 : length;
    const from = Math.max(0, start < 0 ? start + total : start);
    const to = Math.min(total - 1, Math.max(0, end < 0 ? end + total : end));
    if (from > to) this.setEmpty();
    else {
      this.first = inBits ? from : from * 8;
      this.last = inBits ? to : to * 8 + 7;
    }
  }
}

/** A number of the range; NaN with the error written. */
export function readIndex(call: DataCall, index: number): number {
  const value = call.args.clampedInteger(index);
  if (Number.isNaN(value)) call.reply.error(ERR_NOT_INTEGER);
  return value;
}

/** Whether an argument says BIT (true) or BYTE; undefined with the error written. */
export function readUnit(call: DataCall, index: number): boolean | undefined {
  if (call.args.is(index, BIT)) return true;
  if (call.args.is(index, BYTE)) return false;
  call.reply.error(ERR_SYNTAX);
  return undefined;
}
