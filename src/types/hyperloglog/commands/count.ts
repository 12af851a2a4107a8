import { type CommandSpec, keysFrom } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { valueStartOf } from "../../../keyspace/entry";
import { estimateCardinality, REGISTER_VALUES } from "../cardinality-estimate";
import {
  cardinality,
  exactCardinality,
  hasCardinality,
  REGISTERS,
  setCardinality,
} from "../layout";
import {
  bytesOf,
  checkHyperLogLog,
  ERR_CORRUPTED,
  makeRaw,
  ownValue,
  RegisterReader,
} from "../stored-value";
import { KEY } from "./docs";

/** PFCOUNT: of one key, whose count is kept in its value, or of several as one set. */

/** COMMAND INFO repeats this note, so it is Redis's. */
const KEY_NOTES =
  "RW because it may change the internal representation of the key, and propagate to replicas";

/** One object serves all commands. */
class Counter {
  readonly #reader = new RegisterReader();
  readonly #histogram = new Int32Array(REGISTER_VALUES);
  readonly #registers = new Uint8Array(REGISTERS);

  run(call: DataCall): void {
    if (call.args.count === 2) this.#countOne(call);
    else this.#countUnion(call);
  }

  #countOne(call: DataCall): void {
    const { memory } = call.keyspace;
    const found = call.read(1);
    if (found === 0) {
      call.reply.integer(0);
      return;
    }
    if (!checkHyperLogLog(call, found)) return;
    const entry = makeRaw(call, found);
    if (hasCardinality(bytesOf(memory, entry), valueStartOf(memory, entry))) {
      replyKept(call, entry);
      return;
    }
    if (!this.#reader.count(memory, entry, this.#histogram)) {
      call.reply.error(ERR_CORRUPTED);
      return;
    }
    const count = estimateCardinality(this.#histogram);
    const own = ownValue(call, entry);
    setCardinality(bytesOf(memory, own), valueStartOf(memory, own), count);
    // Redis tells watchers of it, but publishes no event.
    call.signal(call.db, 1);
    call.keyspace.stats.changes++;
    // It only reads, by its flags; but the bytes of the value are others now.
    if (call.effects.isOn) call.effects.asIs(call.db);
    replyCount(call, count);
  }

  #countUnion(call: DataCall): void {
    const { args, keyspace } = call;
    const registers = this.#registers.fill(0);
    for (let i = 1; i < args.count; i++) {
      const entry = call.read(i);
      if (entry === 0) continue;
      if (!checkHyperLogLog(call, entry)) return;
      if (this.#reader.merge(keyspace.memory, entry, registers)) continue;
      call.reply.error(ERR_CORRUPTED);
      return;
    }
    const histogram = this.#histogram.fill(0);
    for (let i = 0; i < REGISTERS; i++) histogram[registers[i]]++;
    replyCount(call, estimateCardinality(histogram));
  }
}

function replyCount(call: DataCall, count: number): void {
  if (Math.abs(count) <= Number.MAX_SAFE_INTEGER) call.reply.integer(count);
  else call.reply.bigInteger(BigInt(count));
}

function replyKept(call: DataCall, entry: number): void {
  const { memory } = call.keyspace;
  const bytes = bytesOf(memory, entry);
  const at = valueStartOf(memory, entry);
  const kept = cardinality(bytes, at);
  if (kept <= Number.MAX_SAFE_INTEGER) call.reply.integer(kept);
  else call.reply.bigInteger(exactCardinality(bytes, at));
}

export function countCommand(): CommandSpec<DataCall> {
  const counter = new Counter();
  return {
    name: "pfcount",
    arity: -2,
    flags: ["readonly"],
    group: "hyperloglog",
    since: "2.8.9",
    summary: "Estimates how many different elements were added to one or several HyperLogLogs.",
    complexity: "O(1) for one key whose count is known, else O(N) in the keys",
    keys: [{ ...keysFrom(1, 1, "RW", "access"), notes: KEY_NOTES }],
    arguments: [{ ...KEY, flags: ["multiple"] }],
    handler: (call) => counter.run(call),
  };
}
