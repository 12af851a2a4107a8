/** Where keys stand among the arguments of a command: the form of it, no behaviour. */

export type KeyFlag =
  | "RO"
  | "RW"
  | "OW"
  | "RM"
  | "access"
  | "update"
  | "insert"
  | "delete"
  | "not_key"
  | "incomplete"
  | "variable_flags";

/**
 * Where keys stand among a command's arguments: the one table that ACL, COMMAND GETKEYS, tracking
 * and cluster slots use. Argument 0 is the command's name (a subcommand counts as argument 1).
 */
export interface KeySpec {
  readonly flags: readonly KeyFlag[];
  readonly begin:
    | { readonly index: number }
    | { readonly keyword: string; readonly startFrom: number }
    | "unknown";
  /** range: `last` relative to the first key (negative: from the end), `step`, `limit` (a divisor of
   * what is left, 0 none). keynum: where the count stands and the first key, relative to `begin`. */
  readonly find:
    | { readonly last: number; readonly step: number; readonly limit: number }
    | { readonly keynumAt: number; readonly firstKey: number; readonly step: number }
    | "unknown";
  readonly notes?: string;
}
