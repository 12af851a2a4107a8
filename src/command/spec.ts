/**
 * What a command is: one declaration, spec and handler together.
 *
 * No behaviour here. Names, arity, flags, categories and key positions follow Redis's COMMAND output;
 * summaries and complexity notes are in our own words.
 */

export type CommandFlag =
  | "write"
  | "readonly"
  | "denyoom"
  | "admin"
  | "pubsub"
  | "noscript"
  | "blocking"
  | "loading"
  | "stale"
  | "skip_monitor"
  | "skip_slowlog"
  | "fast"
  | "no_auth"
  | "may_replicate"
  | "no_mandatory_keys"
  | "no_async_loading"
  | "no_multi"
  | "movablekeys"
  | "allow_busy";

export type CommandGroup =
  | "generic"
  | "string"
  | "list"
  | "set"
  | "sorted-set"
  | "hash"
  | "pubsub"
  | "transactions"
  | "connection"
  | "server"
  | "scripting"
  | "hyperloglog"
  | "cluster"
  | "geo"
  | "stream"
  | "bitmap"
  | "sentinel";

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

export type ArgumentType =
  | "string"
  | "integer"
  | "double"
  | "key"
  | "pattern"
  | "unix-time"
  | "pure-token"
  | "oneof"
  | "block";

/** One argument as COMMAND DOCS tells it. */
export interface ArgumentDoc {
  readonly name: string;
  readonly type: ArgumentType;
  readonly displayText?: string;
  readonly keySpecIndex?: number;
  readonly token?: string;
  readonly since?: string;
  readonly deprecatedSince?: string;
  readonly flags?: readonly ("optional" | "multiple" | "multiple_token")[];
  readonly arguments?: readonly ArgumentDoc[];
}

export interface CommandSpec<C> {
  /** Lower case; a subcommand's own name without its container's. */
  readonly name: string;
  /** Exact count of arguments with the name; negative: at least that many. */
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  readonly group: CommandGroup;
  readonly since: string;
  readonly summary: string;
  readonly complexity: string;
  /** ACL categories (`@keyspace`) beyond those that follow from the flags (see command-table). */
  readonly categories?: readonly string[];
  readonly keys?: readonly KeySpec[];
  readonly tips?: readonly string[];
  readonly arguments?: readonly ArgumentDoc[];
  readonly history?: readonly (readonly [version: string, change: string])[];
  readonly deprecatedSince?: string;
  readonly replacedBy?: string;
  readonly subcommands?: readonly CommandSpec<C>[];
  /** Keys of commands whose positions no KeySpec can tell (SORT ... STORE): argument indices. */
  readonly movableKeys?: (call: C) => readonly number[];
  /** Absent for containers whose work is done by subcommands alone. */
  readonly handler?: (call: C) => void;
}

/** Key specs that most commands share. */
export function keyAt(index: number, ...flags: KeyFlag[]): KeySpec {
  return { flags, begin: { index }, find: { last: 0, step: 1, limit: 0 } };
}

/** All arguments from `index` to the end (every `step`-th). */
export function keysFrom(index: number, step: number, ...flags: KeyFlag[]): KeySpec {
  return { flags, begin: { index }, find: { last: -1, step, limit: 0 } };
}
