/** Subcommands of SENTINEL about what is watched: MONITOR, REMOVE, RESET, FORGET, and FAILOVER. */
import { isIP } from "node:net";
import { ERR_SYNTAX } from "../../command/error-texts";
import type { ArgumentDoc } from "../../command/spec";
import type { SessionCall } from "../../session/session-call";
import type { SessionContext } from "../../session/session-context";
import { beginForcedFailover, type ForcedFailover } from "../act/forced-failover";
import { resetMatching } from "../act/reset";
import { forget, monitorMaster, removeMaster } from "../act/watching";
import { ERR_NOT_SAVED, masterAt, replySaved, wordAt } from "./command-words";
import type { SentinelControl } from "./sentinel-control";
import { MASTER_NAME, type SentinelSpec, type Subcommand, subcommands } from "./subcommand";

/** What a command needs that is answered later than it is run. */
export type WaitingClients = Pick<SessionContext, "turns" | "clients">;

const PORT_MAX = 65_535;
const COORDINATED = Buffer.from("coordinated");
const REPLICA = Buffer.from("replica");
const SENTINEL = Buffer.from("sentinel");

const MONITOR_ARGUMENTS: readonly ArgumentDoc[] = [
  { name: "name", type: "string" },
  { name: "ip", type: "string" },
  { name: "port", type: "integer" },
  { name: "quorum", type: "integer" },
];

const FORGET_ARGUMENTS: readonly ArgumentDoc[] = [
  ...MASTER_NAME,
  {
    name: "kind",
    type: "oneof",
    arguments: [
      { name: "replica", type: "pure-token", token: "REPLICA" },
      { name: "sentinel", type: "pure-token", token: "SENTINEL" },
    ],
  },
  { name: "ip", type: "string" },
  { name: "port", type: "integer" },
];

const REFUSALS: ReadonlyMap<ForcedFailover, string> = new Map([
  ["in-progress", "INPROG Failover already in progress"],
  ["no-good-replica", "NOGOODSLAVE No suitable replica to promote"],
  ["master-unreachable", "ERR The master cannot be asked to hand over: it is not reachable"],
]);

const PARTS: readonly Subcommand[] = [
  {
    name: "remove",
    arity: 3,
    since: "2.8.4",
    summary: "Stops watching a master.",
    complexity: "O(1)",
    arguments: MASTER_NAME,
    run: remove,
  },
  {
    name: "reset",
    arity: 3,
    since: "2.8.4",
    summary: "Forgets what is known about masters: replicas, Sentinels, failovers.",
    complexity: "O(N) in the number of masters",
    arguments: [{ name: "pattern", type: "pattern" }],
    run: (call, control) => {
      const pattern = wordAt(call, 2);
      const count =
        pattern === undefined ? 0 : control.change((draft) => resetMatching(draft, pattern));
      call.reply.integer(count);
    },
  },
  {
    name: "failover",
    arity: -3,
    since: "2.8.4",
    summary: "Fails a master over without asking other Sentinels.",
    arguments: [
      ...MASTER_NAME,
      { name: "coordinated", type: "pure-token", token: "COORDINATED", flags: ["optional"] },
    ],
    run: failOver,
  },
  {
    name: "forget",
    arity: 6,
    since: "7.2.4",
    summary: "Forgets one replica or Sentinel of a master that is not there any more.",
    complexity: "O(N) in the number of replicas or Sentinels of the master",
    arguments: FORGET_ARGUMENTS,
    run: forgetOne,
  },
];

export function watchCommands(control: SentinelControl, session: WaitingClients): SentinelSpec[] {
  return subcommands(control, [
    {
      name: "monitor",
      arity: 6,
      since: "2.8.4",
      summary: "Begins to watch a master.",
      complexity: "O(1)",
      arguments: MONITOR_ARGUMENTS,
      run: (call) => monitor(call, control, session),
    },
    ...PARTS,
  ]);
}

interface NewMaster {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly quorum: number;
}

function monitor(call: SessionCall, control: SentinelControl, session: WaitingClients): void {
  const { args, reply, client } = call;
  const quorum = args.clampedInteger(5);
  const port = args.clampedInteger(4);
  const name = wordAt(call, 2);
  const host = wordAt(call, 3);
  if (Number.isNaN(quorum)) reply.error("ERR Invalid quorum");
  else if (Number.isNaN(port)) reply.error("ERR Invalid port");
  else if (quorum <= 0) reply.error("ERR Quorum must be 1 or greater.");
  else if (name === undefined || host === undefined) reply.error(ERR_SYNTAX);
  else if (isIP(host) !== 0 || !control.model.resolveHostnames) {
    const ip = isIP(host) === 0 ? undefined : host;
    answer(call, begin(control, { name, host, port, quorum }, ip));
  } else {
    session.turns.hold(client, false);
    control.lookUp(host).then((ip) => {
      // First the change, whose events may be sent at once, then the reply to whoever still waits.
      const problem = begin(control, { name, host, port, quorum }, ip);
      if (session.clients.bySlot[client.slot] !== client || client.closing) return;
      session.turns.answering(client, () => answer(call, problem));
      session.turns.resume(client);
      session.turns.flushOutside();
    });
  }
}

function answer({ reply }: SessionCall, problem: string | undefined): void {
  if (problem === undefined) reply.ok();
  else reply.error(problem);
}

/** Begins to watch the master, or says why not. */
function begin(
  control: SentinelControl,
  { name, host, port, quorum }: NewMaster,
  ip: string | undefined,
): string | undefined {
  if (ip === undefined) return "ERR Invalid IP address or hostname specified";
  if (port < 0 || port > PORT_MAX) return "ERR Invalid port number.";
  if (control.model.masters.has(name)) return "ERR Duplicate master name.";
  control.change((draft) => monitorMaster(draft, name, { host, ip, port }, quorum));
  return control.model.isSaved ? undefined : ERR_NOT_SAVED;
}

function remove(call: SessionCall, control: SentinelControl): void {
  const master = masterAt(call, 2, control);
  if (master === undefined) return;
  control.change((draft) => removeMaster(draft, master));
  replySaved(call, control.model.isSaved);
}

function failOver(call: SessionCall, control: SentinelControl): void {
  const { args, reply } = call;
  const isCoordinated = args.count === 4;
  if (args.count > 4 || (isCoordinated && !args.is(3, COORDINATED))) {
    reply.error(ERR_SYNTAX);
    return;
  }
  const master = masterAt(call, 2, control);
  if (master === undefined) return;
  const outcome = control.change((draft) => beginForcedFailover(draft, master, isCoordinated));
  const refusal = REFUSALS.get(outcome);
  if (refusal === undefined) reply.ok();
  else reply.error(refusal);
}

function forgetOne(call: SessionCall, control: SentinelControl): void {
  const { args, reply } = call;
  const master = masterAt(call, 2, control);
  if (master === undefined) return;
  const kind = args.is(3, REPLICA) ? "replica" : "sentinel";
  const host = wordAt(call, 4);
  const port = args.safeInteger(5);
  if (kind === "sentinel" && !args.is(3, SENTINEL)) {
    reply.error(ERR_SYNTAX);
  } else if (!(port >= 0 && port <= PORT_MAX)) {
    reply.error("ERR Invalid port number.");
  } else {
    const isForgotten =
      host !== undefined && control.change((draft) => forget(draft, master, kind, host, port));
    if (isForgotten) replySaved(call, control.model.isSaved);
    else reply.error(`ERR No such ${kind} of that master`);
  }
}
