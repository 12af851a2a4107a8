import type { CommandSpec } from "../command/spec";

/** ROLE as every role of the program declares it; what it tells is the role's own. */
export const ROLE_SPEC: Omit<CommandSpec<never>, "handler" | "summary" | "subcommands"> = {
  name: "role",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast"],
  group: "server",
  since: "2.8.12",
  complexity: "O(1)",
  categories: ["admin", "dangerous"],
};
