import type { KeySpec } from "./key-spec";

/**
 * The three numbers by which COMMAND has told keys since long before it had key specs: the first
 * key, the last (negative: from the end) and the step; and whether they are not the whole truth.
 */
export interface LegacyKeyRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** Shown as the flag `movablekeys`. */
  readonly isPartial: boolean;
}

const NO_KEYS: LegacyKeyRange = { first: 0, last: 0, step: 0, isPartial: false };

interface Plain {
  readonly index: number;
  readonly last: number;
  readonly step: number;
  readonly incomplete: boolean;
}

/** A spec with fixed places, or undefined. */
function plainOf(spec: KeySpec): Plain | undefined {
  const { begin, find, flags } = spec;
  if (typeof begin === "string" || typeof find === "string") return undefined;
  if (!("index" in begin) || !("last" in find)) return undefined;
  const last = find.last < 0 ? find.last : begin.index + find.last;
  return { index: begin.index, last, step: find.step, incomplete: flags.includes("incomplete") };
}

/** Works out the numbers as Redis does: specs that follow each other join, others are left out. */
export function legacyKeyRange(specs: readonly KeySpec[]): LegacyKeyRange {
  if (specs.length === 0) return NO_KEYS;
  const only = specs.length === 1 ? plainOf(specs[0]) : undefined;
  if (only !== undefined) {
    return { first: only.index, last: only.last, step: only.step, isPartial: only.incomplete };
  }
  let first = 0;
  let last = 0;
  let isPartial = false;
  for (const spec of specs) {
    const plain = plainOf(spec);
    const follows = plain !== undefined && (last === 0 || last === plain.index - 1);
    if (plain === undefined || plain.step !== 1 || !follows) {
      isPartial = true;
      continue;
    }
    if (plain.incomplete) isPartial = true;
    if (first === 0) first = plain.index;
    // A last key that is counted from the end lies behind all others.
    if (last >= 0 && (plain.last < 0 || plain.last > last)) last = plain.last;
  }
  if (first === 0) return { ...NO_KEYS, isPartial: true };
  return { first, last, step: 1, isPartial };
}
