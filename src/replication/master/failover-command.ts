import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import type { CommandSpec } from "../../command/spec";
import type { MasterAddress } from "../../config/special/replica-of";
import type { DataCall } from "../../keyspace/data-call";
import { failoverRefusal } from "../decisions/failover";
import type { ReplicaView } from "../decisions/replication-state";
import type { Replication } from "../replication";

export interface FailoverParts {
  readonly replication: Replication;
  readonly replicas: () => readonly ReplicaView[];
  /** Asks replicas how far they are, at the end of the turn. */
  readonly wantAcks: () => void;
}

/** FAILOVER: this master hands its role to one of its replicas. */
export function failoverCommand(parts: FailoverParts): CommandSpec<DataCall> {
  return {
    name: "failover",
    arity: -1,
    flags: ["admin", "noscript", "stale"],
    group: "server",
    since: "6.2.0",
    summary: "Hands the role of the master to a replica, without losing a write.",
    complexity: "O(1)",
    arguments: [
      {
        name: "target",
        type: "block",
        token: "TO",
        flags: ["optional"],
        arguments: [
          { name: "host", type: "string" },
          { name: "port", type: "integer" },
          { name: "force", type: "pure-token", token: "FORCE", flags: ["optional"] },
        ],
      },
      { name: "abort", type: "pure-token", token: "ABORT", flags: ["optional"] },
      { name: "milliseconds", type: "integer", token: "TIMEOUT", flags: ["optional"] },
    ],
    handler: (call) => failover(call, parts),
  };
}

function failover(call: DataCall, { replication, replicas, wantAcks }: FailoverParts): void {
  const { args, reply } = call;
  if (args.count === 2 && args.text(1).toLowerCase() === "abort") {
    if (replication.state.failover === undefined) {
      reply.error("ERR No failover in progress.");
      return;
    }
    replication.step({ kind: "failover-abort" });
    reply.ok();
    return;
  }
  const options = readOptions(call);
  if (typeof options === "string") {
    reply.error(options);
    return;
  }
  const views = replicas();
  const refusal = failoverRefusal(replication.state, options, views);
  if (refusal !== undefined) {
    reply.error(`ERR ${refusal}`);
    return;
  }
  replication.step({ kind: "failover", ...options });
  replication.step({ kind: "failover-check", replicas: views });
  // Writes are paused: nobody is to wait until replicas confirm of themselves, once a second.
  if (replication.state.failover?.phase === "waiting-for-sync") wantAcks();
  reply.ok();
}

interface FailoverOptions {
  target: MasterAddress | undefined;
  timeoutMs: number;
  isForced: boolean;
}

/** An error text when they cannot be understood. */
function readOptions({ args }: DataCall): FailoverOptions | string {
  const options: FailoverOptions = { target: undefined, timeoutMs: 0, isForced: false };
  for (let i = 1; i < args.count; i++) {
    const word = args.text(i).toLowerCase();
    const left = args.count - i - 1;
    if (word === "timeout" && left > 0 && options.timeoutMs === 0) {
      const timeoutMs = args.clampedInteger(++i);
      if (Number.isNaN(timeoutMs)) return ERR_NOT_INTEGER;
      if (timeoutMs <= 0) return "ERR FAILOVER timeout must be greater than 0";
      options.timeoutMs = timeoutMs;
    } else if (word === "to" && left > 1 && options.target === undefined) {
      const port = args.clampedInteger(i + 2);
      if (Number.isNaN(port)) return ERR_NOT_INTEGER;
      options.target = { host: args.text(i + 1), port };
      i += 2;
    } else if (word === "force" && !options.isForced) {
      options.isForced = true;
    } else {
      return ERR_SYNTAX;
    }
  }
  return options;
}
