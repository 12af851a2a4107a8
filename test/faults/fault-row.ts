// What a row of the scorecard is here: something that is broken on purpose many times, and one figure
// that tells how that went. The seed alone decides what is broken where.

import type { SeededRandom } from "../support/seeds";

export interface FaultRun {
  readonly random: SeededRandom;
  readonly seed: number;
  /** 1 for what the scorecard asks for; the slices that `npm test` runs take less. */
  readonly share: number;
  /** The server that is put to the test, where a row needs a process: ours, or another to compare. */
  readonly subject: string;
  /** Tells whoever looks at a long run how far it is. */
  readonly progress: (text: string) => void;
}

export interface FaultFigure {
  /** The figure in a line: what was done how often, and what came of it. */
  readonly text: string;
  /** What was not as it must be; empty when the target is reached. */
  readonly misses: readonly string[];
}

export interface FaultRow {
  /** As in the scorecard: `R7`. */
  readonly id: string;
  readonly summary: string;
  run(run: FaultRun): Promise<FaultFigure>;
}

/** How many of so many are done in a run: at least one. */
export function sharedCount(whole: number, { share }: FaultRun): number {
  return Math.max(1, Math.round(whole * share));
}

/** Collects what went wrong, and stops collecting before there are too many to read. */
export class Misses {
  count = 0;
  readonly texts: string[] = [];

  add(text: string): void {
    if (++this.count <= 20) this.texts.push(text);
    else if (this.count === 21) this.texts.push("... and more");
  }
}
