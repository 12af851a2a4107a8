/**
 * The replica's side of a link, from the first byte to the stream of commands: what each event means
 * in each phase. Behaviour and log lines are Redis 7.0's, asked with a master made of a few replies;
 * where Redis trusts what it should not (an unasked +CONTINUE, a malformed +FULLRESYNC), the attempt
 * is given up and the data stay.
 */

import { latin1Bytes } from "../../base/bytes";
import { parseSafeInteger } from "../../base/int64";
import type { Draft } from "./draft";
import { refusesEmptyCopy } from "./empty-master";
import { endFailover, failoverRejected, failoverUnanswered } from "./failover";
import { COMPRESSION_TAKEN, HANDSHAKE, isPingAnswer } from "./handshake";
import { isReplicationId, isSameId, newHistory } from "./history";
import { connectNow, loseMaster, retryLater, retryNow } from "./link-retry";
import type { LinkPhase, Payload, SyncPoint } from "./replication-state";

type PayloadEnd = Pick<Payload, "sizeBytes" | "mark">;

const MARK_BYTES = 40;
const EOF_HEADER = "$EOF:";
const FULL_RESYNC = "+FULLRESYNC";
const CONTINUE = "+CONTINUE";
/** Replies to PSYNC that will be others in a while. */
const TRANSIENT_ERRORS = ["-NOMASTERLINK", "-LOADING"];
/** In the error that PSYNC .. FAILOVER gets from a master. */
const ALREADY_MASTER = "PSYNC FAILOVER can't be sent to a master";
const HANDSHAKE_PHASES: ReadonlySet<LinkPhase> = new Set<LinkPhase>([
  "connecting",
  "ping",
  "auth",
  "port",
  "address",
  "capabilities",
  "compression",
  "psync",
]);
const TRANSFER_PHASES: ReadonlySet<LinkPhase> = new Set<LinkPhase>(["header", "transfer"]);

export function whenConnected(draft: Draft): void {
  if (draft.state.link.phase !== "connecting") return;
  draft.notice("Non blocking connect for SYNC fired the event.");
  draft.do({ kind: "send", words: ["PING"] });
  draft.setLink({ phase: "ping", isCompressed: false });
}

export function whenLine(draft: Draft, text: string): void {
  const { phase } = draft.state.link;
  // A master that is not ready to answer sends empty lines to show that it lives.
  if (text === "") return;
  if (phase === "ping") whenPingAnswer(draft, text);
  else if (phase === "psync") whenPsyncAnswer(draft, text);
  else if (phase === "header") whenHeader(draft, text);
  else whenIntroductionAnswer(draft, text);
}

export function whenClosed(draft: Draft, reason: string, isProtocolBroken: boolean): void {
  const { phase } = draft.state.link;
  if (phase === "none" || phase === "connect") return;
  if (phase === "connecting") {
    draft.warning(`Error condition on socket for SYNC: ${reason}`);
    retryLater(draft);
  } else if (phase === "psync") {
    failoverUnanswered(draft);
    draft.warning(`Failed to read response from the server: ${reason}`);
    draft.warning("Master did not reply to PSYNC, will try later");
    retryLater(draft);
  } else if (HANDSHAKE_PHASES.has(phase)) {
    draft.warning(`Failed to read response from the server: ${reason}`);
    draft.warning("Master did not respond to command during SYNC handshake");
    retryLater(draft);
  } else if (phase === "connected") {
    loseMaster(draft, isProtocolBroken);
    retryNow(draft, "");
  } else if (phase === "header") {
    draft.warning(`I/O error reading bulk count from MASTER: ${reason}`);
    retryNow(draft, " after failure");
  } else if (phase === "transfer") {
    draft.warning(`I/O error trying to sync with MASTER: ${reason}`);
    retryNow(draft, " after failure");
  } else {
    // What has come may be all that is needed; a file that is cut is noticed by its loader.
    draft.setLink({ lostReason: reason });
  }
}

