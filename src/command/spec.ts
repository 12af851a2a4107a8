import type { MovableKeys } from "./key-positions";
import type { KeyFlag, KeySpec } from "./key-spec";

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
  | "asking"
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
  readonly summary?: string;
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
  /** Empty where COMMAND DOCS is to tell none. */
  readonly complexity: string;
  /** ACL categories (`keyspace`) beyond those that follow from flags and data type: acl-categories.ts. */
  readonly categories?: readonly string[];
  readonly keys?: readonly KeySpec[];
  readonly tips?: readonly string[];
  readonly arguments?: readonly ArgumentDoc[];
  readonly history?: readonly (readonly [version: string, change: string])[];
  /** Takes constant time with small arguments, although Redis does not flag it as fast. */
  readonly isConstantTime?: boolean;
  /** An internal command that people do not send. */
  readonly isSystem?: boolean;
  /**
   * What becomes of it between MULTI and EXEC, if it is not queued: it is run at once, runs there is
   * nothing but an error of its own, or runs what is queued.
   */
  readonly inTransaction?: "at-once" | "refused" | "runs-queued";
  /** The error for who wants it queued, where Redis does not refuse that (else the flag no_multi). */
  readonly refusedInTransaction?: string;
  readonly deprecatedSince?: string;
  readonly replacedBy?: string;
  readonly subcommands?: readonly CommandSpec<C>[];
  /**
   * Adds the keys of a request where `keys` do not tell them (SORT ... STORE), or tell their flags
   * only in general (SET ... GET); false when the arguments are wrong. See key-positions.ts.
   */
  readonly movableKeys?: MovableKeys;
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
