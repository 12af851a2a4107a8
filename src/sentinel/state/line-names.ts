/** Names of `sentinel ...` lines that were others once. */

const CURRENT_NAMES: ReadonlyMap<string, string> = new Map([["known-slave", "known-replica"]]);

/** The name that a line of this (lower-case) name has now. */
export function currentLineName(name: string): string {
  return CURRENT_NAMES.get(name) ?? name;
}
