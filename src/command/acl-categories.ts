import type { CommandFlag, CommandGroup, CommandSpec } from "./spec";

/**
 * The categories that ACL rules name with an `@`, and which of them a command is in: those its
 * declaration names, and those that follow from its flags and from the data type it is about.
 */

/** In the order in which Redis shows them. */
export const ACL_CATEGORIES = [
  "keyspace",
  "read",
  "write",
  "set",
  "sortedset",
  "list",
  "hash",
  "string",
  "bitmap",
  "hyperloglog",
  "geo",
  "stream",
  "pubsub",
  "admin",
  "fast",
  "slow",
  "blocking",
  "dangerous",
  "connection",
  "transaction",
  "scripting",
] as const;

/** Groups that are a category. */
const GROUP_CATEGORIES: ReadonlyMap<CommandGroup, string> = new Map([
  ["string", "string"],
  ["list", "list"],
  ["set", "set"],
  ["sorted-set", "sortedset"],
  ["hash", "hash"],
  ["stream", "stream"],
  ["geo", "geo"],
  ["bitmap", "bitmap"],
  ["hyperloglog", "hyperloglog"],
]);

const FLAG_CATEGORIES: ReadonlyMap<CommandFlag, readonly string[]> = new Map([
  ["write", ["write"]],
  ["admin", ["admin", "dangerous"]],
  ["pubsub", ["pubsub"]],
  ["fast", ["fast"]],
  ["blocking", ["blocking"]],
]);

/** The categories of a command, without `@`, in the order of ACL_CATEGORIES. */
export function aclCategoriesOf(spec: CommandSpec<never>): readonly string[] {
  const has = new Set<string>(spec.categories);
  const ofGroup = GROUP_CATEGORIES.get(spec.group);
  if (ofGroup !== undefined && spec.subcommands === undefined) has.add(ofGroup);
  for (const flag of spec.flags) {
    for (const category of FLAG_CATEGORIES.get(flag) ?? []) has.add(category);
  }
  // A script may write, whatever its command's flags say.
  if (spec.flags.includes("readonly") && !has.has("scripting")) has.add("read");
  if (!has.has("fast")) has.add("slow");
  return ACL_CATEGORIES.filter((category) => has.has(category));
}
