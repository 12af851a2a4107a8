import type { Arguments } from "../../command/arguments";
import { type KeyPositions, keyFlagBits } from "../../command/key-positions";
import type { KeySpec } from "../../command/key-spec";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import type { HashLimits } from "../hash/hash-limits";
import type { ListLimits } from "../list/list-limits";
import { Sort } from "./sort";
import { BY, GET, LIMIT, STORE } from "./sort-arguments";

/** SORT and SORT_RO. */

const READS = keyFlagBits("RO", "access");
const STORES = keyFlagBits("OW", "update");

/** The key that is sorted, and the last that was told to store under. */
function sortKeys(args: Arguments, found: KeyPositions): boolean {
  found.add(1, READS);
  let stored = 0;
  for (let index = 2; index < args.count; index++) {
    if (args.is(index, LIMIT)) index += 2;
    else if (args.is(index, GET) || args.is(index, BY)) index++;
    else if (args.is(index, STORE) && index + 1 < args.count) stored = index + 1;
  }
  if (stored > 0) found.add(stored, STORES);
  return true;
}

/** SORT_RO tells the one key that it has; what patterns lead to is nobody's to know. */
function sortedKey(_args: Arguments, found: KeyPositions): boolean {
  found.add(1, READS);
  return true;
}

const UNKNOWN_PATTERNS: KeySpec = {
  flags: ["RO", "access"],
  begin: "unknown",
  find: "unknown",
  notes:
    "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
};
const UNKNOWN_STORE: KeySpec = {
  flags: ["OW", "update"],
  begin: "unknown",
  find: "unknown",
  notes:
    "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array",
};

const OPTIONAL = { flags: ["optional"] } as const;
const ARGUMENTS: readonly ArgumentDoc[] = [
  { name: "key", type: "key", keySpecIndex: 0 },
  { name: "pattern", type: "pattern", keySpecIndex: 1, token: "BY", ...OPTIONAL },
  {
    name: "offset_count",
    type: "block",
    token: "LIMIT",
    ...OPTIONAL,
    arguments: [
      { name: "offset", type: "integer" },
      { name: "count", type: "integer" },
    ],
  },
  {
    name: "pattern",
    type: "pattern",
    keySpecIndex: 1,
    token: "GET",
    flags: ["optional", "multiple", "multiple_token"],
  },
  {
    name: "order",
    type: "oneof",
    ...OPTIONAL,
    arguments: [
      { name: "asc", type: "pure-token", token: "ASC" },
      { name: "desc", type: "pure-token", token: "DESC" },
    ],
  },
  { name: "sorting", type: "pure-token", token: "ALPHA", ...OPTIONAL },
];

const COMMON = {
  arity: -2,
  group: "generic",
  complexity:
    "O(N+M*log(M)) where N is the number of elements and M that of those replied; O(N) unsorted.",
  categories: ["set", "sortedset", "list", "dangerous"],
} as const;

export function sortCommands(
  hashLimits: HashLimits,
  listLimits: ListLimits,
): readonly CommandSpec<DataCall>[] {
  const sort = new Sort(hashLimits, listLimits);
  return [
    {
      ...COMMON,
      name: "sort",
      flags: ["write", "denyoom", "movablekeys"],
      since: "1.0.0",
      summary: "Sorts the elements of a list, a set or a sorted set, and may store the result.",
      keys: [keyAt(1, "RO", "access"), UNKNOWN_PATTERNS, UNKNOWN_STORE],
      arguments: [
        ...ARGUMENTS,
        { name: "destination", type: "key", keySpecIndex: 2, token: "STORE", ...OPTIONAL },
      ],
      movableKeys: sortKeys,
      handler: (call) => sort.run(call, true),
    },
    {
      ...COMMON,
      name: "sort_ro",
      flags: ["readonly", "movablekeys"],
      since: "7.0.0",
      summary: "Sorts the elements of a list, a set or a sorted set, and changes nothing.",
      keys: [keyAt(1, "RO", "access"), UNKNOWN_PATTERNS],
      arguments: ARGUMENTS,
      movableKeys: sortedKey,
      handler: (call) => sort.run(call, false),
    },
  ];
}
