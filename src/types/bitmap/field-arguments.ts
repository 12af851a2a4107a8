import { latin1Bytes } from "../../base/bytes";
import { isCanonicalInt64, parseSafeInteger } from "../../base/int64";
import type { Arguments } from "../../command/arguments";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";
import type { StringLimits } from "../string/string-limits";
import type { BitField } from "./bit-field";
import { readBitOffset } from "./bit-offset";
import { OVERFLOW_FAIL, OVERFLOW_SAT, OVERFLOW_WRAP } from "./field-overflow";

/**
 * The operations among BITFIELD's arguments, one after the other.
 *
 * `check` reads all of them before anything is changed; afterwards `begin` and `next` give them once
 * more, this time known to be right. So nothing is kept per operation, however many there are.
 */

export const FIELD_GET = 0;
export const FIELD_SET = 1;
export const FIELD_INCRBY = 2;
const FIELD_OVERFLOW = 3;
const NO_FIELD_WORD = -1;

const ERR_TYPE =
  "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";
const ERR_OVERFLOW_TYPE = "ERR Invalid OVERFLOW type specified";
const GET = latin1Bytes("get");
const SET = latin1Bytes("set");
const INCRBY = latin1Bytes("incrby");
const OVERFLOW = latin1Bytes("overflow");
const WRAP = latin1Bytes("wrap");
const SAT = latin1Bytes("sat");
const FAIL = latin1Bytes("fail");
const LOWER_I = 0x69;
const LOWER_U = 0x75;
const FIRST_OPERATION = 2;

/** Which operation begins at an argument, with all that belongs to it behind; or NO_FIELD_WORD. */
function operationAt(args: Arguments, index: number): number {
  const behind = args.count - index - 1;
  if (behind >= 2 && args.is(index, GET)) return FIELD_GET;
  if (behind >= 3 && args.is(index, SET)) return FIELD_SET;
  if (behind >= 3 && args.is(index, INCRBY)) return FIELD_INCRBY;
  return behind >= 1 && args.is(index, OVERFLOW) ? FIELD_OVERFLOW : NO_FIELD_WORD;
}

function isInt64(args: Arguments, index: number): boolean {
  return isCanonicalInt64(args.input, args.offset(index), args.length(index));
}

/** Arguments of an operation, its word included. */
function argumentsOf(operation: number): number {
  if (operation === FIELD_OVERFLOW) return 2;
  return operation === FIELD_GET ? 3 : 4;
}

/** Whether a request writes nothing, as far as its words tell: where they are wrong it may write. */
export function onlyGets(args: Arguments): boolean {
  for (let i = FIRST_OPERATION; i < args.count; ) {
    const operation = operationAt(args, i);
    if (operation !== FIELD_GET && operation !== FIELD_OVERFLOW) return false;
    i += argumentsOf(operation);
  }
  return true;
}

export class FieldArguments {
  /** Of all operations, set by `check`. */
  count = 0;
  writes = false;
  /** The last bit that is written to. */
  lastBit = 0;
  /** Of the operation at hand, set by `next`. */
  operation = FIELD_GET;
  offset = 0;
  overflow = OVERFLOW_WRAP;
  /** The argument with the number of SET and INCRBY. */
  valueIndex = 0;
  readonly #field: BitField;
  readonly #limits: StringLimits;
  #at = FIRST_OPERATION;

  /** @param field gets the type of the operation at hand. */
  constructor(field: BitField, limits: StringLimits) {
    this.#field = field;
    this.#limits = limits;
  }

  /** Reads all operations; false with the error written. */
  check(call: DataCall): boolean {
    this.begin();
    this.count = 0;
    this.writes = false;
    this.lastBit = 0;
    while (this.#at < call.args.count) {
      const before = this.#at;
      if (!this.#read(call)) return false;
      if (before + 2 === this.#at) continue;
      this.count++;
      if (this.operation === FIELD_GET) continue;
      this.writes = true;
      this.lastBit = Math.max(this.lastBit, this.offset + this.#field.bits - 1);
      if (isInt64(call.args, this.valueIndex)) continue;
      call.reply.error(ERR_NOT_INTEGER);
      return false;
    }
    return true;
  }

  /** Goes back to before the first operation. */
  begin(): void {
    this.#at = FIRST_OPERATION;
    this.overflow = OVERFLOW_WRAP;
  }

  /** Moves to the next operation; false behind the last one. */
  next(call: DataCall): boolean {
    while (this.#at < call.args.count) {
      const before = this.#at;
      this.#read(call);
      if (before + 2 !== this.#at) return true;
    }
    return false;
  }

  /** Reads what begins at the current argument and moves behind it; false with the error written. */
  #read(call: DataCall): boolean {
    const at = this.#at;
    const operation = operationAt(call.args, at);
    if (operation === NO_FIELD_WORD) {
      call.reply.error(ERR_SYNTAX);
      return false;
    }
    this.#at += argumentsOf(operation);
    if (operation === FIELD_OVERFLOW) return this.#readOverflow(call, at + 1);
    this.operation = operation;
    this.valueIndex = at + 3;
    if (!this.#readType(call, at + 1)) return false;
    this.offset = readBitOffset(call, this.#limits, at + 2, this.#field.bits);
    return this.offset >= 0;
  }

  #readOverflow(call: DataCall, index: number): boolean {
    const { args } = call;
    if (args.is(index, WRAP)) this.overflow = OVERFLOW_WRAP;
    else if (args.is(index, SAT)) this.overflow = OVERFLOW_SAT;
    else if (args.is(index, FAIL)) this.overflow = OVERFLOW_FAIL;
    else {
      call.reply.error(ERR_OVERFLOW_TYPE);
      return false;
    }
    return true;
  }

  #readType(call: DataCall, index: number): boolean {
    const { input } = call.args;
    const at = call.args.offset(index);
    const length = call.args.length(index);
    const sign = length === 0 ? 0 : input[at];
    let digits = 0;
    // As for all words a NUL ends this one.
    while (digits < length - 1 && input[at + 1 + digits] !== 0) digits++;
    const bits = parseSafeInteger(input, at + 1, digits);
    const isSigned = sign === LOWER_I;
    if ((isSigned || sign === LOWER_U) && bits >= 1 && bits <= (isSigned ? 64 : 63)) {
      this.#field.bits = bits;
      this.#field.isSigned = isSigned;
      return true;
    }
    call.reply.error(ERR_TYPE);
    return false;
  }
}
