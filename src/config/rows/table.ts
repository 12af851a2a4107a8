/**
 * Every directive, as one list, and the types that follow from it: a misspelt name or a read of the
 * wrong kind does not compile.
 */
import type { Directive } from "../directive";
import { clusterRows } from "./cluster-rows";
import { keyspaceRows } from "./keyspace-rows";
import { networkRows } from "./network-rows";
import { observabilityRows } from "./observability-rows";
import { ownRows } from "./own-rows";
import { persistenceRows } from "./persistence-rows";
import { processRows } from "./process-rows";
import { replicationRows } from "./replication-rows";
import { tlsRows } from "./tls-rows";

const rows = [
  ...networkRows,
  ...processRows,
  ...persistenceRows,
  ...replicationRows,
  ...keyspaceRows,
  ...observabilityRows,
  ...tlsRows,
  ...clusterRows,
  ...ownRows,
];

type Row = (typeof rows)[number];

/** The current name of any directive. */
export type DirectiveName = Row["name"];

/** What the directive of that name holds. */
export type ValueOf<N extends DirectiveName> =
  Extract<Row, { readonly name: N }> extends Directive<N, infer V> ? V : never;

type NamesOf<V> = { [N in DirectiveName]: ValueOf<N> extends V ? N : never }[DirectiveName];

export type FlagName = NamesOf<boolean>;
export type NumberName = NamesOf<number | bigint>;
export type TextName = NamesOf<string>;

export const directiveTable: readonly Directive<DirectiveName>[] = rows;

/** Names of older versions that are read, change nothing and are told once. */
export const IGNORED_DIRECTIVES: ReadonlySet<string> = new Set([
  "list-max-ziplist-entries",
  "list-max-ziplist-value",
  "lua-replicate-commands",
  "gopher-enabled",
]);
