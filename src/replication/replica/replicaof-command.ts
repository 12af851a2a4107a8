/** REPLICAOF and SLAVEOF: whom this server follows. */
import type { CommandSpec } from "../../command/spec";
import type { MasterAddress } from "../../config/special/replica-of";
import type { DataCall } from "../../keyspace/data-call";
import { KIND_REPLICA } from "../../session/client";
import { clientLine } from "../../session/client-line";
import type { SessionContext } from "../../session/session-context";
import { isAlreadyFollowing } from "../decisions/role";
import type { Replication } from "../replication";

export interface ReplicaOfParts {
  readonly replication: Replication;
  readonly session: SessionContext;
}

const MOST_PORT = 65_535;

export function replicaOfCommands(parts: ReplicaOfParts): readonly CommandSpec<DataCall>[] {
  const shared = {
    arity: 3,
    flags: ["admin", "noscript", "stale", "no_async_loading"],
    group: "server",
    summary: "Makes the server follow a master, or a master of it.",
    complexity: "O(1)",
    arguments: [
      {
        name: "args",
        type: "oneof",
        arguments: [
          {
            name: "host-port",
            type: "block",
            arguments: [
              { name: "host", type: "string" },
              { name: "port", type: "integer" },
            ],
          },
          {
            name: "no-one",
            type: "block",
            arguments: [
              { name: "no", type: "pure-token", token: "NO" },
              { name: "one", type: "pure-token", token: "ONE" },
            ],
          },
        ],
      },
    ],
    handler: (call: DataCall) => replicaOf(call, parts),
  } as const;
  return [
    { ...shared, name: "replicaof", since: "5.0.0" },
    {
      ...shared,
      name: "slaveof",
      since: "1.0.0",
      deprecatedSince: "5.0.0",
      replacedBy: "`REPLICAOF`",
    },
  ];
}

function replicaOf(call: DataCall, parts: ReplicaOfParts): void {
  const { args, reply, client } = call;
  const { replication, session } = parts;
  if (replication.state.failover !== undefined) {
    reply.error("ERR REPLICAOF not allowed while failing over.");
    return;
  }
  const host = args.text(1);
  if (host.toLowerCase() === "no" && args.text(2).toLowerCase() === "one") {
    if (!replication.isMaster) {
      replication.step({ kind: "promote" });
      session.log.notice(`MASTER MODE enabled (user request from '${lineOf(call, parts)}')`);
    }
    reply.ok();
    return;
  }
  if (client.kind === KIND_REPLICA) {
    reply.error("ERR Command is not valid when client is a replica.");
    return;
  }
  const port = args.safeInteger(2);
  if (!(port >= 0 && port <= MOST_PORT)) {
    reply.error("ERR Invalid master port");
    return;
  }
  follow(call, parts, { host, port });
}

function follow(call: DataCall, parts: ReplicaOfParts, master: MasterAddress): void {
  const { replication, session } = parts;
  const { log } = session;
  if (isAlreadyFollowing(replication.state, master)) {
    log.notice(
      "REPLICAOF would result into synchronization with the master we are already connected " +
        "with. No operation performed.",
    );
    call.reply.statusText("OK Already connected to specified master");
    return;
  }
  replication.step({ kind: "follow", master });
  const { host, port } = master;
  log.notice(`REPLICAOF ${host}:${port} enabled (user request from '${lineOf(call, parts)}')`);
  call.reply.ok();
}

function lineOf({ client, nowMs }: DataCall, { session }: ReplicaOfParts): string {
  return clientLine(client, session.clientMemory, nowMs);
}
