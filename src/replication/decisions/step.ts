/** One step of a server's replication: the only way to a new state. */
import { Draft, NO_LINK } from "./draft";
import { abortFailover, beginFailover, checkFailover } from "./failover";
import { newHistory } from "./history";
import {
  whenClosed,
  whenConnected,
  whenLine,
  whenLoaded,
  whenLoadFailed,
  whenPayloadFailed,
  whenPayloadReceived,
  whenTick,
} from "./replica-link";
import type {
  ReplicationEvent,
  ReplicationState,
  StepContext,
  StepResult,
} from "./replication-state";
import { beginBacklog, follow, followAtStart, forgetBacklog, promote, restore } from "./role";

/** A server that has just been started: a master that nobody knows. */
export function initialState(id: string): ReplicationState {
  return {
    history: newHistory(id),
    master: undefined,
    link: NO_LINK,
    canResume: false,
    hasRefusedEmpty: false,
    failover: undefined,
  };
}

export function step(
  state: ReplicationState,
  event: ReplicationEvent,
  context: StepContext,
): StepResult {
  const draft = new Draft(state, context);
  apply(draft, event);
  return draft.result;
}

function apply(draft: Draft, event: ReplicationEvent): void {
  switch (event.kind) {
    case "follow":
      follow(draft, event.master);
      break;
    case "follow-at-start":
      followAtStart(draft, event.master);
      break;
    case "promote":
      promote(draft);
      break;
    case "restored":
      restore(draft, event.saved);
      break;
    case "backlog-forgotten":
      forgetBacklog(draft, event.ttlSeconds);
      break;
    case "backlog-needed":
      beginBacklog(draft);
      break;
    case "connected":
      whenConnected(draft);
      break;
    case "line":
      whenLine(draft, event.text);
      break;
    case "payload-received":
      whenPayloadReceived(draft, event.hasKeys);
      break;
    case "payload-failed":
      whenPayloadFailed(draft, event.problem);
      break;
    case "loaded":
      whenLoaded(draft, event.hasKeys);
      break;
    case "load-failed":
      whenLoadFailed(draft, event.problem);
      break;
    case "closed":
      whenClosed(draft, event.reason, event.isProtocolBroken);
      break;
    case "tick":
      whenTick(draft, event.lastReceivedMs);
      break;
    case "failover":
      beginFailover(draft, event);
      break;
    case "failover-abort":
      abortFailover(draft, "Failover manually aborted");
      break;
    case "failover-check":
      checkFailover(draft, event.replicas);
      break;
  }
}
