import { latin1Bytes } from "../../base/bytes";
import type { Lz4Blocks } from "../../native/lz4-blocks";
import {
  CONTROL_FLAGS,
  CONTROL_WORDS,
  FLAG_TELLS_DRAINED,
  STATS_BYTES_IN,
  STATS_WORDS,
} from "../../net/transport";
import type { RdbSaves } from "../../persistence/snapshot/rdb-saves";
import { encodeRequest } from "../../protocol/encode-request";
import type { ReplyWriter } from "../../protocol/reply-writer";
import { type Client, KIND_REPLICA, REPLY_OFF } from "../../session/client";
import type { SessionContext } from "../../session/session-context";
import { isOldPeer } from "../decisions/old-peer";
import {
  isBacklogForgotten,
  lacksGoodReplicas,
  silentReplicaLog,
} from "../decisions/replica-health";
import { answerSync, type LogLine, type SyncRequest } from "../decisions/sync-answer";
import type { CompressionCounts } from "../link-frames/frame-format";
import { FrameWriter } from "../link-frames/frame-writer";
import type { OldPeers } from "../old-peers/old-peers";
import type { Replication } from "../replication";
import { FullSyncs } from "./full-syncs";
import { Replica } from "./replica";
import { Replicas } from "./replicas";
import type { SegmentNumbers } from "./segment-numbers";
import { StreamSender } from "./stream-sender";
import { SyncCounts } from "./sync-counts";

export interface MasterSideParts {
  readonly session: SessionContext;
  readonly replication: Replication;
  readonly saves: RdbSaves;
  readonly segments: SegmentNumbers;
  readonly isOtherJobRunning: () => boolean;
  readonly removeFile: () => void;
  readonly oldPeers: OldPeers;
  /** Undefined where it cannot be loaded; the log has said why. */
  readonly loadLz4: () => Lz4Blocks | undefined;
}

/** What only exists when commands and turns do. */
export interface MasterEffects {
  readonly reply: ReplyWriter;
  readonly reselect: () => void;
  /** The database that the next command of this server's master goes to. */
  readonly streamDb: () => number;
  /** Has what was written outside of a turn sent; does nothing amid one. */
  readonly flushOutside: () => void;
  /** Raises or lowers the gate that refuses writes. */
  readonly setLacksReplicas: (lacks: boolean) => void;
  /** A replica has confirmed something, or come or gone. */
  readonly progressed: () => void;
}

const PING = encodeRequest(["PING"]);
const GETACK = encodeRequest(["REPLCONF", "GETACK", "*"]);
const MS_PER_SECOND = 1000;

/**
 * The master's shell: connections become replicas, are sent a copy and the stream, and are dropped
 * when they are silent. It carries out what decisions/ say and keeps no state of ids and offsets.
 */
export class MasterSide {
  readonly replicas: Replicas;
  syncs!: FullSyncs;
  sender!: StreamSender;
  readonly counts = new SyncCounts();
  readonly #parts: MasterSideParts;
  #effects!: MasterEffects;
  #isAckWanted = false;
  #isSendDue = false;
  #ticks = 0;
  #frames: FrameWriter | undefined;
  #noReplicasSinceMs: number;