export function whenTick(draft: Draft, lastReceivedMs: number): void {
  const { link, master } = draft.state;
  if (master === undefined) return;
  const heardMs = Math.max(lastReceivedMs, link.startedMs);
  const isOverdue = draft.context.nowMs - heardMs > draft.context.settings.timeoutMs;
  if (link.phase === "connect") {
    draft.notice(`Connecting to MASTER ${master.host}:${master.port}`);
    connectNow(draft);
  } else if (isOverdue && HANDSHAKE_PHASES.has(link.phase)) {
    draft.warning("Timeout connecting to the MASTER...");
    retryNow(draft, " after failure");
  } else if (isOverdue && TRANSFER_PHASES.has(link.phase)) {
    draft.warning(
      "Timeout receiving bulk data from MASTER... If the problem persists try to set the " +
        "'repl-timeout' parameter in redis.conf to a larger value.",
    );
    retryNow(draft, " after failure");
  } else if (link.phase === "loading") {
    const isComing = link.payload?.into !== "file";
    if (isOverdue && isComing) whenLoadFailed(draft, "Connection timed out");
    else draft.do({ kind: "reassure" });
  } else if (link.phase === "connected") {
    if (isOverdue) {
      draft.warning("MASTER timeout: no data nor PING received...");
      loseMaster(draft, false);
      retryNow(draft, "");
    } else if (!link.isOldMaster) draft.do({ kind: "acknowledge" });
  }
}

/** The file is complete on disk: from here on the old data are gone. */
export function whenPayloadReceived(draft: Draft, hasKeys: boolean): void {
  if (draft.state.link.phase !== "transfer" || refusesEmptyCopy(draft, hasKeys)) return;
  draft.enter("loading");
  leaveOldHistory(draft);
  draft.notice("MASTER <-> REPLICA sync: Flushing old data");
  draft.do({ kind: "empty" });
  draft.notice("MASTER <-> REPLICA sync: Loading DB in memory");
  draft.do({ kind: "load-file" });
}

export function whenPayloadFailed(draft: Draft, problem: string): void {
  if (draft.state.link.phase !== "transfer") return;
  draft.warning(problem);
  retryNow(draft, " after failure");
}

export function whenLoaded(draft: Draft, hasKeys: boolean): void {
  const { link } = draft.state;
  if (link.phase !== "loading") return;
  if (link.payload?.into === "swap") {
    if (refusesEmptyCopy(draft, hasKeys)) return;
    leaveOldHistory(draft);
    draft.notice("MASTER <-> REPLICA sync: Swapping active DB with loaded DB");
    draft.do({ kind: "swap-in" });
    draft.notice("MASTER <-> REPLICA sync: Discarding old DB in background");
  }
  // A server without PSYNC names no history: this copy is the beginning of one of its own.
  const sync = link.sync ?? { id: draft.context.newId(), offset: 0 };
  draft.set({ history: newHistory(sync.id), canResume: link.sync !== undefined });
  draft.do({ kind: "open-backlog", offset: sync.offset });
  draft.setLink({
    phase: "connected",
    isOldMaster: link.sync === undefined,
    downSinceMs: undefined,
    sync: undefined,
    payload: undefined,
  });
  draft.notice("MASTER <-> REPLICA sync: Finished with success");
  if (link.lostReason !== undefined) {
    loseMaster(draft, false);
    retryNow(draft, "");
    return;
  }
  draft.do({ kind: "stream" });
  // The master of a file that ends with a mark streams nothing before it hears that it was read.
  if (link.payload?.mark !== undefined && link.sync !== undefined) {
    draft.do({ kind: "acknowledge" });
  }
}

export function whenLoadFailed(draft: Draft, problem: string): void {
  const { link } = draft.state;
  if (link.phase !== "loading") return;
  const from = link.payload?.into === "file" ? "disk" : "socket";
  draft.warning(`Failed trying to load the MASTER synchronization DB from ${from}: ${problem}`);
  if (link.payload?.into !== "swap") draft.do({ kind: "empty" });
  else draft.notice("MASTER <-> REPLICA sync: Discarding temporary DB in background");
  retryNow(draft, " after failure");
}

