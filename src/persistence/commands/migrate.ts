import type { ArgumentDoc, CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { migrateKeys } from "../migration/migrate-request";
import type { Migrations } from "../migration/migrations";

/**
 * MIGRATE: keys sent to another server with DUMP and RESTORE, and deleted here.
 *
 * It is not queued between MULTI and EXEC, where Redis runs it: what it waits for must not stop
 * everybody else here, and if everybody else went on, EXEC would not be atomic.
 */

const ERR_IN_TRANSACTION =
  "ERR MIGRATE is not allowed inside a transaction: it waits for another server";

function option(name: string, token: string): ArgumentDoc {
  return { name, type: "pure-token", token, since: "3.0.0", flags: ["optional"] };
}

const AUTHENTICATION: ArgumentDoc = {
  name: "authentication",
  type: "oneof",
  flags: ["optional"],
  arguments: [
    { name: "password", type: "string", token: "AUTH", since: "4.0.7", flags: ["optional"] },
    {
      name: "username_password",
      type: "block",
      token: "AUTH2",
      since: "6.0.0",
      flags: ["optional"],
      arguments: [
        { name: "username", type: "string" },
        { name: "password", type: "string" },
      ],
    },
  ],
};

const ARGUMENTS: readonly ArgumentDoc[] = [
  { name: "host", type: "string" },
  { name: "port", type: "integer" },
  {
    name: "key_or_empty_string",
    type: "oneof",
    arguments: [
      { name: "key", type: "key", keySpecIndex: 0 },
      { name: "empty_string", type: "pure-token", token: "" },
    ],
  },
  { name: "destination-db", type: "integer" },
  { name: "timeout", type: "integer" },
  option("copy", "COPY"),
  option("replace", "REPLACE"),
  AUTHENTICATION,
  {
    name: "key",
    type: "key",
    keySpecIndex: 1,
    token: "KEYS",
    since: "3.0.6",
    flags: ["optional", "multiple"],
  },
];

export function migrateCommands(migrations: Migrations): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "migrate",
      arity: -6,
      flags: ["write", "movablekeys"],
      group: "generic",
      since: "2.6.0",
      summary: "Moves keys to another server.",
      complexity: "That of DUMP and DEL here and of RESTORE there, and O(N) for sending the values",
      history: [
        ["3.0.0", "Added the `COPY` and `REPLACE` options."],
        ["3.0.6", "Added the `KEYS` option."],
        ["4.0.7", "Added the `AUTH` option."],
        ["6.0.0", "Added the `AUTH2` option."],
      ],
      categories: ["keyspace", "dangerous"],
      tips: ["nondeterministic_output"],
      keys: [
        {
          flags: ["RW", "access", "delete"],
          begin: { index: 3 },
          find: { last: 0, step: 1, limit: 0 },
        },
        {
          flags: ["RW", "access", "delete", "incomplete"],
          begin: { keyword: "KEYS", startFrom: -2 },
          find: { last: -1, step: 1, limit: 0 },
        },
      ],
      movableKeys: migrateKeys,
      arguments: ARGUMENTS,
      refusedInTransaction: ERR_IN_TRANSACTION,
      handler: (call) => migrations.begin(call),
    },
  ];
}
