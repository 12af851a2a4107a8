import { randomBytes } from "node:crypto";
import { unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Pipeline } from "../command/pipeline";
import type { CommandSpec } from "../command/spec";
import type { DataCall } from "../keyspace/data-call";
import type { Keyspace } from "../keyspace/keyspace";
import { MAX_SEGMENTS } from "../memory/block-memory";
import { type Lz4Blocks, loadLz4 } from "../native/lz4-blocks";
import type { SavedData } from "../persistence/rdb/dataset-writer";
import { DumpPayload } from "../persistence/rdb/dump-payload";
import type { CronTask } from "../process/cron";
import type { InfoField } from "../process/info/info-section";
import type { Shutdown } from "../process/shutdown";
import { encodeRequest } from "../protocol/encode-request";
import type { LinkSettings } from "../replication/decisions/replication-state";
import { savedReplication } from "../replication/decisions/saved-replication";
import { failoverCommand } from "../replication/master/failover-command";
import { GOOD_REPLICAS_GATE } from "../replication/master/good-replicas-gate";
import { LastReplicas } from "../replication/master/last-replicas";
import { MasterSide } from "../replication/master/master-side";
import { replconfCommand } from "../replication/master/replconf";
import { SegmentNumbers } from "../replication/master/segment-numbers";
import { syncCommands } from "../replication/master/sync-commands";
import { Wait, waitCommand } from "../replication/master/wait";
import { waitAofCommand } from "../replication/master/wait-aof";
import { OldPeers } from "../replication/old-peers/old-peers";
import { OldWords } from "../replication/old-peers/old-words";
import { replicaOfCommands } from "../replication/replica/replicaof-command";
import { type LinkShell, Replication } from "../replication/replication";
import { compressionFields, historyFields, replicaFields } from "../replication/replication-fields";
import { roleCommand } from "../replication/role-command";
import type { BlockedClients } from "../session/blocked-clients";
import { PAUSE_WRITE } from "../session/pauses";
import type { SessionContext } from "../session/session-context";
import type { TurnLoop } from "../session/turn-loop";
import { AllBlocked } from "./all-blocked";
import type { PersistenceService } from "./persistence-service";
import { valueSavers } from "./value-codecs";

export interface ReplicationServiceParts {
  readonly session: SessionContext;
  readonly keyspace: Keyspace;
  readonly persistence: PersistenceService;
  readonly shutdown: Shutdown;
  /** The letter in front of log lines. */
  readonly setLogRole: (role: "master" | "replica") => void;
}

/** What only exists when commands and turns do. */
export interface ReplicationEffects {
  readonly call: DataCall;
  readonly pipeline: Pipeline<DataCall>;
  readonly loop: TurnLoop<DataCall>;
  readonly link: LinkShell;
  /** Clients that wait for keys. */
  readonly blocking: BlockedClients;
}

const ID_BYTES = 20;
const TICK_MS = 100;
const TICKS_PER_SECOND = 10;
const ERR_ROLE_CHANGED =
  "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)";

/**
 * Replication put together: the one state, the replicas of this server (replication/master/), its
 * own link to a master (replication/replica/), and how both reach clients, keyspace and files.
 */
export class ReplicationService {
  readonly replication: Replication;
  readonly master: MasterSide;
  readonly oldPeers: OldPeers;
  /** INFO replication: what a replica tells of its link. */
  linkFields: () => readonly InfoField[] = () => [];
  /** Whether the next copy is to be received into a file, whatever is configured. */
  needsFile: () => boolean = () => false;
  /** Told when more than before is on the disk, for the master of this server. */
  becameDurable: () => void = () => undefined;
  /** Whom the end of the server waits for. */
  readonly lastReplicas: LastReplicas;
  readonly #parts: ReplicationServiceParts;
  readonly #wait: Wait;
  #call!: DataCall;
  #lz4: Lz4Blocks | string | undefined;
  #ticks = 0;
  #isDurableDue = false;

