import { type CommandSpec, keyAt, keysFrom } from "../../../command/spec";
import { EVENT_STRING } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { valueStartOf } from "../../../keyspace/entry";
import { stringLength } from "../../string/string-value";
import type { HyperLogLogLimits } from "../hyperloglog-limits";
import { REGISTERS } from "../layout";
import { ScratchValue } from "../scratch-value";
import { storeValue } from "../store-value";
import { bytesOf, checkHyperLogLog, ERR_CORRUPTED, isDense, RegisterReader } from "../stored-value";

/** PFMERGE: the first key, too, is a source. */

/** One object serves all commands. */
class Merger {
  readonly #limits: HyperLogLogLimits;
  readonly #reader = new RegisterReader();
  readonly #registers = new Uint8Array(REGISTERS);
  readonly #value = new ScratchValue();
  #anyDense = false;

  constructor(limits: HyperLogLogLimits) {
    this.#limits = limits;
  }

  run(call: DataCall): void {
    if (!this.#readSources(call)) return;
    const found = call.write(1);
    if (!this.#make(call, found)) {
      call.reply.error(ERR_CORRUPTED);
      return;
    }
    storeValue(call, found, this.#value);
    // As for PFADD: it is an addition of many.
    call.changed(1, EVENT_STRING, "pfadd");
    call.reply.ok();
  }

  /** Collects the highest register of all keys; false with the error written. */
  #readSources(call: DataCall): boolean {
    const { memory } = call.keyspace;
    this.#registers.fill(0);
    this.#anyDense = false;
    for (let i = 1; i < call.args.count; i++) {
      const entry = call.read(i);
      if (entry === 0) continue;
      if (!checkHyperLogLog(call, entry)) return false;
      this.#anyDense ||= isDense(memory, entry);
      if (this.#reader.merge(memory, entry, this.#registers)) continue;
      call.reply.error(ERR_CORRUPTED);
      return false;
    }
    return true;
  }

  /** Makes the new value from the one of the target; false when that is corrupted. */
  #make(call: DataCall, found: number): boolean {
    const { memory } = call.keyspace;
    const value = this.#value;
    if (found === 0) {
      value.begin();
    } else {
      const at = valueStartOf(memory, found);
      if (!value.load(bytesOf(memory, found), at, stringLength(memory, found))) return false;
    }
    if (this.#anyDense && !value.becomeDense()) return false;
    const registers = this.#registers;
    for (let i = 0; i < REGISTERS; i++) {
      if (registers[i] === 0) continue;
      if (value.raise(i, registers[i], this.#limits.sparseMaxBytes) < 0) return false;
    }
    value.dropCardinality();
    return true;
  }
}

export function mergeCommand(limits: HyperLogLogLimits): CommandSpec<DataCall> {
  const merger = new Merger(limits);
  return {
    name: "pfmerge",
    arity: -2,
    flags: ["write", "denyoom"],
    group: "hyperloglog",
    since: "2.8.9",
    summary: "Adds to a HyperLogLog all that was added to others.",
    complexity: "O(N) in the keys, some 10 us for each",
    keys: [keyAt(1, "RW", "access", "insert"), keysFrom(2, 1, "RO", "access")],
    arguments: [
      { name: "destkey", type: "key", keySpecIndex: 0 },
      { name: "sourcekey", type: "key", keySpecIndex: 1, flags: ["multiple"] },
    ],
    handler: (call) => merger.run(call),
  };
}
