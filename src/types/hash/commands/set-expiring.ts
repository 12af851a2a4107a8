import { latin1Bytes } from "../../../base/bytes";
import { errWrongArity } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { isFieldsWord, isPastTime, readTime, timeUnitOf, UNIT_NONE } from "../field-arguments";
import { FieldChanges } from "../field-changes";
import type { HashAccess } from "../hash-access";
import type { HashValue } from "../hash-value";
import { EXPIRATION_TIMES, FIELD_VALUES, KEY } from "./docs";

/** HSETEX: fields get values and an expiry, all of them or, where a condition fails, none. */

const FNX = latin1Bytes("fnx");
const FXX = latin1Bytes("fxx");
const KEEPTTL = latin1Bytes("keepttl");
const INT32_MAX = 2 ** 31 - 1;

const ERR_TWO_FIELDS = "ERR multiple FIELDS arguments";
const ERR_TWO_CONDITIONS = "ERR Only one of FXX or FNX arguments can be specified";
const ERR_TWO_TIMES = "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified";
const ERR_NO_TIME = "ERR missing expire time";
const ERR_COUNT = "ERR invalid number of fields";

/** The options of one HSETEX, in any order around its fields. */
class Options {
  ifNone = false;
  ifAll = false;
  keepsExpiry = false;
  unit = UNIT_NONE;
  /** The argument with the time. */
  timeIndex = 0;
  /** The first field, and the argument behind the last value. */
  first = 0;
  end = 0;

  /** False when something is wrong (the error is written). */
  read(call: DataCall): boolean {
    for (let i = 2; i < call.args.count; ) {
      const next = this.#readOption(call, i);
      if (next === 0) return false;
      i = next;
    }
    if (this.first > 0) return true;
    call.reply.error(errWrongArity(call.command.fullName));
    return false;
  }

  /** Reads what stands at an argument; returns where the next option is, 0 for an error. */
  #readOption(call: DataCall, index: number): number {
    const { args } = call;
    if (isFieldsWord(call, index)) return this.#readFields(call, index);
    const isFnx = args.is(index, FNX);
    if (isFnx || args.is(index, FXX)) {
      if (this.ifNone || this.ifAll) return refuse(call, ERR_TWO_CONDITIONS);
      this.ifNone = isFnx;
      this.ifAll = !isFnx;
      return index + 1;
    }
    const unit = timeUnitOf(call, index);
    const keeps = unit === UNIT_NONE && args.is(index, KEEPTTL);
    if (unit === UNIT_NONE && !keeps) {
      return refuse(call, `ERR unknown argument: ${args.shownText(index)}`);
    }
    if (this.unit !== UNIT_NONE || this.keepsExpiry) return refuse(call, ERR_TWO_TIMES);
    this.keepsExpiry = keeps;
    this.unit = unit;
    if (keeps) return index + 1;
    if (index + 1 >= args.count) return refuse(call, ERR_NO_TIME);
    this.timeIndex = index + 1;
    return index + 2;
  }

  #readFields(call: DataCall, index: number): number {
    const { args } = call;
    if (this.first > 0) return refuse(call, ERR_TWO_FIELDS);
    const arity = errWrongArity(call.command.fullName);
    if (index + 2 >= args.count) return refuse(call, arity);
    const count = args.clampedInteger(index + 1);
    if (!(count >= 1 && count <= INT32_MAX)) return refuse(call, ERR_COUNT);
    this.first = index + 2;
    this.end = this.first + count * 2;
    return this.end > args.count ? refuse(call, arity) : this.end;
  }
}

function refuse(call: DataCall, text: string): 0 {
  call.reply.error(text);
  return 0;
}

function setExpiring(call: DataCall, hashes: HashAccess): void {
  const { reply } = call;
  const options = new Options();
  if (!options.read(call)) return;
  const timeMs = options.unit === UNIT_NONE ? 0 : readTime(call, options.timeIndex, options.unit);
  if (Number.isNaN(timeMs)) return;
  if (!hashes.writeOrCreate(call, 0)) return;
  const value = hashes.value(call);
  if (!allows(call, value, options)) {
    reply.integer(0);
    return;
  }
  const changes = new FieldChanges();
  for (let i = options.first; i < options.end; i += 2)
    setField(call, value, i, options, timeMs, changes);
  changes.finish(call, hashes, options.keepsExpiry);
  reply.integer(1);
}

function allows(call: DataCall, value: HashValue, options: Options): boolean {
  const { args } = call;
  if (!options.ifNone && !options.ifAll) return true;
  for (let i = options.first; i < options.end; i += 2) {
    const isThere = value.find(args.input, args.offset(i), args.length(i)) !== 0;
    if (isThere === options.ifNone) return false;
  }
  return true;
}

function setField(
  call: DataCall,
  value: HashValue,
  index: number,
  options: Options,
  timeMs: number,
  changes: FieldChanges,
): void {
  const { args } = call;
  const { input } = args;
  const at = args.offset(index);
  const length = args.length(index);
  const valueAt = args.offset(index + 1);
  if (options.keepsExpiry && value.hides(input, at, length)) changes.renew(index);
  value.set(input, at, length, input, valueAt, args.length(index + 1), options.keepsExpiry);
  changes.set(index);
  if (options.unit === UNIT_NONE) return;
  if (isPastTime(call, timeMs)) {
    value.delete(input, at, length);
    changes.delete(index);
  } else {
    value.setExpiry(input, at, length, timeMs);
    changes.expire(index, timeMs);
  }
}

export function setExpiringCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "hsetex",
      arity: -6,
      flags: ["write", "denyoom", "fast"],
      group: "hash",
      since: "8.0.0",
      summary: "Gives fields of a hash their values, and an expiry.",
      complexity: "O(N) in the number of fields given",
      keys: [keyAt(1, "RW", "update")],
      arguments: [
        KEY,
        {
          name: "condition",
          type: "oneof",
          flags: ["optional"],
          arguments: [
            { name: "fnx", type: "pure-token", token: "FNX" },
            { name: "fxx", type: "pure-token", token: "FXX" },
          ],
        },
        {
          name: "expiration",
          type: "oneof",
          flags: ["optional"],
          arguments: [
            ...EXPIRATION_TIMES,
            { name: "keepttl", type: "pure-token", token: "KEEPTTL" },
          ],
        },
        {
          name: "fields",
          type: "block",
          token: "FIELDS",
          arguments: [{ name: "numfields", type: "integer" }, FIELD_VALUES],
        },
      ],
      handler: (call) => setExpiring(call, hashes),
    },
  ];
}
