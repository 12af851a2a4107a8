// The master's end of simulated links: who has connected, who waits for a copy, who is sent the
// stream, and the one copy that is being made.
import type { BacklogReader } from "../../../src/replication/backlog";
import {
  dueFullSync,
  type FullSyncStart,
  planFullSync,
  type RunningJob,
  startFullSync,
} from "../../../src/replication/decisions/full-sync-plan";
import { silentReplicaLog } from "../../../src/replication/decisions/replica-health";
import type { ReplicaView } from "../../../src/replication/decisions/replication-state";
import { answerSync, fullResyncLine } from "../../../src/replication/decisions/sync-answer";
import { Violation } from "./ledger";
import type { SimNode } from "./sim-node";
import { encodeFile, frame, KIND_GETACK, KIND_PING } from "./toy-data";
import type { ConnectionEnd, Endpoint } from "./virtual-network";

const MOST_BEHIND_BYTES = 60_000;
const MOST_COPY_MS = 600;
const LF = 0x0a;

class SimReplica implements Endpoint {
  phase: "new" | "waiting" | "file" | "sockets" | "ack-awaited" | "online" = "new";
  host = "";
  ackOffset = 0;
  ackMs = 0;
  sinceMs = 0;
  reader: BacklogReader | undefined;
  readonly capabilities = { eof: false, psync2: false };
  readonly end: ConnectionEnd;
  readonly #owner: SimReplicas;
  #unread = Buffer.alloc(0);

  constructor(owner: SimReplicas, end: ConnectionEnd) {
    this.#owner = owner;
    this.end = end;
  }

  received(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (;;) {
      const at = this.#unread.indexOf(LF);
      if (at < 0) return;
      const words = this.#unread.toString("latin1", 0, at).split(" ");
      this.#unread = this.#unread.subarray(at + 1);
      this.#owner.request(this, words);
    }
  }

  closed(): void {
    this.#owner.gone(this);
  }

  say(line: string): void {
    this.end.send(Buffer.from(`${line}\n`));
  }
}

export class SimReplicas {
  readonly #node: SimNode;
  readonly #connected = new Set<SimReplica>();
  #job: RunningJob = { kind: "none" };

  constructor(node: SimNode) {
    this.#node = node;
  }

