/**
 * The master's answer to SYNC and PSYNC: an error, the rest of the stream, or a whole copy. It reads
 * the request, the state and what the backlog holds, and changes nothing.
 */
import { isSameId } from "./history";
import type { ReplicationState } from "./replication-state";

export interface SyncRequest {
  /** SYNC comes from peers that know no offsets: they are told none and send no ACK. */
  readonly command: "sync" | "psync";
  /** `?` asks for a full copy. */
  readonly id: string;
  /** The first byte that is wanted. */
  readonly offset: number;
  /** PSYNC .. FAILOVER: the master asks this replica to take over first. */
  readonly isFailover: boolean;
}

/** What the connection said in REPLCONF before, and what it has to read yet. */
export interface Asker {
  /** For the log: announced or real `ip:port`. */
  readonly name: string;
  readonly capabilities: ReplicaCapabilities;
  /** REPLCONF rdb-filter-only: anything but the whole data set. */
  readonly isFiltered: boolean;
  readonly hasPendingOutput: boolean;
  /** The first byte of the stream from which on it understands all of it; absent: all there is. */
  readonly readableFrom?: number;
}

export interface ReplicaCapabilities {
  /** It can read a file that is ended by a mark. */
  readonly eof: boolean;
  readonly psync2: boolean;
}

export interface BacklogRange {
  readonly isOpen: boolean;
  readonly firstOffset: number;
  /** The last byte. */
  readonly offset: number;
}

export type SyncAnswer =
  /** An error reply; its first word is `-CODE` when it has a code of its own. */
  | { readonly kind: "refuse"; readonly error: string; readonly log?: LogLine }
  /** Step `promote` first, then ask again without isFailover. */
  | { readonly kind: "promote"; readonly log: LogLine }
  /** Send `line`, then the stream from `from` on. */
  | {
      readonly kind: "continue";
      readonly line: string;
      readonly from: number;
      readonly logs: readonly LogLine[];
    }
  /** `isPartialRefused`: counted in sync_partial_err. */
  | {
      readonly kind: "full";
      readonly isPartialRefused: boolean;
      readonly logs: readonly LogLine[];
    };

export interface LogLine {
  readonly level: "notice" | "warning";
  readonly text: string;
}

export function answerSync(
  state: ReplicationState,
  backlog: BacklogRange,
  request: SyncRequest,
  asker: Asker,
): SyncAnswer {
  const refusal = refusalOf(state, request, asker);
  if (refusal !== undefined) return refusal;
  const asks = notice(`Replica ${asker.name} asks for synchronization`);
  if (request.command === "sync") return { kind: "full", isPartialRefused: false, logs: [asks] };
  const reasons = reasonsAgainst(state, backlog, request, asker);
  if (reasons.length > 0) {
    const isPartialRefused = !request.id.startsWith("?");
    return { kind: "full", isPartialRefused, logs: [asks, ...reasons] };
  }
  const bytes = backlog.offset + 1 - request.offset;
  const accepted = notice(
    `Partial resynchronization request from ${asker.name} accepted. ` +
      `Sending ${bytes} bytes of backlog starting from offset ${request.offset}.`,
  );
  const line = asker.capabilities.psync2 ? `+CONTINUE ${state.history.id}` : "+CONTINUE";
  return { kind: "continue", line, from: request.offset, logs: [asks, accepted] };
}

/** The line before a file, for those that asked by PSYNC. */
export function fullResyncLine(id: string, offset: number): string {
  return `+FULLRESYNC ${id} ${offset}`;
}

function refusalOf(
  state: ReplicationState,
  request: SyncRequest,
  asker: Asker,
): SyncAnswer | undefined {
  if (request.isFailover) {
    const log = warning(`Failover request received for replid ${request.id}.`);
    if (state.master === undefined) {
      return { kind: "refuse", error: "PSYNC FAILOVER can't be sent to a master.", log };
    }
    if (!isSameId(request.id, state.history.id)) {
      return { kind: "refuse", error: "PSYNC FAILOVER replid must match my replid.", log };
    }
    return { kind: "promote", log };
  }
  if (state.failover !== undefined) {
    return refuse("-NOMASTERLINK Can't SYNC while failing over");
  }
  if (state.master !== undefined && state.link.phase !== "connected") {
    return refuse("-NOMASTERLINK Can't SYNC while not connected with my master");
  }
  if (asker.hasPendingOutput) return refuse("SYNC and PSYNC are invalid with pending output");
  if (asker.isFiltered && !asker.capabilities.eof) {
    return refuse("Filtered replica requires EOF capability");
  }
  return undefined;
}

/** Why the stream cannot be read on from where the replica is; empty when it can. */
function reasonsAgainst(
  { history }: ReplicationState,
  backlog: BacklogRange,
  { id, offset }: SyncRequest,
  { name, readableFrom = 0 }: Asker,
): readonly LogLine[] {
  const isCurrent = isSameId(id, history.id);
  const isFormer = isSameId(id, history.secondId);
  if (!isCurrent && !(isFormer && offset <= history.secondOffset)) {
    if (id.startsWith("?")) return [notice(`Full resync requested by replica ${name}`)];
    if (isFormer) {
      return [
        notice(
          "Partial resynchronization not accepted: Requested offset for second ID was " +
            `${offset}, but I can reply up to ${history.secondOffset}`,
        ),
      ];
    }
    return [
      notice(
        "Partial resynchronization not accepted: Replication ID mismatch (Replica asked for " +
          `'${id}', my replication IDs are '${history.id}' and '${history.secondId}')`,
      ),
    ];
  }
  const { isOpen, firstOffset, offset: last } = backlog;
  if (isOpen && offset >= firstOffset && offset <= last + 1) {
    if (offset >= readableFrom) return [];
    return [
      notice(
        `Partial resynchronization not accepted: replica ${name} is too old for what was ` +
          "written since it was here.",
      ),
    ];
  }
  const lack = notice(
    `Unable to partial resync with replica ${name} for lack of backlog ` +
      `(Replica request was: ${offset}).`,
  );
  if (offset <= last) return [lack];
  const ahead =
    `Warning: replica ${name} tried to PSYNC with an offset that is greater than the master ` +
    "replication offset.";
  return [lack, warning(ahead)];
}

function refuse(error: string): SyncAnswer {
  return { kind: "refuse", error };
}

function notice(text: string): LogLine {
  return { level: "notice", text };
}

function warning(text: string): LogLine {
  return { level: "warning", text };
}
