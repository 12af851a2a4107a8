import { randomBytes } from "node:crypto";
import { latin1Bytes } from "../../base/bytes";
import type { Config } from "../../config/config";
import { ChunkRing } from "../../persistence/snapshot/chunk-ring";
import type { RdbSaves } from "../../persistence/snapshot/rdb-saves";
import type { SaveOutcome } from "../../persistence/snapshot/save-order";
import { encodeRequest } from "../../protocol/encode-request";
import type { BacklogReader } from "../backlog";
import {
  dueFullSync,
  type FullSyncSettings,
  type FullSyncStart,
  planFullSync,
  type RunningJob,
  startFullSync,
  type WaitingReplica,
} from "../decisions/full-sync-plan";
import { fullResyncLine, type LogLine } from "../decisions/sync-answer";
import { OLD_RDB_VERSION } from "../old-peers/retelling";
import type { Replication } from "../replication";
import { CopyFile, CopyStream, FileCopy } from "./copy";
import type { Replica } from "./replica";
import type { Replicas } from "./replicas";
import type { SegmentNumbers } from "./segment-numbers";
import type { SyncCounts } from "./sync-counts";

export interface FullSyncParts {
  readonly config: Config;
  readonly log: { notice(text: string): void; warning(text: string): void };
  readonly replication: Replication;
  readonly replicas: Replicas;
  readonly segments: SegmentNumbers;
  readonly saves: RdbSaves;
  readonly isOtherJobRunning: () => boolean;
  readonly counts: SyncCounts;
  readonly monotonicMs: () => number;
  /** The database that the next command of a master's stream goes to, on its replica. */
  readonly streamDb: () => number;
  /** Writes to a client that may not be the one being answered. */
  readonly write: (replica: Replica, bytes: Uint8Array) => void;
  /** Sends an error line and closes when it has been sent. */
  readonly refuse: (replica: Replica, error: string) => void;
  /** The next command of the stream is to name its database. */
  readonly reselect: () => void;
  /** Has what is ready sent, outside of a turn. */
  readonly flushOutside: () => void;
  /** Removes the file that was made for replicas only, when nobody else needs it. */
  readonly removeFile: () => void;
}

interface Job {
  readonly kind: "disk" | "sockets";
  readonly offset: number;
  readonly first: Replica;
  readonly filter: string;
  readonly isOldPeer: boolean;
  /** What goes before the stream for who does not learn from the file where that goes on. */
  readonly prologue: Uint8Array | undefined;
  /** Keeps the stream from the offset on for those that join. */
  readonly reader: BacklogReader;
  readonly replicas: Set<Replica>;
  readonly stream: CopyStream | undefined;
}

const MARK_BYTES = 20;
const SAVE_FAILED = "BGSAVE failed, replication can't continue";
/** How long it is taken for granted that a key is still there which old replicas cannot hold. */
const TOO_NEW_PAUSE_MS = 15_000;
const NEWLINE = latin1Bytes("\n");

/**
 * Whole copies of the data set for replicas: one at a time, made by the thread of snapshots, shared
 * by all that can read what has been written since it began.
 *
 * When one is begun is decided in decisions/full-sync-plan.ts. What always holds: the offset that a
 * replica is told is the place in the stream of exactly the data that it is sent, and it holds the
 * backlog from there on; a replica that goes away lets go of file, ring and backlog at once.
 */
export class FullSyncs {
  readonly #parts: FullSyncParts;
  #job: Job | undefined;
  /** The stream that replicas still read, maybe after its snapshot has ended. */
  readonly #streams = new Set<CopyStream>();
  /** Tried once after the usual version could not hold the data. */
  #wantsNewest = false;
  /** Why old replicas could not be given a copy when one was tried last. */
  #tooNew: { readonly problem: string; readonly sinceMs: number } | undefined;

  constructor(parts: FullSyncParts) {
    this.#parts = parts;
  }

