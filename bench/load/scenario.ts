// What a scenario of the load bench is, and what it is given.

import type { Measurement } from "./measurement";
import type { Programs } from "./server-pair";

export interface BenchContext {
  readonly programs: Programs;
  /** Pairs of runs; medians are taken over them. */
  readonly pairs: number;
  /** Small sizes, to see that everything works: not for figures that count. */
  readonly quick: boolean;
  /** Tells the person at the terminal what is going on. */
  progress(line: string): void;
}

export interface Scenario {
  readonly name: string;
  readonly summary: string;
  run(context: BenchContext): Promise<Measurement[]>;
}
