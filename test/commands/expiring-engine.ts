// A command engine for hashes whose fields expire when it is told to let time pass.

import assert from "node:assert/strict";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { selectCommands } from "../../src/keyspace/commands/select";
import { FieldExpiry } from "../../src/types/hash/field-expiry";
import { hashCommands } from "../../src/types/hash/hash-commands";
import { HashLimits } from "../../src/types/hash/hash-limits";
import { hashType } from "../../src/types/hash/hash-type";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { decodeReply, type Reply } from "../support/reply";
import type { Argument } from "../support/resp-encode";

export const START_MS = 1_700_000_000_000;
const BUDGET_MS = 1;

/** An engine whose fields expire when it is told to let time pass. */
export class ExpiringEngine {
  readonly expiry: FieldExpiry;
  readonly engine: CommandEngine;
  nowMs = START_MS;
  /** Every look at the clock takes so long. */
  lookMs = 0;
  mayRun = true;
  #clockMs = 0;

  constructor(limits = new HashLimits(8, 64)) {
    const note: FieldExpiry["note"] = (...noted) => this.expiry.note(...noted);
    this.engine = new CommandEngine({
      commands: [...hashCommands(limits, { note }), ...keyspaceCommands, ...selectCommands],
      types: [stringType, hashType],
      poison: true,
    });
    const { keyspace, listeners } = this.engine;
    this.expiry = new FieldExpiry({
      keyspace,
      listen: (listener, isListening) => {
        if (isListening) listeners.add(listener);
        else listeners.remove(listener);
      },
      mayRun: () => this.mayRun,
      monotonicMs: () => {
        this.#clockMs += this.lookMs;
        return this.#clockMs;
      },
    });
    this.engine.setNow(this.nowMs);
  }

  /** Fields removed by themselves since the start. */
  get expiredFields(): number {
    return this.engine.keyspace.stats.expiredFields;
  }

  run(...words: Argument[]): Reply {
    return decodeReply(this.engine.run(...words));
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.engine.setNow(this.nowMs);
  }

  /** A tick, and the work between turns until nothing is left. */
  settle(): void {
    this.expiry.tick();
    for (let left = 10_000; this.expiry.hasWork; left--) {
      assert.ok(left > 0, "there is no end to the work");
      this.expiry.work(BUDGET_MS);
    }
  }

  /** Frees all that waits to be freed. */
  freeAll(): void {
    const { lazyFree } = this.engine.keyspace;
    while (lazyFree.hasWork) lazyFree.work(10);
  }
}
