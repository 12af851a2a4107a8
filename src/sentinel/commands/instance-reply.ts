/**
 * An instance as SENTINEL MASTER, REPLICAS and SENTINELS show it: a map of texts in the order of
 * Redis. Only what is so, or what applies to the kind, is in it.
 */
import type { ReplyWriter } from "../../protocol/reply-writer";
import { type Instance, optionsOf } from "../model/instance";
import { announced } from "../model/instance-name";
import type { SentinelModel } from "../model/sentinel-model";

type Fields = [name: string, value: string | number][];

/** @param nowMs of the clock of steps. */
export function replyInstance(
  reply: ReplyWriter,
  instance: Instance,
  model: SentinelModel,
  nowMs: number,
): void {
  const fields = commonFields(instance, model, nowMs);
  if (instance.kind === "master") fields.push(...masterFields(instance));
  else if (instance.kind === "replica") fields.push(...replicaFields(instance));
  else fields.push(...sentinelFields(instance, nowMs));
  reply.map(fields.length);
  for (const [name, value] of fields) {
    reply.bulkLatin1(name);
    reply.bulkLatin1(String(value));
  }
}

export function replyInstances(
  reply: ReplyWriter,
  instances: ReadonlyMap<string, Instance>,
  model: SentinelModel,
  nowMs: number,
): void {
  reply.array(instances.size);
  for (const instance of instances.values()) replyInstance(reply, instance, model, nowMs);
}

function commonFields(instance: Instance, model: SentinelModel, nowMs: number): Fields {
  const { address, link } = instance;
  const fields: Fields = [
    ["name", instance.name],
    ["ip", announced(address, model)],
    ["port", address.port],
    ["runid", instance.runId],
    ["flags", flagsOf(instance)],
    ["link-pending-commands", link.pendingCommands],
    ["link-refcount", link.users.length],
  ];
  if (instance.isFailingOver) fields.push(["failover-state", instance.failoverState]);
  fields.push(
    ["last-ping-sent", link.unansweredPingMs === 0 ? 0 : nowMs - link.unansweredPingMs],
    ["last-ok-ping-reply", nowMs - link.lastAvailableMs],
    ["last-ping-reply", nowMs - link.lastPongMs],
  );
  if (instance.isSubjectivelyDown) {
    fields.push(["s-down-time", nowMs - instance.subjectivelyDownSinceMs]);
  }
  if (instance.isObjectivelyDown) {
    fields.push(["o-down-time", nowMs - instance.objectivelyDownSinceMs]);
  }
  fields.push(["down-after-milliseconds", optionsOf(instance).downAfterMs]);
  if (instance.kind === "sentinel") return fields;
  fields.push(
    ["info-refresh", ageOf(instance.infoMs, nowMs)],
    ["role-reported", instance.roleReported],
    ["role-reported-time", nowMs - instance.roleReportedMs],
  );
  return fields;
}

function masterFields(master: Instance): Fields {
  const options = optionsOf(master);
  const fields: Fields = [
    ["config-epoch", master.configEpoch],
    ["num-slaves", master.replicas.size],
    ["num-other-sentinels", master.sentinels.size],
    ["quorum", options.quorum],
    ["failover-timeout", options.failoverTimeoutMs],
    ["parallel-syncs", options.parallelSyncs],
  ];
  const { notificationScript, clientReconfigScript } = options;
  if (notificationScript !== "") fields.push(["notification-script", notificationScript]);
  if (clientReconfigScript !== "") fields.push(["client-reconfig-script", clientReconfigScript]);
  return fields;
}

function replicaFields(replica: Instance): Fields {
  return [
    ["master-link-down-time", replica.masterLinkDownMs],
    ["master-link-status", replica.isMasterLinkUp ? "ok" : "err"],
    ["master-host", replica.masterHost === "" ? "?" : replica.masterHost],
    ["master-port", replica.masterPort],
    ["slave-priority", replica.priority],
    ["slave-repl-offset", replica.replOffset],
    ["replica-announced", replica.isAnnounced ? 1 : 0],
  ];
}

function sentinelFields(sentinel: Instance, nowMs: number): Fields {
  return [
    ["last-hello-message", nowMs - sentinel.lastHelloMs],
    ["voted-leader", sentinel.leader === "" ? "?" : sentinel.leader],
    ["voted-leader-epoch", sentinel.leaderEpoch],
  ];
}

/** How long ago; 0 for never. */
export function ageOf(momentMs: number, nowMs: number): number {
  return momentMs === 0 ? 0 : nowMs - momentMs;
}

function flagsOf(instance: Instance): string {
  const { kind, reconfiguration } = instance;
  const flags = [
    [instance.isSubjectivelyDown, "s_down"],
    [instance.isObjectivelyDown, "o_down"],
    [true, kind === "replica" ? "slave" : kind],
    [isDisconnected(instance), "disconnected"],
    [instance.saysMasterIsDown, "master_down"],
    [instance.isFailingOver, "failover_in_progress"],
    [instance.isPromoted, "promoted"],
    [reconfiguration === "sent", "reconf_sent"],
    [reconfiguration === "in-progress", "reconf_inprog"],
    [reconfiguration === "done", "reconf_done"],
    [instance.isForced, "force_failover"],
    [instance.isScriptKillSent, "script_kill_sent"],
    [instance.isRebooting, "master_reboot"],
  ] as const;
  return flags.flatMap(([isSet, flag]) => (isSet ? [flag] : [])).join(",");
}

/** One of the connections that its kind needs is not there. */
function isDisconnected({ kind, link }: Instance): boolean {
  return !link.areCommandsConnected || (kind !== "sentinel" && !link.areEventsConnected);
}