  constructor(parts: MasterSideParts) {
    const { session } = parts;
    this.#parts = parts;
    this.#noReplicasSinceMs = session.clock.monotonicMs();
    this.replicas = new Replicas(session.clients, (replica) => this.#gone(replica));
    session.config.onChange(["min-replicas-to-write", "min-replicas-max-lag"], () => {
      this.judge();
      return undefined;
    });
  }

  /** Called once, when the commands exist. */
  attach(effects: MasterEffects): void {
    const { session, replication, saves, segments, isOtherJobRunning, removeFile } = this.#parts;
    const { config, log, clock, outputLimits, door, transport } = session;
    const { replicas } = this;
    const monotonicMs = (): number => clock.monotonicMs();
    const { reply, reselect, flushOutside } = effects;
    this.#effects = effects;
    this.syncs = new FullSyncs({
      config,
      log,
      replication,
      replicas,
      segments,
      saves,
      isOtherJobRunning,
      monotonicMs,
      write: (replica, bytes) => this.#write(replica, bytes),
      refuse: (replica, error) => {
        this.#write(replica, latin1Bytes(`-${error}\r\n`));
        session.clients.closeAfterReply(replica.client);
      },
      counts: this.counts,
      reselect,
      streamDb: effects.streamDb,
      flushOutside,
      removeFile,
    });
    this.sender = new StreamSender({
      replicas,
      stats: transport.memory.stats,
      counts: this.counts,
      reply,
      frames: () => this.#frames,
      outputLimits,
      monotonicMs,
      sendAgain: () => this.#sendSoon(),
      copied: (replica) => this.#copied(replica),
      copyFailed: (replica, problem) => {
        log.warning(problem);
        replicas.drop(replica);
      },
      overLimit: (replica) => {
        door.logOutputLimit(replica.client, "scheduled to be closed ASAP");
        replicas.drop(replica);
      },
    });
    this.judge();
  }

  /** The last thing of every turn, when the effects of its commands are in the backlog. */
  endTurn(): void {
    if (this.#isAckWanted) this.#askForAcks();
    const refusal = this.#parts.oldPeers.takeRefusal();
    if (refusal !== undefined) this.#dropOldPeers(refusal);
    if (this.replicas.list.length === 0) return;
    this.syncs.beginSends();
    this.sender.send();
  }

  /** SYNC and PSYNC. */
  answer(client: Client, request: SyncRequest): void {
    const { replication, session, oldPeers } = this.#parts;
    const { reply } = this.#effects;
    const greeting = this.replicas.greetingOf(client);
    const replica = new Replica(client, greeting, session.clock.monotonicMs());
    replica.isOld = request.command === "sync";
    replica.isOldPeer = isOldPeer(greeting, session.config.value("repl-compat"));
    const { backlog, offset } = replication;
    const answer = answerSync(
      replication.state,
      { isOpen: backlog.isOpen, firstOffset: backlog.firstOffset, offset },
      request,
      {
        name: replica.name,
        capabilities: greeting.capabilities,
        isFiltered: greeting.filter !== "",
        hasPendingOutput: session.clientMemory.outputBytes(client) > 0,
        readableFrom: replica.isOldPeer ? oldPeers.readableFrom : 0,
      },
    );
    if (answer.kind === "refuse") {
      if (answer.log !== undefined) this.#tell(answer.log);
      reply.error(answer.error.startsWith("-") ? answer.error.slice(1) : `ERR ${answer.error}`);
      return;
    }
    if (answer.kind === "promote") {
      this.#tell(answer.log);
      replication.step({ kind: "promote" });
      session.log.notice(`MASTER MODE enabled (failover request from '${client.address.remote}')`);
      this.answer(client, { ...request, isFailover: false });
      return;
    }
    for (const line of answer.logs) this.#tell(line);
    if (answer.kind === "full" && replica.isOldPeer && this.syncs.oldPeerProblem !== undefined) {
      reply.error(`ERR ${this.syncs.oldPeerProblem}`);
      return;
    }
    this.#becomeReplica(replica);
    if (replica.isOldPeer) {
      session.log.notice(
        `Replica ${replica.name} is older than Redis 4: it is told all in words of Redis 3.2`,
      );
      oldPeers.begin();
    }
    if (answer.kind === "continue") {
      this.counts.partialOk++;
      reply.statusText(answer.line.slice(1));
      replica.isFramed = greeting.isCompressed;
      replica.reader = backlog.reader(answer.from);
      replica.phase = "online";
    } else {
      if (answer.isPartialRefused) this.counts.partialErr++;
      this.syncs.request(replica);
    }
    this.judge();
  }

  /** What is spared by compressing links; undefined where none ever was. */
  get compression(): CompressionCounts | undefined {
    return this.#frames?.counts;
  }

  /** REPLCONF capa lz4: whether the link is going to be compressed. */
  takesCompression(): boolean {
    const { session, segments, loadLz4 } = this.#parts;
    if (session.config.value("repl-compression") !== "lz4") return false;
    if (this.#frames === undefined) {
      const lz4 = loadLz4();
      if (lz4 === undefined) return false;
      this.#frames = new FrameWriter(lz4, segments);
    }
    return true;
  }

  /** REPLCONF ACK. @param synced what FACK says, -1 or NaN without one. */
  acknowledged(client: Client, offset: number, synced = -1): void {
    const replica = this.replicas.of(client);
    if (replica === undefined) return;
    if (offset > replica.ackOffset) replica.ackOffset = offset;
    if (synced > replica.syncedOffset) replica.syncedOffset = synced;
    replica.ackMs = this.#parts.session.clock.monotonicMs();
    if (replica.isOnline) replica.awaitsAck = false;
    this.judge();
    this.#effects.progressed();
  }

  /** Replicas are asked at the end of the turn how far they are. */
  wantAcks(): void {
    this.#isAckWanted = true;
  }

  /** Adds to the stream what is no effect of a command, and for replicas only. */
  append(bytes: Uint8Array): void {
    const { replication } = this.#parts;
    // Asking for the offset hands over what belongs before it.
    if (replication.offset >= 0) replication.backlog.append(bytes, 0, bytes.length);
  }

  dropReplicas(): void {
    this.replicas.dropAll();
  }

  /** Every second; `isPaused`: the offset must stand still, because a replica is to catch up. */
  tick(isPaused: boolean): void {
    const { replication, session } = this.#parts;
    const { config, clock } = session;
    const nowMs = clock.monotonicMs();
    const { list } = this.replicas;
    const period = config.number("repl-ping-replica-period");
    if (this.#ticks++ % period === 0 && list.length > 0 && replication.isMaster && !isPaused) {
      this.append(PING);
    }
    this.syncs.tick();
    this.#parts.oldPeers.tick(list.filter((one) => one.isOldPeer).length);
    this.#dropSilent(nowMs);
    const ttlSeconds = config.number("repl-backlog-ttl");
    const isForgotten = isBacklogForgotten(
      replication.isMaster,
      replication.backlog.isOpen,
      list.length,
      this.#noReplicasSinceMs,
      ttlSeconds,
      nowMs,
    );
    if (isForgotten) replication.step({ kind: "backlog-forgotten", ttlSeconds });
    this.judge();
  }

  /** Whether there are enough good replicas for writes. */
  judge(): void {
    const { replication, session } = this.#parts;
    const toWrite = session.config.number("min-replicas-to-write");
    const maxLagSeconds = session.config.number("min-replicas-max-lag");
    const good = toWrite === 0 ? 0 : this.goodReplicas;
    const lacks = replication.isMaster && lacksGoodReplicas(good, { toWrite, maxLagSeconds });
    this.#effects.setLacksReplicas(lacks);
  }

  get goodReplicas(): number {
    const { config, clock } = this.#parts.session;
    return this.replicas.good(config.number("min-replicas-max-lag"), clock.monotonicMs());
  }

  #becomeReplica(replica: Replica): void {
    const { session } = this.#parts;
    const { client } = replica;
    client.kind = KIND_REPLICA;
    client.gates |= session.gates.bitOf("off-keyspace");
    // What it says is answered by nothing: the connection carries the stream.
    client.replyMode = REPLY_OFF;
    if (session.config.flag("repl-disable-tcp-nodelay")) {
      session.transport.setNoDelay(client.slot, false);
    }
    const word = client.slot * CONTROL_WORDS + CONTROL_FLAGS;
    session.transport.memory.control[word] |= FLAG_TELLS_DRAINED;
    session.outputLimits.apply(client);
    this.replicas.add(replica);
  }

  #copied(replica: Replica): void {
    const { log, clock, clients } = this.#parts.session;
    const { phase, name, greeting, copy, client } = replica;
    copy?.close();
    replica.copy = undefined;
    if (greeting.wantsFileOnly) {
      log.notice(`RDB transfer completed, rdb only replica (${name}) should be disconnected asap`);
      clients.closeAfterReply(client);
      return;
    }
    replica.phase = "online";
    replica.ackMs = clock.monotonicMs();
    replica.awaitsAck = phase === "stream";
    log.notice(
      phase === "stream"
        ? `Streamed RDB transfer with replica ${name} succeeded (socket). ` +
            "Waiting for REPLCONF ACK from slave to enable streaming"
        : `Synchronization with replica ${name} succeeded`,
    );
    this.judge();
  }

