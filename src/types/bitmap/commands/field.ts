import type { Arguments } from "../../../command/arguments";
import { type KeyPositions, keyFlagBits } from "../../../command/key-positions";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_STRING } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_STRING, valueStartOf } from "../../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";
import type { StringLimits } from "../../string/string-limits";
import { BitField } from "../bit-field";
import { FIELD_GET, FIELD_SET, FieldArguments, onlyGets } from "../field-arguments";
import { DOES_NOT_FIT, fitBigInt, fitNumber } from "../field-overflow";
import { findString, lengthOf, writableBits } from "../writable-bits";
import { KEY, OFFSET } from "./docs";

/** BITFIELD and BITFIELD_RO: integers of any width at any bit of a string. */

const ERR_ONLY_GET = "ERR BITFIELD_RO only supports the GET subcommand";
/** COMMAND INFO repeats this note, so it is Redis's. */
const KEY_NOTES = "This command allows both access and modification of the key";
const READS_KEY = keyFlagBits("RO", "access");
const WRITES_KEY = keyFlagBits("RW", "access", "update");

/** One object serves all commands. */
class FieldRun {
  readonly #field = new BitField();
  readonly #operations: FieldArguments;
  /** Operations that changed something. */
  #changes = 0;
  /** Whether the string was made or grew, so that whatever is written changes it. */
  #grew = false;

  constructor(limits: StringLimits) {
    this.#operations = new FieldArguments(this.#field, limits);
  }

