import { ERR_NOT_INTEGER } from "../../command/error-texts";
import type { CommandFlag, CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { KIND_NORMAL } from "../../session/client";
import type { SyncRequest } from "../decisions/sync-answer";
import type { MasterSide } from "./master-side";

const FLAGS: readonly CommandFlag[] = ["admin", "noscript", "no_async_loading", "no_multi"];

/** SYNC and PSYNC: a connection becomes a replica. */
export function syncCommands(master: MasterSide): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "sync",
      arity: 1,
      flags: FLAGS,
      group: "server",
      since: "1.0.0",
      summary: "Makes the connection a replica that is sent the whole data set and what follows.",
      complexity: "O(N) in the size of the data set; a thread of its own writes it",
      handler: (call) => {
        answer(call, master, { command: "sync", id: "?", offset: -1, isFailover: false });
      },
    },
    {
      name: "psync",
      arity: -3,
      flags: FLAGS,
      group: "server",
      since: "2.8.0",
      summary: "Makes the connection a replica that is sent what it does not have yet.",
      complexity: "O(1), or O(N) in the size of the data set when it needs all of it",
      arguments: [
        { name: "replicationid", type: "string" },
        { name: "offset", type: "integer" },
      ],
      handler: (call) => psync(call, master),
    },
  ];
}

function psync(call: DataCall, master: MasterSide): void {
  const { args, reply } = call;
  const isFailover = args.count > 3 && args.text(3).toLowerCase() === "failover";
  const offset = args.clampedInteger(2);
  if (Number.isNaN(offset)) {
    reply.error(ERR_NOT_INTEGER);
    return;
  }
  answer(call, master, { command: "psync", id: args.text(1), offset, isFailover });
}

function answer({ client }: DataCall, master: MasterSide, request: SyncRequest): void {
  // As in Redis: whoever is a replica or a monitor already is not heard.
  if (client.kind !== KIND_NORMAL || client.isMonitor) return;
  master.answer(client, request);
}
