/** What instances are asked and told again and again: PING, INFO, and the hello message. */
import {
  HELLO_CHANNEL,
  MAX_PENDING_COMMANDS,
  PING_PERIOD_MS,
  URGENT_INFO_PERIOD_MS,
} from "../model/constants";
import type { Draft } from "../model/draft";
import { type Instance, type InstanceAddress, optionsOf } from "../model/instance";
import { announced } from "../model/instance-name";
import { formatHello } from "./hello-message";
import { commandName, sendInfo, sendPing } from "./requests";

/** Own addresses that are remembered at most. */
const MAX_ANNOUNCED = 1000;

/** Sends an instance what is due. */
export function sendDue(draft: Draft, instance: Instance): void {
  const { link } = instance;
  if (!link.areCommandsConnected) return;
  if (link.pendingCommands >= MAX_PENDING_COMMANDS * link.users.length) return;
  if (instance.kind !== "sentinel" && isInfoDue(draft, instance)) sendInfo(draft, instance);
  if (isPingDue(draft, instance)) sendPing(draft, instance);
  const helloAgeMs = draft.nowMs - instance.lastHelloSentMs;
  if (instance.lastHelloSentMs === 0 || helloAgeMs > draft.model.times.publishPeriodMs) {
    sendHello(draft, instance);
  }
}

function isInfoDue(draft: Draft, instance: Instance): boolean {
  const { nowMs, model } = draft;
  const { infoMs, infoAskedMs } = instance;
  const periodMs = isUrgent(instance) ? URGENT_INFO_PERIOD_MS : model.times.infoPeriodMs;
  // Whoever has not answered yet is asked again, but not with every tick.
  if (infoAskedMs > infoMs && nowMs - infoAskedMs < URGENT_INFO_PERIOD_MS) return false;
  return infoMs === 0 || nowMs - infoMs > periodMs;
}

/** Replicas that may become or follow another master at any moment. */
function isUrgent(instance: Instance): boolean {
  const { master } = instance;
  if (instance.kind !== "replica" || master === undefined) return false;
  return master.isObjectivelyDown || master.isFailingOver || instance.masterLinkDownMs !== 0;
}

function isPingDue(draft: Draft, instance: Instance): boolean {
  const { link } = instance;
  const { nowMs, model } = draft;
  const periodMs = Math.min(
    optionsOf(instance).downAfterMs,
    PING_PERIOD_MS,
    model.times.pingPeriodMs,
  );
  return nowMs - link.lastPongMs > periodMs && nowMs - link.lastPingMs > periodMs / 2;
}

/** Says hello over an instance: who this Sentinel is, and where it thinks the master is. */
export function sendHello(draft: Draft, instance: Instance): void {
  const { model, nowMs } = draft;
  const master = instance.master ?? instance;
  const host = model.announceIp === "" ? localAddress(draft, instance) : model.announceIp;
  const port = model.announcePort === 0 ? draft.context.listeningPort : model.announcePort;
  if (!model.isSaved || host === "" || port === 0) return;
  const address = currentAddress(master);
  const text = formatHello({
    host,
    port,
    id: model.myId,
    epoch: model.currentEpoch,
    masterName: master.name,
    masterHost: announced(address, model),
    masterPort: address.port,
    masterEpoch: master.configEpoch,
  });
  const words = [commandName(instance, "PUBLISH"), HELLO_CHANNEL, text];
  if (!draft.send(instance, "hello", words, true)) return;
  instance.lastHelloSentMs = nowMs;
  if (model.announcedAs.size < MAX_ANNOUNCED) model.announcedAs.add(`${host},${port}`);
}

function localAddress(draft: Draft, instance: Instance): string {
  return draft.context.localAddress(instance.link);
}

/** Says hello over everything that has to do with a master, because something new is to be told. */
export function sendHelloToAll(draft: Draft, master: Instance): void {
  sendHelloNow(draft, master);
  for (const replica of master.replicas.values()) sendHelloNow(draft, replica);
  for (const sentinel of master.sentinels.values()) sendHelloNow(draft, sentinel);
}

function sendHelloNow(draft: Draft, instance: Instance): void {
  instance.lastHelloSentMs = 0;
  sendHello(draft, instance);
}

/** The address of the master as others should know it: of the new one, once it has been promoted. */
export function currentAddress(master: Instance): InstanceAddress {
  const { promoted, failoverState } = master;
  const isPromoted = failoverState === "reconf_slaves" || failoverState === "update_config";
  return promoted !== undefined && isPromoted ? promoted.address : master.address;
}
