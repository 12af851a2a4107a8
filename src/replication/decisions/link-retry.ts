/** How a link to the master is begun, lost and begun again. */
import type { Draft } from "./draft";

/** An attempt that fails sooner is followed by the next one at the tick, not at once. */
const LEAST_BETWEEN_ATTEMPTS_MS = 1000;

/** Begins an attempt; the caller has said why in the log. */
export function connectNow(draft: Draft): void {
  const { master } = draft.state;
  if (master === undefined) return;
  draft.notice("MASTER <-> REPLICA sync started");
  draft.setLink({
    phase: "connecting",
    startedMs: draft.context.nowMs,
    awaited: [],
    sync: undefined,
    payload: undefined,
    isOldMaster: false,
    lostReason: undefined,
  });
  draft.do({ kind: "connect", master });
}

/** Gives this attempt up; the next one begins at the next tick. */
export function retryLater(draft: Draft): void {
  draft.do({ kind: "disconnect" });
  draft.setLink({ phase: "connect", awaited: [], sync: undefined, payload: undefined });
}

/**
 * Gives this attempt up and tries again at once, because the master's backlog may turn over. Redis
 * does so even when the master refuses at once, some thousand times a second; here no two attempts
 * begin within a second.
 */
export function retryNow(draft: Draft, why: "" | " after failure"): void {
  const { master, link } = draft.state;
  retryLater(draft);
  if (master === undefined) return;
  if (draft.context.nowMs - link.startedMs < LEAST_BETWEEN_ATTEMPTS_MS) return;
  draft.notice(`Reconnecting to MASTER ${master.host}:${master.port}${why}`);
  connectNow(draft);
}

/**
 * A link that carried the stream is gone. Its place in the stream is kept, unless what came last was
 * no command: then nobody knows what the bytes before it have been.
 */
export function loseMaster(draft: Draft, isProtocolBroken: boolean): void {
  draft.warning("Connection with master lost.");
  const { isOldMaster } = draft.state.link;
  const canResume = !isProtocolBroken && !isOldMaster;
  if (!isProtocolBroken) draft.notice("Caching the disconnected master state.");
  draft.set({ canResume });
  draft.setLink({ phase: "connect", downSinceMs: draft.context.nowMs });
}