  /** A replica that has been told that it needs one. It has been added to the replicas. */
  request(replica: Replica): void {
    const { replication, counts } = this.#parts;
    counts.full++;
    if (!replication.backlog.isOpen) replication.step({ kind: "backlog-needed" });
    const plan = planFullSync(this.#waiting(replica), this.#runningJob, this.#settings);
    if (plan.kind === "start") {
      const start = startFullSync(
        this.#allWaiting.map((one) => this.#waiting(one)),
        this.#settings,
      );
      this.#start(start);
      return;
    }
    this.#tell(plan.log);
    if (plan.kind === "join") this.#join(replica);
  }

  /** Once per second. */
  tick(): void {
    for (const replica of this.#parts.replicas.list) {
      // It shows that the connection lives; nothing else may be sent before the file.
      const { phase } = replica;
      if (phase === "waiting" || phase === "saving") this.#parts.write(replica, NEWLINE);
    }
    if (this.#runningJob.kind !== "none") return;
    const waiting = this.#allWaiting.map((one) => this.#waiting(one));
    const start = dueFullSync(waiting, this.#settings, this.#parts.monotonicMs());
    if (start !== undefined) this.#start(start);
  }

  /** Before replicas are given anything in a turn. */
  beginSends(): void {
    for (const stream of this.#streams) {
      if (stream.isUnused) this.#streams.delete(stream);
      else stream.freeTaken();
    }
  }

  /** A replica has left. */
  gone(replica: Replica): void {
    const job = this.#job;
    if (job === undefined || !job.replicas.delete(replica) || job.replicas.size > 0) return;
    // Nobody joins it any more, and the history that it is of may end before its snapshot does.
    job.reader.close();
    if (job.kind === "disk") return;
    const { log, saves } = this.#parts;
    log.notice("Diskless rdb transfer, last replica dropped, killing fork child.");
    saves.cancel();
  }

  /**
   * Why no old replica can be given a copy, as far as is known; who is refused comes back every
   * second, and the whole data set is not written for that each time.
   */
  get oldPeerProblem(): string | undefined {
    const tooNew = this.#tooNew;
    if (tooNew === undefined) return undefined;
    return this.#parts.monotonicMs() - tooNew.sinceMs < TOO_NEW_PAUSE_MS
      ? tooNew.problem
      : undefined;
  }

  get #settings(): FullSyncSettings {
    const { config } = this.#parts;
    return {
      isDiskless: config.flag("repl-diskless-sync"),
      delayMs: config.number("repl-diskless-sync-delay") * 1000,
      maxReplicas: config.number("repl-diskless-sync-max-replicas"),
    };
  }

  get #runningJob(): RunningJob {
    const { saves, isOtherJobRunning } = this.#parts;
    const job = this.#job;
    if (job === undefined) {
      if (saves.isRunning) return { kind: "other", isSave: true };
      return isOtherJobRunning() ? { kind: "other", isSave: false } : { kind: "none" };
    }
    if (job.kind === "sockets") return { kind: "socket-sync" };
    // As in Redis a save that no replica waits for any more cannot be joined.
    if (job.replicas.size === 0) return { kind: "other", isSave: true };
    const { offset, first, filter, isOldPeer } = job;
    const { capabilities } = first.greeting;
    return { kind: "disk-sync", offset, capabilities, filter, isOldPeer };
  }

  get #allWaiting(): readonly Replica[] {
    return this.#parts.replicas.list.filter(({ phase }) => phase === "waiting");
  }