  #gone(replica: Replica): void {
    const { log, clock } = this.#parts.session;
    log.notice(`Connection with replica ${replica.name} lost.`);
    if (this.replicas.list.length === 0) this.#noReplicasSinceMs = clock.monotonicMs();
    this.syncs.gone(replica);
    this.judge();
    this.#effects.progressed();
    this.#sendSoon();
  }

  /** Before they are sent what they do not know. */
  #dropOldPeers(reason: string): void {
    for (const replica of this.replicas.list) {
      if (!replica.isOldPeer) continue;
      this.#parts.session.log.warning(`Disconnecting replica ${replica.name}: ${reason}`);
      this.replicas.drop(replica);
    }
  }

  #dropSilent(nowMs: number): void {
    const { config, log } = this.#parts.session;
    const timeoutMs = config.number("repl-timeout") * MS_PER_SECOND;
    for (const replica of this.replicas.list) {
      this.#hear(replica, nowMs);
      const { phase, isOld, ackMs, lastWriteMs, name } = replica;
      const text = silentReplicaLog(
        { phase: SILENCE_PHASES[phase], isOld, ackMs, lastWriteMs },
        name,
        nowMs,
        timeoutMs,
      );
      if (text === undefined) continue;
      log.warning(text);
      this.replicas.drop(replica);
    }
  }

  /** A replica that loads what it was sent tells by empty lines, which are no commands, that it lives. */
  #hear(replica: Replica, nowMs: number): void {
    const { stats } = this.#parts.session.transport.memory;
    const heardBytes = stats[replica.client.slot * STATS_WORDS + STATS_BYTES_IN];
    const isSilentLine = heardBytes !== replica.heardBytes && replica.ackMs < replica.lookedMs;
    if (isSilentLine) replica.ackMs = nowMs;
    replica.heardBytes = heardBytes;
    replica.lookedMs = nowMs;
  }

  #askForAcks(): void {
    this.#isAckWanted = false;
    if (this.replicas.list.length > 0) this.append(GETACK);
  }

  #write({ client, isFramed }: Replica, bytes: Uint8Array): void {
    const { reply } = this.#effects;
    const answered = reply.slot;
    reply.begin(client.slot);
    if (isFramed) this.#frames?.short(reply, bytes);
    else reply.raw(bytes);
    reply.begin(answered);
  }

  /** After the sockets have been looked at. */
  #sendSoon(): void {
    if (this.#isSendDue) return;
    this.#isSendDue = true;
    setImmediate(() => {
      this.#isSendDue = false;
      this.#effects.flushOutside();
    });
  }

  #tell({ level, text }: LogLine): void {
    this.#parts.session.log[level](text);
  }
}

const SILENCE_PHASES = {
  waiting: "waiting",
  saving: "waiting",
  file: "receiving-from-disk",
  stream: "receiving-from-memory",
  online: "online",
} as const;
