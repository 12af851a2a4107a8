import { type CommandSpec, keysFrom } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import type { Transactions } from "../transactions";

/** MULTI, EXEC, DISCARD, WATCH and UNWATCH. */

const FLAGS: CommandSpec<DataCall>["flags"] = [
  "noscript",
  "loading",
  "stale",
  "fast",
  "allow_busy",
];

function multi(call: DataCall, transactions: Transactions): void {
  const { client, reply } = call;
  if (client.queued >= 0) {
    reply.error("ERR MULTI calls can not be nested");
    return;
  }
  transactions.begin(client);
  reply.ok();
}

function exec(call: DataCall, transactions: Transactions): void {
  if (call.client.queued < 0) call.reply.error("ERR EXEC without MULTI");
  else transactions.run(call);
}

function discard(call: DataCall, transactions: Transactions): void {
  const { client, reply } = call;
  if (client.queued < 0) {
    reply.error("ERR DISCARD without MULTI");
    return;
  }
  transactions.end(client);
  reply.ok();
}

function watch(call: DataCall, transactions: Transactions): void {
  const { client, reply } = call;
  if (client.queued >= 0) {
    reply.error("ERR WATCH inside MULTI is not allowed");
    return;
  }
  transactions.watch(call);
  reply.ok();
}

function unwatch(call: DataCall, transactions: Transactions): void {
  transactions.unwatch(call.client);
  call.reply.ok();
}

export function transactionCommands(transactions: Transactions): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "multi",
      arity: 1,
      flags: FLAGS,
      group: "transactions",
      since: "1.2.0",
      summary: "Begins a transaction: what follows is queued until EXEC.",
      complexity: "O(1)",
      categories: ["transaction"],
      inTransaction: "refused",
      handler: (call) => multi(call, transactions),
    },
    {
      name: "exec",
      arity: 1,
      flags: ["noscript", "loading", "stale", "skip_slowlog"],
      group: "transactions",
      since: "1.2.0",
      summary: "Runs all that was queued since MULTI, with nothing in between.",
      complexity: "Depends on commands in the transaction",
      categories: ["transaction"],
      inTransaction: "runs-queued",
      handler: (call) => exec(call, transactions),
    },
    {
      name: "discard",
      arity: 1,
      flags: FLAGS,
      group: "transactions",
      since: "2.0.0",
      summary: "Throws away all that was queued since MULTI.",
      complexity: "O(N), when N is the number of queued commands",
      categories: ["transaction"],
      inTransaction: "at-once",
      handler: (call) => discard(call, transactions),
    },
    {
      name: "watch",
      arity: -2,
      flags: FLAGS,
      group: "transactions",
      since: "2.2.0",
      summary: "Lets the next EXEC run nothing if one of the keys has changed until then.",
      complexity: "O(1) for every key.",
      categories: ["transaction"],
      keys: [keysFrom(1, 1, "RO")],
      arguments: [{ name: "key", type: "key", keySpecIndex: 0, flags: ["multiple"] }],
      inTransaction: "refused",
      handler: (call) => watch(call, transactions),
    },
    {
      name: "unwatch",
      arity: 1,
      flags: FLAGS,
      group: "transactions",
      since: "2.2.0",
      summary: "Forgets which keys are watched, and that one has changed.",
      complexity: "O(1)",
      categories: ["transaction"],
      handler: (call) => unwatch(call, transactions),
    },
  ];
}
