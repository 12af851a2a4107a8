import type { DataCall } from "../../keyspace/data-call";
import type { Arena } from "../../memory/arena";
import type { SetLimits } from "./set-limits";
import { SetReader } from "./set-reader";
import { SetValue } from "./set-value";

/**
 * The readers and writers that the commands on sets work with, one after another: made for the
 * keyspace of the first command and opened on another value by each.
 *
 * Within one command `value` is what it changes, `result` what it builds or changes beside, `source`
 * what it walks through and `probe` what it asks for members.
 */
export class SetWorkspace {
  readonly #limits: SetLimits;
  #memory: Arena | undefined;
  #tools: SetTools | undefined;

  constructor(limits: SetLimits) {
    this.#limits = limits;
  }

  /** A command's handler that is given the tools. */
  handler(run: (call: DataCall, tools: SetTools) => void): (call: DataCall) => void {
    return (call) => run(call, this.#of(call));
  }

  #of(call: DataCall): SetTools {
    const { memory, hash } = call.keyspace;
    if (this.#tools === undefined || this.#memory !== memory) {
      this.#memory = memory;
      this.#tools = {
        value: new SetValue(memory, hash, this.#limits),
        result: new SetValue(memory, hash, this.#limits),
        source: new SetReader(memory, hash),
        probe: new SetReader(memory, hash),
      };
    }
    return this.#tools;
  }
}

export interface SetTools {
  readonly value: SetValue;
  readonly result: SetValue;
  readonly source: SetReader;
  readonly probe: SetReader;
}
