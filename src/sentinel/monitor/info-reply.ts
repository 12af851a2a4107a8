/**
 * What the INFO of a data node says of it. It writes down what was seen; what follows from it is decided
 * by act/info-consequences.ts.
 */
import type { Draft } from "../model/draft";
import { type Instance, optionsOf } from "../model/instance";
import type { PeerReply } from "../model/sentinel-event";
import { toAddress } from "./address";
import { ignoreInput } from "./bad-input";
import { type InfoReport, parseInfo } from "./info-report";
import { addReplica } from "./members";
import { errorOf } from "./reply-shape";

/** False when nothing was learned. */
export function onInfoReply(draft: Draft, instance: Instance, reply: PeerReply): boolean {
  if (errorOf(reply) !== undefined) return false;
  const report = typeof reply === "string" ? parseInfo(reply) : undefined;
  if (report === undefined || typeof reply !== "string") {
    ignoreInput(draft, instance, "a reply to INFO that makes no sense");
    return false;
  }
  instance.info = reply;
  if (report.runId !== undefined) noteRunId(draft, instance, report.runId);
  if (instance.kind === "master") noteReplicas(draft, instance, report);
  noteData(instance, report);
  noteMaster(draft, instance, report);
  instance.infoMs = draft.nowMs;
  noteRole(draft, instance, report.role);
  return true;
}

function noteRunId(draft: Draft, instance: Instance, runId: string): void {
  if (instance.runId !== "" && instance.runId !== runId) {
    draft.event("notice", "+reboot", instance);
    if (instance.kind === "master" && optionsOf(instance).rebootDownAfterMs !== 0) {
      instance.isRebooting = true;
      instance.rebootingSinceMs = draft.nowMs;
    }
  }
  instance.runId = runId;
}

function noteReplicas(draft: Draft, master: Instance, report: InfoReport): void {
  for (const { host, port } of report.replicas) {
    const address = toAddress(host, port, draft.context);
    if (address !== undefined) addReplica(draft, master, address);
  }
}

function noteData(instance: Instance, report: InfoReport): void {
  instance.holdsKeys = report.holdsKeys ?? instance.holdsKeys;
  instance.isLoading = report.isLoading ?? false;
  instance.masterReplOffset = report.masterReplOffset ?? instance.masterReplOffset;
}

/** What a replica says of its master; it changes whenever host or port do. */
function noteMaster(draft: Draft, instance: Instance, report: InfoReport): void {
  instance.masterLinkDownMs = report.masterLinkDownMs ?? 0;
  if (report.role !== "slave") return;
  const host = report.masterHost ?? instance.masterHost;
  const port = report.masterPort ?? instance.masterPort;
  if (host !== instance.masterHost || port !== instance.masterPort) {
    instance.masterHost = host;
    instance.masterPort = port;
    instance.masterChangedMs = draft.nowMs;
  }
  instance.isMasterLinkUp = report.isMasterLinkUp ?? instance.isMasterLinkUp;
  instance.priority = report.priority ?? instance.priority;
  instance.replOffset = report.replOffset ?? instance.replOffset;
  instance.isAnnounced = report.isAnnounced ?? instance.isAnnounced;
}

function noteRole(draft: Draft, instance: Instance, role: InfoReport["role"]): void {
  if (instance.roleReported === role) return;
  instance.roleReported = role;
  instance.roleReportedMs = draft.nowMs;
  if (role === "slave") instance.masterChangedMs = draft.nowMs;
  const expected = instance.kind === "master" ? "master" : "slave";
  const type = role === expected ? "+role-change" : "-role-change";
  draft.event("verbose", type, instance, `new reported role is ${role}`);
}