  /** Replicas, in whatever phase. */
  get count(): number {
    let count = 0;
    for (const { phase } of this.#connected) if (phase !== "new") count += 1;
    return count;
  }

  accept(end: ConnectionEnd): Endpoint {
    const replica = new SimReplica(this, end);
    this.#connected.add(replica);
    return replica;
  }

  views(): ReplicaView[] {
    return [...this.#connected]
      .filter(({ phase }) => phase !== "new")
      .map(({ host, phase, ackOffset, ackMs }) => {
        const isOnline = phase === "online" || phase === "ack-awaited";
        return { host, port: 1, isOnline, ackOffset, ackMs };
      });
  }

  forgetAll(): void {
    for (const replica of [...this.#connected]) this.gone(replica);
    this.#job = { kind: "none" };
  }

  dropAll(): void {
    for (const replica of [...this.#connected]) if (replica.phase !== "new") this.#drop(replica);
  }

  gone(replica: SimReplica): void {
    replica.reader?.close();
    replica.reader = undefined;
    replica.phase = "new";
    this.#connected.delete(replica);
  }

  ping(): void {
    if (this.#node.state.master !== undefined || this.count === 0) return;
    this.#node.feed(frame(KIND_PING));
    this.pump();
  }

  askForAcks(): void {
    if (this.#node.state.master !== undefined || this.count === 0) return;
    this.#node.feed(frame(KIND_GETACK));
    this.pump();
  }

  /** Sends what the replicas can take. */
  pump(): void {
    const { windowBytes } = this.#node.world;
    for (const replica of this.#connected) {
      const { reader, end } = replica;
      if (replica.phase !== "online" || reader === undefined) continue;
      while (end.inFlightBytes < windowBytes && reader.peek(100)) {
        end.send(Buffer.from(reader.bytes.subarray(reader.at, reader.at + reader.length)));
        reader.advance(reader.length);
      }
      if (reader.distanceBytes > MOST_BEHIND_BYTES) this.#drop(replica);
    }
  }

  tick(): void {
    const { nowMs } = this.#node.world.network;
    for (const replica of [...this.#connected]) {
      const isOnline = replica.phase === "online" || replica.phase === "ack-awaited";
      const view = {
        phase: isOnline ? "online" : "waiting",
        isOld: false,
        ackMs: replica.ackMs,
        lastWriteMs: nowMs,
      } as const;
      const log = silentReplicaLog(view, replica.host, nowMs, this.#node.world.timeoutMs);
      if (log === undefined) {
        if (replica.phase === "waiting" || replica.phase === "file") replica.say("");
        continue;
      }
      this.#node.say(log);
      this.#drop(replica);
    }
    const waiting = this.#waiting();
    if (this.#job.kind !== "none" || waiting.length === 0) return;
    const start = dueFullSync(waiting, this.#settings(), nowMs);
    if (start !== undefined) this.#start(start, waiting);
    this.pump();
  }

  request(replica: SimReplica, words: readonly string[]): void {
    if (!this.#node.isUp) return;
    const [command, option, value] = words;
    if (command === "PING") replica.say("+PONG");
    else if (command === "REPLCONF" && option === "ACK") this.#acknowledged(replica, Number(value));
    else if (command === "REPLCONF") {
      if (option === "ip-address") replica.host = value;
      if (option === "capa") replica.capabilities.eof = replica.capabilities.psync2 = true;
      replica.say("+OK");
    } else if (command === "PSYNC") {
      this.#psync(replica, option, Number(value), words[3] === "FAILOVER");
    }
    this.pump();
  }

  #acknowledged(replica: SimReplica, offset: number): void {
    if (replica.phase === "new") return;
    replica.ackOffset = Math.max(offset, replica.ackOffset);
    replica.ackMs = this.#node.world.network.nowMs;
    if (replica.phase === "ack-awaited") replica.phase = "online";
    const isEarly = this.#node.world.bug === "failover-before-sync";
    const replicas = this.views().map((view) =>
      isEarly ? { ...view, ackOffset: this.#node.backlog.offset } : view,
    );
    this.#node.dispatch({ kind: "failover-check", replicas });
  }

  #psync(replica: SimReplica, id: string, offset: number, isFailover: boolean): void {
    const node = this.#node;
    const { bug, counts } = node.world;
    const { backlog, state } = node;
    const { isOpen, firstOffset } = backlog;
    const history =
      bug === "second-id-without-end"
        ? { ...state.history, secondOffset: Number.MAX_SAFE_INTEGER }
        : state.history;
    const answer = answerSync(
      { ...state, history },
      { isOpen, firstOffset, offset: backlog.offset },
      { command: "psync", id, offset, isFailover },
      {
        name: replica.host,
        capabilities: replica.capabilities,
        isFiltered: false,
        hasPendingOutput: false,
      },
    );
    node.say(`${replica.host} asks ${id.replace(/^0+/, "")} ${offset}: ${answer.kind}`);
    if (answer.kind === "refuse") {
      replica.say(answer.error.startsWith("-") ? answer.error : `-ERR ${answer.error}`);
    } else if (answer.kind === "promote") {
      if (offset !== backlog.offset + 1) {
        throw new Violation(`${node.name}: takes over at ${backlog.offset}, not ${offset - 1}`);
      }
      counts.failovers += 1;
      node.dispatch({ kind: "promote" });
      this.#psync(replica, id, offset, false);
    } else if (answer.kind === "continue") {
      counts.partial += 1;
      replica.phase = "online";
      replica.ackMs = node.world.network.nowMs;
      replica.say(answer.line);
      let { from } = answer;
      if (bug === "repeats-a-byte" && backlog.has(from - 1)) from -= 1;
      if (bug === "skips-a-byte" && backlog.has(from + 1)) from += 1;
      replica.reader = backlog.reader(from);
    } else this.#fullSync(replica);
  }

  #fullSync(replica: SimReplica): void {
    const node = this.#node;
    node.world.counts.full += 1;
    replica.phase = "waiting";
    replica.sinceMs = node.world.network.nowMs;
    if (!node.backlog.isOpen) {
      node.dispatch({ kind: "backlog-needed" });
      node.streamDb = -1;
    }
    const waiting = { capabilities: replica.capabilities, filter: "", sinceMs: replica.sinceMs };
    const plan = planFullSync(waiting, this.#jobForOthers(), this.#settings());
    if (plan.kind === "join") {
      const isWrong = node.world.bug === "joins-at-wrong-offset";
      this.#attach(replica, isWrong ? node.backlog.offset : plan.offset, "file");
    } else if (plan.kind === "start") {
      const all = this.#waiting();
      this.#start(startFullSync(all, this.#settings()), all);
    }
  }

  /** A copy that nobody waits for any more is not joined: nobody has kept the stream since it began. */
  #jobForOthers(): RunningJob {
    if (this.#job.kind !== "disk-sync") return this.#job;
    const isAwaited = [...this.#connected].some(({ phase }) => phase === "file");
    return isAwaited ? this.#job : { kind: "other", isSave: true };
  }

  #waiting(): (SimReplica & { filter: string })[] {
    const waiting = [...this.#connected].filter(({ phase }) => phase === "waiting");
    return waiting.map((replica) => Object.assign(replica, { filter: "" }));
  }

  #start({ target, replicas }: FullSyncStart, waiting: readonly SimReplica[]): void {
    const node = this.#node;
    const { network, bug } = node.world;
    if (node.state.master === undefined) node.streamDb = -1;
    const { offset } = node.backlog;
    const streamDb = node.savedPlace()?.streamDb ?? 0;
    const bytes = encodeFile({ data: node.data.copy(), streamDb });
    const isSocket = target === "sockets";
    const capabilities = { eof: isSocket, psync2: true };
    this.#job = isSocket
      ? { kind: "socket-sync" }
      : { kind: "disk-sync", offset, capabilities, filter: "" };
    const mark = node.world.newId();
    for (const index of replicas) {
      const replica = waiting[index];
      if (bug !== "offset-of-the-end") this.#attach(replica, offset, isSocket ? "sockets" : "file");
      else replica.phase = isSocket ? "sockets" : "file";
    }
    const { life } = node;
    network.after(network.random.below(MOST_COPY_MS), () => {
      if (node.life !== life) return;
      this.#job = { kind: "none" };
      for (const replica of [...this.#connected]) {
        if (replica.phase !== "file" && replica.phase !== "sockets") continue;
        if (bug === "offset-of-the-end") this.#attach(replica, node.backlog.offset, replica.phase);
        replica.say(isSocket ? `$EOF:${mark}` : `$${bytes.length}`);
        replica.end.send(bytes);
        if (isSocket) replica.end.send(Buffer.from(mark));
        replica.phase = isSocket ? "ack-awaited" : "online";
        replica.ackMs = network.nowMs;
      }
      this.pump();
    });
  }

  #attach(replica: SimReplica, offset: number, phase: "file" | "sockets"): void {
    replica.phase = phase;
    replica.reader = this.#node.backlog.reader(offset + 1);
    replica.say(fullResyncLine(this.#node.state.history.id, offset));
  }

  #settings() {
    return { isDiskless: this.#node.isDiskless, delayMs: 300, maxReplicas: 0 };
  }

  #drop(replica: SimReplica): void {
    const { end } = replica;
    this.gone(replica);
    end.close();
  }
}
