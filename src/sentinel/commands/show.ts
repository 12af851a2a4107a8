/** Subcommands of SENTINEL that tell what it knows: nothing is changed by them. */
import type { SessionCall } from "../../session/session-call";
import { checkQuorum } from "../act/quorum-check";
import type { Instance } from "../model/instance";
import { announced } from "../model/instance-name";
import { currentAddress } from "../monitor/periodic";
import { masterAt, wordAt } from "./command-words";
import { ageOf, replyInstance, replyInstances } from "./instance-reply";
import type { SentinelControl } from "./sentinel-control";
import {
  MASTER_NAME,
  type SentinelHandler,
  type SentinelSpec,
  type Subcommand,
  subcommands,
} from "./subcommand";

const ALL_OF_MASTER = { arity: 3, arguments: MASTER_NAME } as const;

const PARTS: readonly Subcommand[] = [
  {
    name: "masters",
    arity: 2,
    since: "2.8.4",
    summary: "Shows all masters that are watched.",
    complexity: "O(N) in the number of masters",
    run: ({ reply }, control) => {
      const { model } = control;
      replyInstances(reply, model.masters, model, control.nowMs());
    },
  },
  {
    name: "master",
    since: "2.8.4",
    summary: "Shows one master.",
    complexity: "O(1)",
    ...ALL_OF_MASTER,
    run: (call, control) => {
      const master = masterAt(call, 2, control);
      if (master !== undefined) {
        replyInstance(call.reply, master, control.model, control.nowMs());
      }
    },
  },
  {
    name: "replicas",
    since: "5.0.0",
    summary: "Shows the replicas of a master.",
    complexity: "O(N) in the number of replicas",
    ...ALL_OF_MASTER,
    run: ofMaster((master) => master.replicas),
  },
  {
    name: "slaves",
    since: "2.8.0",
    summary: "Shows the replicas of a master.",
    complexity: "O(N) in the number of replicas",
    deprecatedSince: "5.0.0",
    replacedBy: "`SENTINEL REPLICAS`",
    ...ALL_OF_MASTER,
    run: ofMaster((master) => master.replicas),
  },
  {
    name: "sentinels",
    since: "2.8.4",
    summary: "Shows the other Sentinels that watch a master.",
    complexity: "O(N) in the number of Sentinels",
    ...ALL_OF_MASTER,
    run: ofMaster((master) => master.sentinels),
  },
  {
    name: "get-master-addr-by-name",
    since: "2.8.4",
    summary: "Gives the address of a master, which clients connect to.",
    complexity: "O(1)",
    ...ALL_OF_MASTER,
    run: giveAddress,
  },
  {
    name: "ckquorum",
    since: "2.8.4",
    summary: "Tells whether enough Sentinels can be reached to fail a master over.",
    ...ALL_OF_MASTER,
    run: tellQuorum,
  },
  {
    name: "info-cache",
    arity: -3,
    since: "3.2.0",
    summary: "Gives INFO of masters and their replicas, as it was last got.",
    complexity: "O(N) in the number of instances",
    arguments: [{ name: "nodename", type: "string", flags: ["multiple"] }],
    run: giveInfo,
  },
  {
    name: "myid",
    arity: 2,
    since: "6.2.0",
    summary: "Gives the id of this Sentinel.",
    complexity: "O(1)",
    run: ({ reply }, { model }) => reply.bulkLatin1(model.myId),
  },
  {
    name: "pending-scripts",
    arity: 2,
    since: "2.8.4",
    summary: "Shows the scripts that run and those that wait.",
    run: showScripts,
  },
];

export function showCommands(control: SentinelControl): SentinelSpec[] {
  return subcommands(control, PARTS);
}

function ofMaster(members: (master: Instance) => ReadonlyMap<string, Instance>): SentinelHandler {
  return (call, control) => {
    const master = masterAt(call, 2, control);
    if (master === undefined) return;
    replyInstances(call.reply, members(master), control.model, control.nowMs());
  };
}

function giveAddress(call: SessionCall, { model }: SentinelControl): void {
  const { reply } = call;
  const name = wordAt(call, 2);
  const master = name === undefined ? undefined : model.masters.get(name);
  if (master === undefined) {
    reply.nilArray();
    return;
  }
  const address = currentAddress(master);
  reply.array(2);
  reply.bulkLatin1(announced(address, model));
  reply.bulkInteger(address.port);
}

function tellQuorum(call: SessionCall, control: SentinelControl): void {
  const master = masterAt(call, 2, control);
  if (master === undefined) return;
  const { usable, reachesQuorum, reachesMajority } = checkQuorum(master);
  const count = `${usable} usable Sentinels.`;
  if (reachesQuorum && reachesMajority) {
    call.reply.statusText(`OK ${count} Quorum and failover authorization can be reached`);
    return;
  }
  const reasons: string[] = [];
  if (!reachesQuorum) reasons.push("reach the specified quorum for this master");
  if (!reachesMajority) reasons.push("reach the majority and authorize a failover");
  const texts = reasons.map((reason) => `Not enough available Sentinels to ${reason}`);
  call.reply.error(`NOQUORUM ${count} ${texts.join(". ")}`);
}

/** Per master its name, and the age and the text of INFO of it and of each replica. */
function giveInfo(call: SessionCall, control: SentinelControl): void {
  const { args, reply } = call;
  const masters = new Set<Instance>();
  for (let index = 2; index < args.count; index++) {
    const name = wordAt(call, index);
    const master = name === undefined ? undefined : control.model.masters.get(name);
    if (master !== undefined) masters.add(master);
  }
  const nowMs = control.nowMs();
  reply.array(masters.size * 2);
  for (const master of masters) {
    reply.bulkLatin1(master.name);
    const instances = [master, ...master.replicas.values()];
    reply.array(instances.length);
    for (const { info, infoMs } of instances) {
      reply.array(2);
      reply.integer(ageOf(infoMs, nowMs));
      if (info === "") reply.nil();
      else reply.bulkLatin1(info);
    }
  }
}

function showScripts({ reply }: SessionCall, control: SentinelControl): void {
  const nowMs = control.nowMs();
  const scripts = control.pendingScripts();
  reply.array(scripts.length);
  for (const { argv, isRunning, pid, startMs, runs } of scripts) {
    const delayMs = startMs === 0 ? 0 : Math.max(0, startMs - nowMs);
    const timeMs = isRunning ? nowMs - startMs : delayMs;
    reply.map(5);
    reply.bulkLatin1("argv");
    reply.array(argv.length);
    for (const word of argv) reply.bulkLatin1(word);
    reply.bulkLatin1("flags");
    reply.bulkLatin1(isRunning ? "running" : "scheduled");
    reply.bulkLatin1("pid");
    reply.bulkInteger(pid);
    reply.bulkLatin1(isRunning ? "run-time" : "run-delay");
    reply.bulkInteger(Math.floor(timeMs));
    reply.bulkLatin1("retry-num");
    reply.bulkInteger(runs);
  }
}