function whenPingAnswer(draft: Draft, line: string): void {
  if (!isPingAnswer(line)) {
    draft.warning(`Error reply to PING from master: '${line}'`);
    retryLater(draft);
    return;
  }
  draft.notice("Master replied to PING, replication can continue...");
  const awaited: LinkPhase[] = [];
  for (const { phase, request } of HANDSHAKE) {
    const words = request(draft.context.settings);
    if (words === undefined) continue;
    draft.do({ kind: "send", words });
    awaited.push(phase);
  }
  awaitNext(draft, awaited);
}

function whenIntroductionAnswer(draft: Draft, line: string): void {
  const { phase, awaited } = draft.state.link;
  const step = HANDSHAKE.find((row) => row.phase === phase);
  if (step === undefined) return;
  if (line.startsWith("-")) {
    if (step.toleratedAs === undefined) {
      draft.warning(`Unable to AUTH to MASTER: ${line}`);
      retryLater(draft);
      return;
    }
    draft.notice(`(Non critical) Master does not understand ${step.toleratedAs}: ${line}`);
  }
  if (phase === "compression" && line === COMPRESSION_TAKEN) draft.setLink({ isCompressed: true });
  awaitNext(draft, awaited);
}

/** The lost answer to PSYNC .. FAILOVER was yes: the target is a master, and this its replica. */
function failoverAnswered(draft: Draft, line: string): boolean {
  if (draft.state.failover?.isUnanswered !== true || !line.includes(ALREADY_MASTER)) return false;
  endFailover(draft);
  retryLater(draft);
  return true;
}

/** Goes on to the next reply of the introduction, or asks for the data when all are there. */
function awaitNext(draft: Draft, awaited: readonly LinkPhase[]): void {
  const [next, ...rest] = awaited;
  if (next !== undefined) {
    draft.setLink({ phase: next, awaited: rest });
    return;
  }
  const { state, context } = draft;
  const words = ["PSYNC", "?", "-1"];
  if (state.canResume) {
    words[1] = state.history.id;
    words[2] = String(context.offset + 1);
    draft.notice(`Trying a partial resynchronization (request ${words[1]}:${words[2]}).`);
  } else {
    draft.notice("Partial resynchronization not possible (no cached master)");
  }
  if (state.failover?.phase === "failover-in-progress") words.push("FAILOVER");
  draft.do({ kind: "send", words });
  draft.setLink({ phase: "psync", awaited: [] });
}

function whenPsyncAnswer(draft: Draft, line: string): void {
  if (line.startsWith(FULL_RESYNC)) whenFullResync(draft, line);
  else if (line.startsWith(CONTINUE) && draft.state.canResume) whenContinue(draft, line);
  else if (TRANSIENT_ERRORS.some((error) => line.startsWith(error))) {
    draft.notice(`Master is currently unable to PSYNC but should be in the future: ${line}`);
    if (!failoverRejected(draft)) retryLater(draft);
  } else if (line.startsWith(CONTINUE)) {
    draft.warning(`Unexpected reply to PSYNC from master: ${line}`);
    retryLater(draft);
  } else {
    if (line.startsWith("-ERR")) {
      draft.notice(`Master does not support PSYNC or is in error state (reply: ${line})`);
    } else {
      draft.warning(`Unexpected reply to PSYNC from master: ${line}`);
    }
    if (failoverAnswered(draft, line) || failoverRejected(draft)) return;
    draft.notice("Retrying with SYNC...");
    draft.do({ kind: "send-sync" });
    draft.setLink({ phase: "header", sync: undefined });
  }
}

function whenFullResync(draft: Draft, line: string): void {
  const sync = syncPointOf(line.slice(FULL_RESYNC.length + 1));
  if (sync === undefined) {
    draft.warning("Master replied with wrong +FULLRESYNC syntax.");
    if (!failoverRejected(draft)) retryLater(draft);
    return;
  }
  draft.notice(`Full resync from master: ${sync.id}:${sync.offset}`);
  endFailover(draft);
  beginDecompressing(draft);
  draft.setLink({ phase: "header", sync });
}

