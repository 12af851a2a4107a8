// The state file of a simulated Sentinel: the lines that state/ writes and reads. What is written is
// safe at once on an honest disk; a lying one may lose the last of it with the power.
import { splitByteText } from "../../../src/config/byte-text";
import type { ConfigLine } from "../../../src/config/config-problem";
import { SentinelModel } from "../../../src/sentinel/model/sentinel-model";
import { readLines } from "../../../src/sentinel/state/read-lines";
import { stateLines } from "../../../src/sentinel/state/write-lines";
import { addressText, currentAddress } from "./sentinel-record";

/** What the file says, for the invariants. */
export interface SavedFacts {
  readonly currentEpoch: number;
  readonly masters: ReadonlyMap<string, SavedMaster>;
}

interface SavedMaster {
  readonly configEpoch: number;
  readonly leaderEpoch: number;
  readonly address: string;
}

interface Saved {
  readonly text: string;
  readonly facts: SavedFacts;
}

export class SentinelDisk {
  #written: Saved;
  #synced: Saved;

  constructor(firstText: string) {
    this.#written = { text: firstText, facts: { currentEpoch: 0, masters: new Map() } };
    this.#synced = this.#written;
  }

  get facts(): SavedFacts {
    return this.#written.facts;
  }

  save(model: SentinelModel): void {
    const text = stateLines(model)
      .map((line) => line.text)
      .join("\n");
    const masters = new Map<string, SavedMaster>();
    for (const master of model.masters.values()) {
      const { configEpoch, leaderEpoch } = master;
      const address = addressText(currentAddress(master));
      masters.set(master.name, { configEpoch, leaderEpoch, address });
    }
    this.#written = { text, facts: { currentEpoch: model.currentEpoch, masters } };
  }

  sync(): void {
    this.#synced = this.#written;
  }

  losePower(): void {
    this.#written = this.#synced;
  }

  load(nowMs: number): SentinelModel {
    const model = new SentinelModel();
    const lines = this.#written.text
      .trimEnd()
      .split("\n")
      .map((text, index): ConfigLine => {
        return { text, line: index + 1, args: splitByteText(text) ?? [] };
      });
    const problem = readLines(model, lines, {
      nowMs,
      resolve: (host) => host,
      isExecutable: () => true,
      warn: () => {},
    });
    if (problem !== undefined) throw new Error(problem.text);
    return model;
  }
}
