// Knows the commands of a file and runs none of them, for what only asks how far a file is whole.

import { INPUT_SCRATCH_AT } from "../../src/net/transport";
import { AofCommands } from "../../src/persistence/aof/aof-commands";
import type { AofSource } from "../../src/persistence/aof/aof-source";
import { CommandReplay } from "../../src/persistence/aof/command-replay";
import type { FuzzNode } from "../fuzz/fuzz-node";

class DryReplay extends CommandReplay {
  override run(): undefined {
    return undefined;
  }
}

/** Looks through files as if they were loaded by the node. */
export class DryLoading {
  readonly #fuzz: FuzzNode;
  readonly #replay: CommandReplay;

  constructor(fuzz: FuzzNode) {
    const { call, table } = fuzz.node;
    this.#fuzz = fuzz;
    this.#replay = new DryReplay({ call, table, onCrash }, INPUT_SCRATCH_AT);
  }

  /** @throws LoadProblem */
  load(source: AofSource, position: number): AofCommands {
    const { node, clock } = this.#fuzz;
    const parts = {
      keyspace: node.keyspace,
      clock,
      replay: this.#replay,
      log: { notice: () => undefined, warning: () => undefined },
      keyDelayUs: () => 0,
    };
    const commands = new AofCommands(parts, source, "file", position);
    commands.step(Number.POSITIVE_INFINITY);
    return commands;
  }
}

function onCrash(_call: unknown, error: unknown): never {
  throw error;
}