function whenContinue(draft: Draft, line: string): void {
  draft.notice("Successful partial resynchronization with master.");
  const id = line.slice(CONTINUE.length + 1);
  if (isReplicationId(id) && id !== draft.state.history.id) {
    draft.warning(`Master replication ID changed to ${id}`);
    draft.branch(id);
    draft.do({ kind: "drop-replicas" });
  }
  endFailover(draft);
  beginDecompressing(draft);
  draft.set({ hasRefusedEmpty: false });
  if (!draft.context.isBacklogOpen) {
    draft.do({ kind: "open-backlog", offset: draft.context.offset });
  }
  draft.setLink({ phase: "connected", downSinceMs: undefined, isOldMaster: false });
  draft.notice("MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.");
  draft.do({ kind: "stream" });
}

function beginDecompressing(draft: Draft): void {
  if (draft.state.link.isCompressed === true) draft.do({ kind: "decompress" });
}

function whenHeader(draft: Draft, line: string): void {
  if (line.startsWith("-")) {
    draft.warning(`MASTER aborted replication with an error: ${line.slice(1)}`);
    retryNow(draft, " after failure");
    return;
  }
  const end = payloadEndOf(line);
  if (end === undefined) {
    draft.warning(
      `Bad protocol from MASTER, the first byte is not '$' (we received '${line}'), ` +
        "are you sure the host and port are right?",
    );
    retryNow(draft, " after failure");
    return;
  }
  const payload = payloadOf(draft, end);
  const where = payload.into === "file" ? "to disk" : "to parser";
  draft.notice(
    payload.mark === undefined
      ? `MASTER <-> REPLICA sync: receiving ${payload.sizeBytes} bytes from master ${where}`
      : `MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF ${where}`,
  );
  draft.setLink({ phase: payload.into === "file" ? "transfer" : "loading", payload });
  if (payload.into === "memory") {
    leaveOldHistory(draft);
    draft.notice("MASTER <-> REPLICA sync: Flushing old data");
    draft.do({ kind: "empty" });
  }
  if (payload.into !== "file") {
    draft.notice("MASTER <-> REPLICA sync: Loading DB in memory");
  }
  draft.do({ kind: "receive", payload });
}

function payloadOf(draft: Draft, end: PayloadEnd): Payload {
  const { settings, isDatasetEmpty } = draft.context;
  if (settings.disklessLoad === "swapdb") {
    const { link, history } = draft.state;
    const keepsServing = link.sync !== undefined && isSameId(link.sync.id, history.id);
    return { ...end, into: "swap", keepsServing };
  }
  const isDirect = settings.disklessLoad === "on-empty-db" && isDatasetEmpty;
  return { ...end, into: isDirect ? "memory" : "file", keepsServing: false };
}

/**
 * The data set will be the master's, so nobody may read on from what this server has been. The id
 * changes with it: were it kept while half of a file is in memory, (id, offset) would name other data.
 */
function leaveOldHistory(draft: Draft): void {
  if (draft.state.canResume) draft.notice("Discarding previously cached master state.");
  draft.forgetHistory();
  draft.do({ kind: "drop-replicas" });
  draft.do({ kind: "close-backlog" });
}

function syncPointOf(text: string): SyncPoint | undefined {
  const [id, offsetText, ...rest] = text.split(" ");
  if (id === undefined || offsetText === undefined || rest.length > 0) return undefined;
  const offset = naturalNumber(offsetText);
  return isReplicationId(id) && offset !== undefined ? { id, offset } : undefined;
}

function payloadEndOf(line: string): PayloadEnd | undefined {
  if (line.startsWith(EOF_HEADER) && line.length >= EOF_HEADER.length + MARK_BYTES) {
    const mark = line.slice(EOF_HEADER.length, EOF_HEADER.length + MARK_BYTES);
    return { sizeBytes: undefined, mark };
  }
  const sizeBytes = line.startsWith("$") ? naturalNumber(line.slice(1)) : undefined;
  return sizeBytes === undefined ? undefined : { sizeBytes, mark: undefined };
}

function naturalNumber(text: string): number | undefined {
  const value = parseSafeInteger(latin1Bytes(text), 0, text.length);
  return value >= 0 ? value : undefined;
}
