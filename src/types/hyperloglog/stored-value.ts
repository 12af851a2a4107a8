import type { DataCall } from "../../keyspace/data-call";
import { encodingOf, STRING_RAW, TYPE_STRING, valueStartOf } from "../../keyspace/entry";
import { type BlockMemory, SEGMENT_SHIFT } from "../../memory/block-memory";
import { stringLength } from "../string/string-value";
import { countDense, mergeDense } from "./dense-registers";
import { DENSE, encodingAt, HEADER_BYTES, isHyperLogLog, REGISTERS } from "./layout";
import { SparseWalk } from "./sparse-walk";

/** HyperLogLogs as they are stored, in the strings of entries: checking and reading them. */

export const ERR_CORRUPTED = "INVALIDOBJ Corrupted HLL object detected";
const ERR_NO_HYPERLOGLOG = "WRONGTYPE Key is not a valid HyperLogLog string value.";

/** Replies an error and returns false unless an entry (not 0) can hold a HyperLogLog. */
export function checkHyperLogLog(call: DataCall, entry: number): boolean {
  if (call.isWrongType(entry, TYPE_STRING)) return false;
  const { memory } = call.keyspace;
  const length = stringLength(memory, entry);
  if (isHyperLogLog(bytesOf(memory, entry), valueStartOf(memory, entry), length)) return true;
  call.reply.error(ERR_NO_HYPERLOGLOG);
  return false;
}

export function bytesOf(memory: BlockMemory, entry: number): Uint8Array {
  return memory.bytes[entry >>> SEGMENT_SHIFT];
}

export function isDense(memory: BlockMemory, entry: number): boolean {
  return encodingAt(bytesOf(memory, entry), valueStartOf(memory, entry)) === DENSE;
}

/** The found entry with a value that may be written to; its encoding is raw. */
export function ownValue(call: DataCall, found: number): number {
  return call.db.growFound(found, stringLength(call.keyspace.memory, found));
}

/** Redis makes a string raw before it looks into it as a HyperLogLog. */
export function makeRaw(call: DataCall, found: number): number {
  const isRaw = encodingOf(call.keyspace.memory, found) === STRING_RAW;
  return isRaw ? found : ownValue(call, found);
}

/** Reads the registers of entries; one object serves all commands. */
export class RegisterReader {
  readonly #walk = new SparseWalk();

  /** Counts how many registers have each value; false when the runs do not cover them all. */
  count(memory: BlockMemory, entry: number, histogram: Int32Array): boolean {
    const bytes = bytesOf(memory, entry);
    const at = valueStartOf(memory, entry);
    histogram.fill(0);
    if (encodingAt(bytes, at) === DENSE) {
      countDense(bytes, at + HEADER_BYTES, histogram);
      return true;
    }
    const walk = this.#walk;
    walk.begin(bytes, at + HEADER_BYTES, at + stringLength(memory, entry));
    while (walk.next()) histogram[walk.value] += walk.registers;
    return walk.isComplete;
  }

  /** Raises each of `registers` to the entry's; false when the entry's runs do not cover them all. */
  merge(memory: BlockMemory, entry: number, registers: Uint8Array): boolean {
    const bytes = bytesOf(memory, entry);
    const at = valueStartOf(memory, entry);
    if (encodingAt(bytes, at) === DENSE) {
      mergeDense(bytes, at + HEADER_BYTES, registers);
      return true;
    }
    const walk = this.#walk;
    walk.begin(bytes, at + HEADER_BYTES, at + stringLength(memory, entry));
    while (walk.next()) {
      const behind = walk.first + walk.registers;
      if (behind > REGISTERS) return false;
      for (let i = walk.first; i < behind; i++) {
        if (walk.value > registers[i]) registers[i] = walk.value;
      }
    }
    return walk.isComplete;
  }
}