  run(call: DataCall, mayWrite: boolean): void {
    if (!this.#operations.check(call)) return;
    const { writes } = this.#operations;
    if (writes && !mayWrite) {
      call.reply.error(ERR_ONLY_GET);
      return;
    }
    const entry = writes ? this.#prepareWrite(call) : findForReading(call);
    if (entry < 0) return;
    this.#changes = 0;
    call.reply.array(this.#operations.count);
    this.#operations.begin();
    while (this.#operations.next(call)) this.#execute(call, entry);
    if (this.#changes > 0) this.#tell(call);
    // Redis forgets that where every write has failed the string has still grown.
    else if (writes && this.#grew && call.effects.isOn) call.effects.asIs(call.db);
  }

  /** The string, long enough for all that is written; -1 with the error written. */
  #prepareWrite(call: DataCall): number {
    const found = findString(call);
    if (found < 0) return -1;
    const length = Math.floor(this.#operations.lastBit / 8) + 1;
    this.#grew = found === 0 || lengthOf(call, found) < length;
    return writableBits(call, found, length);
  }

  #tell(call: DataCall): void {
    call.changed(1, EVENT_STRING, "setbit");
    call.keyspace.stats.changes += this.#changes - 1;
  }

  #execute(call: DataCall, entry: number): void {
    const { memory } = call.keyspace;
    const field = this.#field;
    const { operation, offset } = this.#operations;
    const at = entry === 0 ? 0 : valueStartOf(memory, entry);
    field.moveTo(memory.bytes[entry >>> SEGMENT_SHIFT], at, lengthOf(call, entry), offset);
    const old = field.readNumber();
    if (operation !== FIELD_GET) this.#change(call, old);
    else if (Number.isNaN(old)) call.reply.bigInteger(field.readBigInt());
    else call.reply.integer(old);
  }

  /** @param old NaN where it is beyond 2^53. */
  #change(call: DataCall, old: number): void {
    const { reply } = call;
    const field = this.#field;
    const { operation, valueIndex, overflow } = this.#operations;
    const isSet = operation === FIELD_SET;
    const given = call.args.safeInteger(valueIndex);
    const value = isSet ? given : old + given;
    // NaN, too, is not safe.
    const isExact = !Number.isNaN(old) && Number.isSafeInteger(value);
    const fitted = isExact
      ? fitNumber(value, field.bits, field.isSigned, isSet, overflow)
      : Number.NaN;
    if (Number.isNaN(fitted)) {
      this.#changeExactly(call);
      return;
    }
    if (fitted === DOES_NOT_FIT) {
      reply.nil();
      return;
    }
    field.writeNumber(fitted);
    if (this.#grew || old !== fitted) this.#changes++;
    reply.integer(isSet ? old : fitted);
  }

  #changeExactly(call: DataCall): void {
    const field = this.#field;
    const { operation, valueIndex, overflow } = this.#operations;
    const isSet = operation === FIELD_SET;
    const old = field.readBigInt();
    const given = call.args.int64(valueIndex) ?? 0n;
    const base = isSet ? given : old;
    const increment = isSet ? 0n : given;
    const fitted = fitBigInt(base, increment, field.bits, field.isSigned, overflow);
    if (fitted === undefined) {
      call.reply.nil();
      return;
    }
    field.writeBigInt(fitted);
    if (this.#grew || old !== fitted) this.#changes++;
    call.reply.bigInteger(isSet ? old : fitted);
  }
}

/** The string to read or 0; -1, with the error written, where the key holds something else. */
function findForReading(call: DataCall): number {
  const entry = call.read(1);
  return entry !== 0 && call.isWrongType(entry, TYPE_STRING) ? -1 : entry;
}

/** BITFIELD changes its key unless all its operations are GET. */
function fieldKeys(args: Arguments, found: KeyPositions): boolean {
  found.add(1, onlyGets(args) ? READS_KEY : WRITES_KEY);
  return true;
}

const ENCODING: ArgumentDoc = { name: "encoding", type: "string" };
const ENCODING_AND_OFFSET: ArgumentDoc = {
  name: "encoding_offset",
  type: "block",
  token: "GET",
  arguments: [ENCODING, OFFSET],
};
const WRITE: ArgumentDoc = {
  name: "write",
  type: "block",
  arguments: [
    {
      name: "wrap_sat_fail",
      type: "oneof",
      token: "OVERFLOW",
      flags: ["optional"],
      arguments: [
        { name: "wrap", type: "pure-token", token: "WRAP" },
        { name: "sat", type: "pure-token", token: "SAT" },
        { name: "fail", type: "pure-token", token: "FAIL" },
      ],
    },
    {
      name: "write_operation",
      type: "oneof",
      arguments: [
        {
          name: "encoding_offset_value",
          type: "block",
          token: "SET",
          arguments: [ENCODING, OFFSET, { name: "value", type: "integer" }],
        },
        {
          name: "encoding_offset_increment",
          type: "block",
          token: "INCRBY",
          arguments: [ENCODING, OFFSET, { name: "increment", type: "integer" }],
        },
      ],
    },
  ],
};

export function fieldCommands(limits: StringLimits): readonly CommandSpec<DataCall>[] {
  const fields = new FieldRun(limits);
  return [
    {
      name: "bitfield",
      arity: -2,
      flags: ["write", "denyoom"],
      group: "bitmap",
      since: "3.2.0",
      summary: "Reads, sets and adds to integers of any width at any bit of a string.",
      complexity: "O(1) for each operation, but for growing the string",
      keys: [{ ...keyAt(1, "RW", "access", "update", "variable_flags"), notes: KEY_NOTES }],
      arguments: [
        KEY,
        {
          name: "operation",
          type: "oneof",
          flags: ["optional", "multiple"],
          arguments: [ENCODING_AND_OFFSET, WRITE],
        },
      ],
      movableKeys: fieldKeys,
      isConstantTime: true,
      handler: (call) => fields.run(call, true),
    },
    {
      name: "bitfield_ro",
      arity: -2,
      flags: ["readonly", "fast"],
      group: "bitmap",
      since: "6.0.0",
      summary: "Reads integers of any width at any bit of a string.",
      complexity: "O(1) for each operation",
      keys: [keyAt(1, "RO", "access")],
      arguments: [
        KEY,
        { ...ENCODING_AND_OFFSET, flags: ["optional", "multiple", "multiple_token"] },
      ],
      handler: (call) => fields.run(call, false),
    },
  ];
}
