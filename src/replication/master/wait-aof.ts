import { ERR_NOT_INTEGER } from "../../command/error-texts";
import type { CommandSpec } from "../../command/spec";
import { readTimeoutMs } from "../../keyspace/blocking/timeout-argument";
import type { DataCall } from "../../keyspace/data-call";
import type { AppendOnly } from "../../persistence/aof/append-only";
import type { Replication } from "../replication";
import type { MasterSide } from "./master-side";
import type { Wait } from "./wait";

export interface WaitAofParts {
  readonly wait: Wait;
  readonly replication: Replication;
  readonly master: MasterSide;
  readonly aof: Pick<AppendOnly, "state" | "takenBytes" | "isDurable">;
}

const ERR_REPLICA =
  "ERR WAITAOF cannot be used with replica instances. Please also note that writes to replicas are " +
  "just local and are not propagated.";
const ERR_NO_FILE = "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";
const ERR_LOCAL_RANGE = "ERR value is out of range, value must between 0 and 1";
const ERR_NOT_POSITIVE = "ERR value is out of range, must be positive";

/**
 * WAITAOF of Redis 7.2: waits until what has been written is in append only files and on the disk,
 * of this server and of so many replicas. As for WAIT that is all that had been written when it was
 * asked, by whomever. A replica tells how far its file is by `REPLCONF ACK .. FACK ..`; one that
 * does not, because its file is off or it is older, is never counted.
 */
export function waitAofCommand(parts: WaitAofParts): CommandSpec<DataCall> {
  return {
    name: "waitaof",
    arity: 4,
    flags: ["noscript"],
    group: "generic",
    since: "7.2.0",
    summary: "Waits until what has been written is on the disk here and of so many replicas.",
    complexity: "O(1)",
    categories: ["connection"],
    tips: ["request_policy:all_shards", "response_policy:agg_min"],
    arguments: [
      { name: "numlocal", type: "integer" },
      { name: "numreplicas", type: "integer" },
      { name: "timeout", type: "integer" },
    ],
    handler: (call) => waitAof(call, parts),
  };
}

function waitAof(call: DataCall, { wait, replication, master, aof }: WaitAofParts): void {
  const { args, reply } = call;
  const local = args.clampedInteger(1);
  const wanted = args.clampedInteger(2);
  const problem = problemOf(local, wanted);
  if (problem !== undefined) {
    reply.error(problem);
    return;
  }
  const timeoutMs = readTimeoutMs(call, 3);
  if (Number.isNaN(timeoutMs)) return;
  if (!replication.isMaster || (local > 0 && aof.state === "off")) {
    reply.error(replication.isMaster ? ERR_NO_FILE : ERR_REPLICA);
    return;
  }
  const { offset } = replication;
  const { takenBytes } = aof;
  const localCount = (): number => (aof.isDurable(takenBytes) ? 1 : 0);
  const replicaCount = (): number => master.replicas.keeping(offset);
  // Its file was turned off meanwhile: it will never be there.
  const isHopeless = (): boolean => local > 0 && aof.state === "off";
  wait.waitFor(call, timeoutMs, {
    isThere: () => isHopeless() || (localCount() >= local && replicaCount() >= wanted),
    answer: (answered) => {
      if (isHopeless()) {
        answered.error(ERR_NO_FILE);
        return;
      }
      answered.array(2);
      answered.integer(localCount());
      answered.integer(replicaCount());
    },
  });
}

function problemOf(local: number, wanted: number): string | undefined {
  if (Number.isNaN(local)) return ERR_NOT_INTEGER;
  if (local < 0 || local > 1) return ERR_LOCAL_RANGE;
  if (Number.isNaN(wanted)) return ERR_NOT_INTEGER;
  return wanted < 0 ? ERR_NOT_POSITIVE : undefined;
}
