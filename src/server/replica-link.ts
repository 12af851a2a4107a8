import type { Pipeline } from "../command/pipeline";
import { decodeUtf8 } from "../config/byte-text";
import type { DataCall } from "../keyspace/data-call";
import type { Eviction } from "../keyspace/eviction";
import type { CronTask } from "../process/cron";
import { loadCopy } from "../replication/replica/copy-loading";
import { linkFields } from "../replication/replica/link-fields";
import { MasterLink } from "../replication/replica/master-link";
import { READ_ONLY_GATE, STALE_GATE } from "../replication/replica/replica-gates";
import { savedPlaceOf } from "../replication/replica/saved-place";
import { StreamRunner, type StreamRunnerParts } from "../replication/replica/stream-runner";
import { SyncedOffset } from "../replication/replica/synced-offset";
import type { SessionContext } from "../session/session-context";
import type { PersistenceService } from "./persistence-service";
import type { ReplicationService } from "./replication-service";

export interface ReplicaLinkParts {
  readonly session: SessionContext;
  readonly eviction: Eviction;
  readonly call: DataCall;
  readonly pipeline: Pipeline<DataCall>;
  readonly persistence: PersistenceService;
  readonly service: ReplicationService;
  readonly warm: StreamRunnerParts["warm"];
  /** Sends what was written outside of a turn. */
  readonly flushOutside: () => void;
}

const TICK_MS = 100;
const TICKS_PER_SECOND = 10;

/** The link of this server to its master, wired to keyspace, files, gates and INFO. */
export class ReplicaLink {
  readonly shell: MasterLink;
  readonly #parts: ReplicaLinkParts;
  /** The append only file is to begin anew with the data set that comes. */
  #isAofStopped = false;
  /** The master that the configuration names has been taken from it. */
  #hasBegun = false;
  /** So that the first tick is a whole one. */
  #ticks = TICKS_PER_SECOND - 1;

  constructor(parts: ReplicaLinkParts) {
    const { session, call, pipeline, persistence, service } = parts;
    const { config, clock, log } = session;
    const { keyspace } = call;
    const { replication } = service;
    this.#parts = parts;
    const synced = new SyncedOffset(persistence.aof);
    const runner = new StreamRunner({
      call,
      pipeline,
      backlog: {
        append: (bytes, at, length) => {
          service.oldPeers.passOn(bytes, at, length);
          replication.backlog.append(bytes, at, length);
        },
      },
      log,
      monitors: session.monitors,
      warm: parts.warm,
      begin: () => this.#begin(),
      ended: () => {
        parts.flushOutside();
        if (persistence.aof.state === "on") synced.settled(replication.backlog.offset, call.nowMs);
      },
      acknowledge: () => this.shell.acknowledge(),
    });
    this.shell = new MasterLink({
      replication,
      runner,
      log,
      loadLz4: () => service.lz4(),
      codecs: persistence.codecs,
      monotonicMs: () => clock.monotonicMs(),
      nowMs: () => clock.nowMs(),
      directory: () => decodeUtf8(config.text("dir")),
      fileName: () => decodeUtf8(config.text("dbfilename")),
      bindAddress: () => config.text("bind-source-addr"),
      empty: () => {
        keyspace.events.emptied();
        for (const database of keyspace.databases) keyspace.flush(database);
      },
      stopSaves: () => this.#stopFiles(),
      load: (path, isWanted) => loadCopy(persistence.loadingParts, path, isWanted),
      syncedOffset: (offset) => (persistence.aof.state === "on" ? synced.at(offset) : -1),
      counted: (bytes) => {
        service.master.counts.receivedBytes += bytes;
      },
      loading: persistence.loadingParts,
      loaded: ({ functions, isOnDisk }) => {
        persistence.saves.functions = functions;
        if (isOnDisk) keyspace.stats.savedChanges = keyspace.stats.changes;
        synced.reset();
        this.#restartAof();
      },
    });
    service.becameDurable = () => this.shell.becameDurable();
    service.needsFile = () => this.shell.needsFile;
    persistence.restored = (facts, keysExpired) => this.#restored(facts, keysExpired);
    service.linkFields = () =>
      linkFields(
        replication,
        this.shell,
        {
          priority: config.number("replica-priority"),
          isReadOnly: config.flag("replica-read-only"),
          isAnnounced: config.flag("replica-announced"),
          refusesEmptyMaster: config.flag("replica-refuse-empty-master"),
        },
        clock.monotonicMs(),
      );
    const directives = [
      "replica-read-only",
      "replica-serve-stale-data",
      "replica-ignore-maxmemory",
    ] as const;
    config.onChange(directives, () => {
      this.raiseGates();
      return undefined;
    });
  }

