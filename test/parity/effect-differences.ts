// Where what is handed on rightly differs from what the real server hands on. Each row has its reason;
// what is not in a row must be the same word for word.

import type { Effect } from "./effect-log";

/** Scripts whose effects cannot be compared, by name. Tests of their own look at them. */
export const SCRIPTS_APART: ReadonlyMap<string, string> = new Map([
  ["SET IFEQ and IFNE, which are newer than the oracle", "the real server does not know them"],
  ["BITOP as of 8.2", "the real server does not know the operations"],
  ["SPOP and SRANDMEMBER", "each server leaves to its own chance what is popped"],
]);

interface OwnEffect {
  readonly words: readonly string[];
  readonly reason: string;
}

/** What this server alone hands on. */
const OWN_EFFECTS: readonly OwnEffect[] = [
  {
    words: ["XGROUP", "CREATECONSUMER", "s", "g", "nobody"],
    reason: "7.0 tells nobody of a consumer that came into being by reading what is pending for it",
  },
  {
    words: ["BITFIELD", "new", "OVERFLOW", "FAIL", "INCRBY", "u8", "100", "256"],
    reason: "7.0 tells nobody of a string that has grown although every write has failed",
  },
];

/** Leaves out what only this server hands on. */
export function withoutOwnEffects(ours: readonly Effect[]): readonly Effect[] {
  return ours.filter(({ words }) => !OWN_EFFECTS.some((own) => isEqual(own.words, words)));
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}