  #waiting({ greeting, sinceMs, isOldPeer }: Replica): WaitingReplica {
    const { capabilities, filter } = greeting;
    return { capabilities, filter, isOldPeer, sinceMs };
  }

  #tell({ level, text }: LogLine): void {
    this.#parts.log[level](text);
  }

  #start({ target, replicas: chosen, log: line }: FullSyncStart): void {
    const { replication, segments, saves, reselect } = this.#parts;
    const waiting = this.#allWaiting;
    const replicas = chosen.map((index) => waiting[index]);
    this.#tell(line);
    // What has been done so far is told before the freeze, and what follows names its database.
    const { offset } = replication;
    if (replication.isMaster) reselect();
    const stream = target === "sockets" ? new CopyStream(new ChunkRing(), segments) : undefined;
    if (stream !== undefined) this.#streams.add(stream);
    const [first] = replicas;
    const job: Job = {
      kind: target,
      offset,
      first,
      filter: first.greeting.filter,
      isOldPeer: first.isOldPeer,
      prologue: this.#prologueFor(first),
      reader: replication.backlog.reader(offset + 1),
      replicas: new Set(),
      stream,
    };
    this.#job = job;
    for (const replica of replicas) this.#attach(replica, job);
    const hasBegun = saves.startBackground({
      ...(stream !== undefined && { ring: stream.ring }),
      ...this.#versionsFor(job),
      isFunctionsOnly: job.filter === "functions",
      published: () => this.#parts.flushOutside(),
      ended: (outcome) => this.#ended(job, outcome),
    });
    if (!hasBegun && this.#job === job) this.#ended(job, { kind: "failed", problem: SAVE_FAILED });
  }

  /**
   * A master's stream is passed on as it comes, from somewhere in its middle. Newer servers read in
   * the file which database it has come to.
   */
  #prologueFor({ isOldPeer }: Replica): Uint8Array | undefined {
    const { replication, streamDb } = this.#parts;
    if (!isOldPeer || replication.isMaster) return undefined;
    return encodeRequest(["SELECT", String(streamDb())]);
  }

  /** RDB versions other than those that are configured. */
  #versionsFor({ isOldPeer }: Job): { readonly versions?: readonly number[] } {
    if (isOldPeer) return { versions: [OLD_RDB_VERSION] };
    return this.#wantsNewest ? { versions: [12] } : {};
  }

  #join(replica: Replica): void {
    if (this.#job !== undefined) this.#attach(replica, this.#job);
  }

  /** From here on it is told nothing but the copy and what has been written since. */
  #attach(replica: Replica, job: Job): void {
    const { replication, write } = this.#parts;
    job.replicas.add(replica);
    replica.reader = replication.backlog.reader(job.offset + 1);
    replica.lastWriteMs = this.#parts.monotonicMs();
    replica.prologue = job.prologue;
    if (!replica.isOld) {
      // So that it counts to where the stream is.
      const offset = job.offset - (job.prologue?.length ?? 0);
      const line = fullResyncLine(replication.state.history.id, offset);
      write(replica, latin1Bytes(`${line}\r\n`));
      replica.isFramed = replica.greeting.isCompressed;
    }
    if (job.stream === undefined) {
      replica.phase = "saving";
      return;
    }
    replica.phase = "stream";
    const mark = latin1Bytes(randomBytes(MARK_BYTES).toString("hex"));
    write(replica, latin1Bytes(`$EOF:${Buffer.from(mark).toString("latin1")}\r\n`));
    replica.copy = job.stream.newCopy(mark);
  }

  #ended(job: Job, outcome: SaveOutcome): void {
    this.#job = undefined;
    job.reader.close();
    if (outcome.kind !== "saved") {
      const isTooNew = outcome.kind === "failed" && outcome.isTooNew === true;
      if (!job.isOldPeer) this.#wantsNewest = isTooNew;
      if (isTooNew && job.isOldPeer) {
        this.#tooNew = { problem: outcome.problem, sinceMs: this.#parts.monotonicMs() };
        this.#fail(job, `ERR ${outcome.problem}`);
      } else {
        this.#fail(job);
      }
    } else {
      if (!job.isOldPeer) this.#wantsNewest = false;
      if (job.stream !== undefined) job.stream.complete();
      else this.#sendFile(job, outcome);
    }
    this.#parts.flushOutside();
  }

  /** @param error what those are told that wait. */
  #fail(job: Job, error = SAVE_FAILED): void {
    const { log, refuse } = this.#parts;
    for (const replica of job.replicas) {
      log.warning("SYNC failed. BGSAVE child returned an error");
      // In the middle of a file an error line would be taken for a part of it.
      if (replica.phase === "stream") this.#parts.replicas.drop(replica);
      else refuse(replica, error);
    }
    if (job.stream?.isUnused === true) this.#streams.delete(job.stream);
  }

  #sendFile(job: Job, { descriptor, sizeBytes }: SaveOutcome & { kind: "saved" }): void {
    if (descriptor === undefined) {
      this.#fail(job);
      return;
    }
    const { segments, write, monotonicMs, removeFile } = this.#parts;
    const file = new CopyFile(descriptor, sizeBytes);
    for (const replica of job.replicas) {
      replica.phase = "file";
      replica.lastWriteMs = monotonicMs();
      write(replica, latin1Bytes(`$${sizeBytes}\r\n`));
      replica.copy = new FileCopy(file, segments);
    }
    if (job.replicas.size > 0) removeFile();
    file.leave();
  }
}
