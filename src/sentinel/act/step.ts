/**
 * One step of a Sentinel: the only way, beside the decisions that commands call with a Draft, in which
 * the model changes.
 *
 * What always holds: it does nothing itself. What is to be done are the actions, to be carried out in
 * their order; whoever does so tells what came of them by further events.
 */
import { SAVE_RETRY_MS } from "../model/constants";
import { Draft } from "../model/draft";
import type { Instance } from "../model/instance";
import type {
  PeerReply,
  RequestKind,
  SentinelAction,
  SentinelEvent,
  StepContext,
} from "../model/sentinel-event";
import type { SentinelModel } from "../model/sentinel-model";
import { onAskReply } from "../monitor/ask-reply";
import { ignoreInput, shownText } from "../monitor/bad-input";
import { onInfoReply } from "../monitor/info-reply";
import { onClosed, onConnected } from "../monitor/links";
import { isWatched, shareLink } from "../monitor/members";
import { onPingReply } from "../monitor/ping-reply";
import { errorOf } from "../monitor/reply-shape";
import { checkEmptyMaster } from "./empty-master";
import { receiveHello } from "./heard-configuration";
import { drawConsequences } from "./info-consequences";
import { overseeAll, overseeMaster } from "./oversee";
import { onHandOverRefused } from "./promotion";
import { checkTilt } from "./tilt";
import { tellMonitored } from "./watching";

export function step(
  model: SentinelModel,
  event: SentinelEvent,
  context: StepContext,
): readonly SentinelAction[] {
  const draft = new Draft(model, context);
  apply(draft, event);
  return draft.actions;
}

function apply(draft: Draft, event: SentinelEvent): void {
  switch (event.kind) {
    case "start":
      onStart(draft);
      break;
    case "tick":
      checkTilt(draft);
      retrySaving(draft);
      overseeAll(draft);
      break;
    case "connected":
      onConnected(draft, event.link, event.of);
      break;
    case "closed":
      onClosed(draft, event.link, event.of, event.reason);
      break;
    case "reply":
      onReply(draft, event.instance, event.request, event.reply);
      break;
    case "hello":
      receiveHello(draft, event.text, event.link);
      break;
    case "pre-failover-script":
      onScriptEnd(draft, event.master, event.allows);
      break;
  }
}

function onStart(draft: Draft): void {
  for (const master of draft.model.masters.values()) {
    for (const sentinel of master.sentinels.values()) shareLink(draft.model, sentinel);
    tellMonitored(draft, master);
  }
}

function retrySaving(draft: Draft): void {
  const { isSaved, lastSaveMs } = draft.model;
  if (!isSaved && draft.nowMs - lastSaveMs >= SAVE_RETRY_MS) draft.save();
}

function onReply(draft: Draft, instance: Instance, request: RequestKind, reply: PeerReply): void {
  const { link } = instance;
  if (link.pendingCommands > 0) link.pendingCommands -= 1;
  // What was removed meanwhile has nothing to say any more.
  if (!isWatched(draft.model, instance)) return;
  const master = instance.master ?? instance;
  switch (request) {
    case "ping":
      onPingReply(draft, instance, reply);
      break;
    case "info":
      if (!onInfoReply(draft, instance, reply)) return;
      checkEmptyMaster(draft, instance);
      drawConsequences(draft, instance);
      if (master.isFailingOver) overseeMaster(draft, master);
      break;
    case "ask":
      onAskReply(draft, instance, reply);
      overseeMaster(draft, master);
      break;
    case "hand-over": {
      const error = errorOf(reply);
      if (error !== undefined) onHandOverRefused(draft, instance, error);
      break;
    }
    case "reconfigure":
      noteRefusal(draft, instance, reply);
      break;
    case "hello":
    case "script-kill":
      break;
  }
}

/** An order that was refused shows as a role that does not change; the log says why. */
function noteRefusal(draft: Draft, instance: Instance, reply: PeerReply): void {
  const error = errorOf(reply);
  if (error !== undefined) ignoreInput(draft, instance, `the refusal ${shownText(error)}`);
}

function onScriptEnd(draft: Draft, master: Instance, allows: boolean): void {
  if (master.preFailover !== "running") return;
  master.preFailover = allows ? "allowed" : "denied";
  if (isWatched(draft.model, master)) overseeMaster(draft, master);
}
