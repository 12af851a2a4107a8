/**
 * Becoming a replica and a master. Replicas of this server stay connected while it changes its
 * master and are dropped when the id of their history changes, so that they come back and learn it.
 */
import type { MasterAddress } from "../../config/special/replica-of";
import { type Draft, NO_LINK } from "./draft";
import { branch, newHistory } from "./history";
import { connectNow, loseMaster } from "./link-retry";
import type { ReplicationState, SavedReplication } from "./replication-state";

/** REPLICAOF with the master that is being followed does nothing. */
export function isAlreadyFollowing(state: ReplicationState, master: MasterAddress): boolean {
  const { master: current } = state;
  if (current === undefined) return false;
  return current.port === master.port && current.host.toLowerCase() === master.host.toLowerCase();
}

export function follow(draft: Draft, master: MasterAddress): void {
  const wasMaster = draft.state.master === undefined;
  closeLink(draft);
  draft.do({ kind: "unblock-clients" });
  draft.set({ master, hasRefusedEmpty: false });
  if (wasMaster) resumeFromOwn(draft);
  draft.notice(`Connecting to MASTER ${master.host}:${master.port}`);
  connectNow(draft);
}

/** The data set, if any, belongs to no history that the master could know, until `restored`. */
export function followAtStart(draft: Draft, master: MasterAddress): void {
  draft.set({ master, link: { ...NO_LINK, phase: "connect" }, canResume: false });
}

export function promote(draft: Draft): void {
  if (draft.state.master === undefined) return;
  closeLink(draft);
  draft.set({ hasRefusedEmpty: false });
  if (draft.state.canResume) draft.notice("Discarding previously cached master state.");
  const { id } = draft.state.history;
  const { offset } = draft.context;
  const newId = draft.context.newId();
  draft.branch(newId);
  draft.set({ master: undefined, link: NO_LINK, canResume: false });
  draft.warning(
    `Setting secondary replication ID to ${id}, valid up to offset: ${offset + 1}. ` +
      `New replication ID is ${newId}`,
  );
  draft.do({ kind: "drop-replicas" });
  // Replicas of either past may be anywhere in the databases when they read on from here.
  draft.do({ kind: "reselect" });
}

/**
 * The loaded file is what (saved.id, saved.offset) was. A replica asks its master for what follows.
 * A master starts a new history there: it may have lost writes that its replicas have, and they
 * can only come back from before that point.
 */
export function restore(draft: Draft, saved: SavedReplication): void {
  const past = newHistory(saved.id);
  draft.do({ kind: "open-backlog", offset: saved.offset });
  if (draft.state.master === undefined) {
    draft.set({ history: branch(past, saved.offset, draft.state.history.id) });
    return;
  }
  draft.set({ history: past });
  synthesize(draft);
  draft.do({ kind: "select-stream-db", db: saved.streamDb });
}

/** A backlog that comes back later has not seen what was written meanwhile. */
export function forgetBacklog(draft: Draft, ttlSeconds: number): void {
  draft.forgetHistory();
  draft.do({ kind: "close-backlog" });
  draft.notice(`Replication backlog freed after ${ttlSeconds} seconds without connected replicas.`);
}

/** Nothing has counted the writes until now, so nobody may have what the id stood for. */
export function beginBacklog(draft: Draft): void {
  const { id, secondId } = draft.forgetHistory();
  draft.do({ kind: "open-backlog", offset: draft.context.offset });
  draft.notice(`Replication backlog created, my new replication IDs are '${id}' and '${secondId}'`);
}

function resumeFromOwn(draft: Draft): void {
  if (!draft.context.isBacklogOpen) {
    draft.do({ kind: "open-backlog", offset: draft.context.offset });
  }
  synthesize(draft);
}

function synthesize(draft: Draft): void {
  draft.set({ canResume: true });
  draft.notice(
    "Before turning into a replica, using my own master parameters to synthesize a cached " +
      "master: I may be able to synchronize with the new master with just a partial transfer.",
  );
}

function closeLink(draft: Draft): void {
  const { phase } = draft.state.link;
  if (phase === "connected") loseMaster(draft, false);
  if (phase !== "none" && phase !== "connect") draft.do({ kind: "disconnect" });
}