  /** The master that the configuration names is followed from the first tick on. */
  begin(): void {
    const { session, service } = this.#parts;
    const master = session.config.value("replicaof");
    this.#hasBegun = true;
    if (master !== undefined) service.replication.step({ kind: "follow-at-start", master });
  }

  /** What depends on the role and the link is set by them. */
  stepped(): void {
    this.raiseGates();
    const { persistence, service, session } = this.#parts;
    // Also after FAILOVER, by which nobody has given REPLICAOF here.
    if (this.#hasBegun) session.config.record("replicaof", service.replication.state.master);
    if (service.replication.isMaster && !persistence.loading.isLoading) this.#restartAof();
  }

  /** After every step, and when a directive changes. */
  raiseGates(): void {
    const { session, pipeline, service, eviction, persistence } = this.#parts;
    const { config } = session;
    const { isMaster, state } = service.replication;
    const isStale = !isMaster && state.link.phase !== "connected";
    pipeline.setGate(READ_ONLY_GATE, !isMaster && config.flag("replica-read-only"));
    pipeline.setGate(STALE_GATE, isStale && !config.flag("replica-serve-stale-data"));
    // The master evicts for both of them.
    const ignoresLimit = !isMaster && config.flag("replica-ignore-maxmemory");
    eviction.appliesLimit = !persistence.loading.isLoading && !ignoresLimit;
  }

  tasks(): CronTask[] {
    return [{ name: "replica-link", periodMs: TICK_MS, run: () => this.#tick() }];
  }

  /**
   * The file at the start is a place in a history. A master that has left out keys because they had
   * expired is not at that place: Redis tells its replicas that they are gone, here they are sent a
   * whole copy.
   */
  #restored(facts: ReadonlyMap<string, string>, keysExpired: number): void {
    const { replication } = this.#parts.service;
    const saved = savedPlaceOf(facts, this.#parts.call.keyspace.databases.length);
    if (saved === undefined || (replication.isMaster && keysExpired > 0)) return;
    replication.step({ kind: "restored", saved });
  }

  #tick(): void {
    const { replication } = this.#parts.service;
    if (replication.isMaster) return;
    this.#ticks += 1;
    const isFast = replication.state.failover !== undefined;
    if (this.#ticks < TICKS_PER_SECOND && !isFast) return;
    this.#ticks = 0;
    this.shell.tick();
  }

  /** No file of the old data set may take the place of one of the new, nor be written on. */
  #stopFiles(): void {
    const { aof, saves } = this.#parts.persistence;
    saves.cancel();
    if (aof.state === "off") return;
    aof.stop();
    this.#isAofStopped = true;
  }

  /** The append only file begins with what the data set is now. */
  #restartAof(): void {
    if (!this.#isAofStopped) return;
    this.#isAofStopped = false;
    const { persistence, session } = this.#parts;
    if (session.config.flag("appendonly")) persistence.aof.start(false);
  }

  /** Commands of the master are going to be run. */
  #begin(): number {
    const { session, call } = this.#parts;
    const nowMs = session.clock.nowMs();
    call.keyspace.setTime(nowMs);
    return nowMs;
  }
}