  constructor(parts: ReplicationServiceParts) {
    const { session, keyspace, persistence } = parts;
    const { config, clock, log, pauses } = session;
    const monotonicMs = (): number => clock.monotonicMs();
    const segments = new SegmentNumbers(session.transport, MAX_SEGMENTS);
    this.#parts = parts;
    this.replication = new Replication({
      backlogBytes: config.number("repl-backlog-size"),
      blocks: segments,
      log,
      monotonicMs,
      newId: () => randomBytes(ID_BYTES).toString("hex"),
      isDatasetEmpty: () => keyspace.databases.every(({ size }) => size === 0),
      linkSettings: () => this.#linkSettings(),
      unblockClients: () => this.#unblockClients(),
      pauseWrites: (isPaused) => {
        if (isPaused) pauses.begin("failover", PAUSE_WRITE, Number.POSITIVE_INFINITY);
        else pauses.end("failover");
      },
      roleChanged: (isMaster) => {
        keyspace.expiresKeys = isMaster;
        parts.setLogRole(isMaster ? "master" : "replica");
        this.oldPeers.follow();
        this.master.judge();
      },
    });
    this.oldPeers = new OldPeers({
      replication: this.replication,
      policy: () => config.value("repl-compat"),
      monotonicMs,
      timeoutMs: () => config.number("repl-timeout") * 1000,
    });
    this.master = new MasterSide({
      session,
      replication: this.replication,
      saves: persistence.saves,
      segments,
      isOtherJobRunning: () => persistence.isOtherJobRunning(),
      removeFile: () => this.#removeFile(),
      oldPeers: this.oldPeers,
      loadLz4: () => this.lz4(),
    });
    const { replication, master } = this;
    this.lastReplicas = new LastReplicas({ replication, master, pauses, log, monotonicMs });
    this.#wait = new Wait({
      replication: this.replication,
      master: this.master,
      monotonicMs,
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs).unref();
        return () => clearTimeout(timer);
      },
    });
    config.onChange("repl-backlog-size", () => {
      this.replication.backlog.resize(config.number("repl-backlog-size"));
      return undefined;
    });
  }

  /** Called once, when commands and turns exist. */
  attach({ call, pipeline, loop, link, blocking }: ReplicationEffects): void {
    const { session, persistence } = this.#parts;
    this.#call = call;
    this.replication.attach(call.effects, link, this.master);
    this.master.attach({
      reply: call.reply,
      reselect: () => call.effects.reselect(),
      streamDb: () => link.streamDb,
      flushOutside: () => {
        if (!loop.isInTurn) loop.flushOutside();
      },
      setLacksReplicas: (lacks) => pipeline.setGate(GOOD_REPLICAS_GATE, lacks),
      progressed: () => this.#progressed(),
    });
    this.#attachOldPeers(call, pipeline);
    this.#wait.attach({ call, turns: loop });
    persistence.aof.becameDurable = () => this.#noteDurable(loop);
    session.blocked = new AllBlocked([blocking, this.#wait]);
    persistence.saves.replicationAux = () => this.#savedAux(link);
  }

  #attachOldPeers(call: DataCall, pipeline: Pipeline<DataCall>): void {
    const { persistence, keyspace, session } = this.#parts;
    const { effects } = call;
    const { memory } = keyspace;
    const newWords = (): OldWords =>
      new OldWords({
        table: pipeline.table,
        effects,
        keyspace,
        payload: new DumpPayload(memory, valueSavers(memory), [], persistence.codecs),
        refuse: (reason) => this.oldPeers.refused(reason),
      });
    this.oldPeers.attach({ newWords, translate: (words) => effects.translateBy(words) });
    session.config.onChange("repl-compat", () => {
      this.oldPeers.follow();
      return undefined;
    });
  }

  commands(): readonly CommandSpec<DataCall>[] {
    const { session } = this.#parts;
    const { replication, master } = this;
    return [
      roleCommand(replication, () => master.replicas.list),
      ...replicaOfCommands({ replication, session }),
      ...syncCommands(master),
      replconfCommand(master),
      waitCommand(this.#wait),
      waitAofCommand({
        wait: this.#wait,
        replication,
        master,
        aof: this.#parts.persistence.aof,
      }),
      failoverCommand({
        replication,
        replicas: () => master.replicas.views,
        wantAcks: () => master.wantAcks(),
      }),
    ];
  }

  tasks(): CronTask[] {
    return [{ name: "replication", periodMs: TICK_MS, run: () => this.#tick() }];
  }

  /** For compressed links, loaded when it is wanted first; undefined where that cannot be done. */
  lz4(): Lz4Blocks | undefined {
    if (this.#lz4 === undefined) {
      this.#lz4 = loadLz4();
      if (typeof this.#lz4 === "string") {
        const text = `Links are not compressed, because LZ4 cannot be loaded: ${this.#lz4}`;
        this.#parts.session.log.warning(text);
      }
    }
    return typeof this.#lz4 === "string" ? undefined : this.#lz4;
  }

  /** DEBUG CHANGE-REPL-ID. */
  changeId(): void {
    this.replication.changeId();
  }

  /** DEBUG REPLICATE: replicas are sent a request that was run nowhere. */
  replicate(words: readonly Uint8Array[]): void {
    if (this.replication.isMaster) this.master.append(encodeRequest(words));
  }

  /** The last thing of every turn. */
  endTurn(): void {
    if (this.#isDurableDue) this.#tellDurable();
    this.master.endTurn();
  }

  /** What HELLO and INFO call the role. */
  get roleName(): "master" | "slave" {
    return this.replication.isMaster ? "master" : "slave";
  }

  /** INFO replication. */
  infoFields(): readonly InfoField[] {
    const { config, clock } = this.#parts.session;
    const { replication, master } = this;
    const countsGood =
      config.number("min-replicas-to-write") > 0 && config.number("min-replicas-max-lag") > 0;
    const good = countsGood ? master.goodReplicas : undefined;
    return [
      ["role", this.roleName],
      ...this.linkFields(),
      ...replicaFields(master.replicas.list, good, clock.monotonicMs()),
      ...historyFields(replication),
      ...compressionFields(master.replicas.list, master.compression),
    ];
  }

  /** Told amid the writing of effects, where nobody can be answered yet. */
  #noteDurable(loop: TurnLoop<DataCall>): void {
    if (this.#isDurableDue || (this.#wait.count === 0 && this.replication.isMaster)) return;
    this.#isDurableDue = true;
    setImmediate(() => {
      if (!this.#isDurableDue) return;
      this.#tellDurable();
      loop.flushOutside();
    });
  }

  #tellDurable(): void {
    this.#isDurableDue = false;
    this.becameDurable();
    this.#wait.progressed();
  }

  #tick(): void {
    const { pauses } = this.#parts.session;
    this.#checkFailover();
    this.#parts.shutdown.check();
    this.master.counts.sample(this.#parts.session.clock.monotonicMs());
    // Replicas fall silent without an event, and writes are to be refused soon after.
    this.master.judge();
    if (this.#ticks++ % TICKS_PER_SECOND !== 0) return;
    const isHandingOver = this.replication.state.failover !== undefined;
    this.master.tick(this.#parts.shutdown.isWaiting || (isHandingOver && pauses.isPaused));
  }

  #checkFailover(): void {
    const { replication, master } = this;
    if (replication.state.failover === undefined) return;
    replication.step({ kind: "failover-check", replicas: master.replicas.views });
  }

  /** Replicas have confirmed something, have come or have gone. */
  #progressed(): void {
    this.#wait.progressed();
    this.#checkFailover();
    this.#parts.shutdown.check();
  }

  #unblockClients(): void {
    const { clients, blocked } = this.#parts.session;
    for (const client of [...clients.all()]) {
      if (blocked.unblock(client, true, ERR_ROLE_CHANGED)) clients.closeAfterReply(client);
    }
  }

  #savedAux(link: LinkShell): SavedData["aux"] {
    const { replication } = this;
    const { state, backlog, offset } = replication;
    const selectedDb = replication.isMaster ? this.#call.effects.selected : link.streamDb;
    const saved = savedReplication(state, offset, backlog.isOpen, selectedDb);
    if (saved === undefined) return [];
    return [
      ["repl-stream-db", String(saved.streamDb)],
      ["repl-id", saved.id],
      ["repl-offset", String(saved.offset)],
    ];
  }

  /** The file was made for replicas only, if nothing else is kept on the disk. */
  #removeFile(): void {
    const { session, persistence } = this.#parts;
    const { config, log } = session;
    const isKept = persistence.saves.hasSavePoints || config.flag("appendonly");
    if (isKept || !config.flag("rdb-del-sync-files")) return;
    log.notice("Removing the RDB file used to feed replicas in a persistence-less instance");
    try {
      unlinkSync(join(config.text("dir"), config.text("dbfilename")));
    } catch (error) {
      log.warning(`Cannot remove the RDB file used to feed replicas: ${String(error)}`);
    }
  }

  #linkSettings(): LinkSettings {
    const { config } = this.#parts.session;
    const announcedPort = config.number("replica-announce-port");
    return {
      user: config.text("masteruser"),
      password: config.text("masterauth"),
      listeningPort: announcedPort === 0 ? config.number("port") : announcedPort,
      announceIp: config.text("replica-announce-ip"),
      timeoutMs: config.number("repl-timeout") * 1000,
      offersCompression: config.value("repl-compression") === "lz4" && this.lz4() !== undefined,
      disklessLoad: this.needsFile() ? "disabled" : config.value("repl-diskless-load"),
      refusesEmptyMaster: config.flag("replica-refuse-empty-master"),
    };
  }
}
