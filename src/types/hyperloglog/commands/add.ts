import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_STRING } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { valueStartOf } from "../../../keyspace/entry";
import { stringLength } from "../../string/string-value";
import { denseRegister, setDenseRegister } from "../dense-registers";
import { ElementRegister } from "../element-register";
import type { HyperLogLogLimits } from "../hyperloglog-limits";
import { dropCardinality, HEADER_BYTES } from "../layout";
import { ScratchValue } from "../scratch-value";
import { storeValue } from "../store-value";
import {
  bytesOf,
  checkHyperLogLog,
  ERR_CORRUPTED,
  isDense,
  makeRaw,
  ownValue,
} from "../stored-value";
import { KEY } from "./docs";

/** PFADD: a sparse value is changed in a copy, a dense one where it lies. */

const FIRST_ELEMENT = 2;

/** One object serves all commands. */
class Adder {
  readonly #limits: HyperLogLogLimits;
  readonly #value = new ScratchValue();
  readonly #register = new ElementRegister();

  constructor(limits: HyperLogLogLimits) {
    this.#limits = limits;
  }

  run(call: DataCall): void {
    const found = call.write(1);
    if (found !== 0 && !checkHyperLogLog(call, found)) return;
    const entry = found === 0 ? 0 : makeRaw(call, found);
    const addsInPlace = entry !== 0 && isDense(call.keyspace.memory, entry);
    const changes = addsInPlace ? this.#addInPlace(call, entry) : this.#addToCopy(call, entry);
    if (changes < 0) {
      call.reply.error(ERR_CORRUPTED);
      return;
    }
    if (changes > 0) {
      call.changed(1, EVENT_STRING, "pfadd");
      call.keyspace.stats.changes += changes - 1;
    }
    call.reply.integer(changes > 0 ? 1 : 0);
  }

  /** Adds all elements to a dense value; returns how many changed it. */
  #addInPlace(call: DataCall, found: number): number {
    const { args, keyspace } = call;
    const { memory } = keyspace;
    const register = this.#register;
    let entry = found;
    let changes = 0;
    for (let i = FIRST_ELEMENT; i < args.count; i++) {
      register.set(args.input, args.offset(i), args.length(i));
      const { index, value } = register;
      const at = valueStartOf(memory, entry) + HEADER_BYTES;
      if (denseRegister(bytesOf(memory, entry), at, index) >= value) continue;
      // Until now nothing had to be copied under a snapshot.
      if (changes === 0) entry = ownValue(call, entry);
      const start = valueStartOf(memory, entry) + HEADER_BYTES;
      setDenseRegister(bytesOf(memory, entry), start, index, value);
      changes++;
    }
    if (changes > 0) dropCardinality(bytesOf(memory, entry), valueStartOf(memory, entry));
    return changes;
  }

  /**
   * Adds all elements to a sparse value or a new one; -1 with nothing changed if it is corrupted.
   * (Redis keeps what it added before it noticed.)
   */
  #addToCopy(call: DataCall, found: number): number {
    const { args, keyspace } = call;
    const { memory } = keyspace;
    const register = this.#register;
    const value = this.#value;
    let changes = 0;
    if (found === 0) {
      value.begin();
      changes++;
    } else {
      const at = valueStartOf(memory, found);
      if (!value.load(bytesOf(memory, found), at, stringLength(memory, found))) return -1;
    }
    for (let i = FIRST_ELEMENT; i < args.count; i++) {
      register.set(args.input, args.offset(i), args.length(i));
      const raised = value.raise(register.index, register.value, this.#limits.sparseMaxBytes);
      if (raised < 0) return -1;
      changes += raised;
    }
    if (changes > 0) {
      value.dropCardinality();
      storeValue(call, found, value);
    }
    return changes;
  }
}

export function addCommand(limits: HyperLogLogLimits): CommandSpec<DataCall> {
  const adder = new Adder(limits);
  return {
    name: "pfadd",
    arity: -2,
    flags: ["write", "denyoom", "fast"],
    group: "hyperloglog",
    since: "2.8.9",
    summary: "Adds elements to a HyperLogLog; answers whether its count may have changed.",
    complexity: "O(1) for each element",
    keys: [keyAt(1, "RW", "insert")],
    arguments: [KEY, { name: "element", type: "string", flags: ["optional", "multiple"] }],
    handler: (call) => adder.run(call),
  };
}
