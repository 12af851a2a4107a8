/**
 * The connections to instances: opening them, at most once a second each, and noticing the dead ones.
 *
 * What always holds: a shared link is opened and checked for its first user alone; a link that is being
 * opened counts as there for what concerns patience, and as absent for requests.
 */
import { RECONNECT_PERIOD_MS } from "../model/constants";
import type { Draft } from "../model/draft";
import { type Instance, type InstanceLink, optionsOf } from "../model/instance";
import type { LinkKind } from "../model/sentinel-event";
import { toAddress } from "./address";
import { closeCommands, closeEvents, closeLink, forgetCommands, forgetEvents } from "./link-life";
import { sendDue } from "./periodic";
import { openingWords, sendInfo, sendPing } from "./requests";

/** Periods of hello messages without any of them, after which an events link is opened anew. */
const EVENTS_SILENCE_PERIODS = 3;

/** Opens what is not there. */
export function reconnect(draft: Draft, instance: Instance): void {
  const { link } = instance;
  const { nowMs } = draft;
  if (link.users[0] !== instance || !isAmiss(instance)) return;
  if (link.lastReconnectMs !== 0 && nowMs - link.lastReconnectMs < RECONNECT_PERIOD_MS) return;
  link.lastReconnectMs = nowMs;
  lookUp(draft, instance);
  if (!link.areCommandsConnected && !link.areCommandsConnecting) openCommands(draft, instance);
  if (needsEvents(instance) && !link.areEventsConnected && !link.areEventsConnecting) {
    link.areEventsConnecting = true;
    link.eventsSinceMs = nowMs;
    draft.connect(link, "events", openingWords(draft.model, instance, "events"));
  }
}

function openCommands(draft: Draft, instance: Instance): void {
  const { link } = instance;
  link.areCommandsConnecting = true;
  link.commandsSinceMs = draft.nowMs;
  // The ping is sent when the connection is there; who never answers is down from now on.
  if (link.unansweredPingMs === 0) link.unansweredPingMs = draft.nowMs;
  draft.connect(link, "commands", openingWords(draft.model, instance, "commands"));
}

/** A name may stand for another address by now. */
function lookUp(draft: Draft, instance: Instance): void {
  const { host, ip, port } = instance.address;
  if (!draft.model.resolveHostnames || instance.link.areCommandsConnected) return;
  const found = toAddress(host, port, draft.context);
  if (found === undefined || found.ip === ip) return;
  for (const user of instance.link.users) user.address = found;
  closeLink(draft, instance.link);
}

/** Some connection that it needs is neither there nor being opened. */
export function isAmiss(instance: Instance): boolean {
  const { link } = instance;
  if (!link.areCommandsConnected && !link.areCommandsConnecting) return true;
  return needsEvents(instance) && !link.areEventsConnected && !link.areEventsConnecting;
}

function needsEvents(instance: Instance): boolean {
  return instance.kind !== "sentinel";
}

export function onConnected(draft: Draft, link: InstanceLink, of: LinkKind): void {
  const first = link.users[0];
  if (first === undefined) return;
  if (of === "events") {
    link.areEventsConnecting = false;
    link.areEventsConnected = true;
    link.lastEventMs = draft.nowMs;
    return;
  }
  forgetCommands(link);
  link.areCommandsConnected = true;
  sendPing(draft, first);
  // Who has lost its data should be known before its replicas have thrown away theirs.
  if (first.kind === "master" && optionsOf(first).emptyMasterGraceMs !== 0) sendInfo(draft, first);
  for (const user of link.users) sendDue(draft, user);
}

export function onClosed(draft: Draft, link: InstanceLink, of: LinkKind, reason: string): void {
  const first = link.users[0];
  if (of === "commands") forgetCommands(link);
  else forgetEvents(link);
  if (first === undefined) return;
  const type = of === "commands" ? "-cmd-link-reconnection" : "-pubsub-link-reconnection";
  draft.event("debug", type, first, `#${reason}`);
}

/** Closes connections on which nothing comes any more; they are opened anew with the next tick. */
export function checkLink(draft: Draft, instance: Instance): void {
  const { link } = instance;
  if (link.users[0] !== instance) return;
  if (areCommandsStuck(draft, instance)) closeCommands(draft, link);
  const patienceMs = draft.model.times.minLinkReconnectPeriodMs;
  const silenceMs = EVENTS_SILENCE_PERIODS * draft.model.times.publishPeriodMs;
  const areEventsThere = link.areEventsConnected || link.areEventsConnecting;
  if (!areEventsThere || draft.nowMs - link.eventsSinceMs <= patienceMs) return;
  if (draft.nowMs - link.lastEventMs > silenceMs) closeEvents(draft, link);
}

function areCommandsStuck(draft: Draft, instance: Instance): boolean {
  const { link } = instance;
  const { nowMs } = draft;
  const halfDownMs = optionsOf(instance).downAfterMs / 2;
  const ageMs = nowMs - link.commandsSinceMs;
  const patienceMs = draft.model.times.minLinkReconnectPeriodMs;
  if (link.areCommandsConnecting) {
    // An attempt that a cut swallowed is not waited for until the system gives it up: it would still
    // be under way long after the cut has healed.
    return ageMs > Math.min(patienceMs, Math.max(halfDownMs, RECONNECT_PERIOD_MS));
  }
  if (!link.areCommandsConnected || ageMs <= patienceMs || link.unansweredPingMs === 0)
    return false;
  return nowMs - link.unansweredPingMs > halfDownMs && nowMs - link.lastPongMs > halfDownMs;
}
