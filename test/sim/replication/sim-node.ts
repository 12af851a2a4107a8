// A simulated server: the real decisions and the real backlog, with toy data, virtual sockets and a
// disk that is one file. It is both shells, the master's and the replica's, in their simplest form.
import { Backlog } from "../../../src/replication/backlog";
import type {
  ReplicationAction,
  ReplicationEvent,
  ReplicationState,
  SavedReplication,
} from "../../../src/replication/decisions/replication-state";
import { savedReplication } from "../../../src/replication/decisions/saved-replication";
import { initialState, step } from "../../../src/replication/decisions/step";
import type { Ledger } from "./ledger";
import type { PlantedBug } from "./planted-bugs";
import { ReplicaInput } from "./replica-input";
import { SimReplicas } from "./sim-replicas";
import { frame, KIND_SELECT, KIND_WRITE, ToyData, type ToyFile } from "./toy-data";
import type { ConnectionEnd, Endpoint, VirtualNetwork } from "./virtual-network";

export interface SimWorld {
  readonly network: VirtualNetwork;
  readonly ledger: Ledger;
  readonly bug: PlantedBug | undefined;
  readonly trace: string[];
  readonly backlogBytes: number;
  /** What a socket takes before the other side has read. */
  readonly windowBytes: number;
  readonly timeoutMs: number;
  /** Pings, ticks of chance: off when all is to come to rest. */
  isResting: boolean;
  newId(): string;
  /** What has happened, for the summary. */
  readonly counts: { full: number; partial: number; failovers: number; loads: number };
}

interface SavedFile {
  readonly file: ToyFile;
  readonly saved: SavedReplication | undefined;
}

const BACKLOG_TTL_MS = 8000;
const PING_MS = 2000;

export class SimNode {
  readonly name: string;
  readonly world: SimWorld;
  state: ReplicationState;
  backlog: Backlog;
  data = new ToyData();
  isUp = true;
  isPaused = false;
  /** What survives the process. */
  disk: SavedFile | undefined;
  /** Of the stream this server makes, -1: the next write begins with a SELECT; else of its master's. */
  streamDb = -1;
  readonly replicas: SimReplicas;
  input: ReplicaInput;
  lastReceivedMs = 0;
  /** Counts processes, so that what an earlier one has planned does not happen. */
  life = 0;
  /** Copies it has loaded. */
  loads = 0;
  #highest = { id: "", offset: 0, loads: 0 };
  #noReplicasSinceMs = 0;
  disklessLoad: "disabled" | "on-empty-db" | "swapdb" = "disabled";
  isDiskless = false;

  constructor(name: string, world: SimWorld) {
    this.name = name;
    this.world = world;
    this.state = initialState(world.newId());
    this.backlog = new Backlog(world.backlogBytes);
    this.replicas = new SimReplicas(this);
    this.input = new ReplicaInput(this);
    world.network.add(name, this);
    this.#planTick();
  }

  accept(end: ConnectionEnd): Endpoint {
    return this.replicas.accept(end);
  }

  say(text: string): void {
    this.world.trace.push(`${this.world.network.nowMs} ${this.name} ${text}`);
  }

  dispatch(event: ReplicationEvent): void {
    if (!this.isUp) return;
    const before = this.state;
    const { nowMs } = this.world.network;
    const { state, actions } = step(before, event, {
      nowMs,
      offset: this.backlog.offset,
      isBacklogOpen: this.backlog.isOpen,
      isDatasetEmpty: this.data.count === 0,
      settings: {
        user: "",
        password: "",
        listeningPort: 1,
        announceIp: this.name,
        timeoutMs: this.world.timeoutMs,
        disklessLoad: this.disklessLoad,
        refusesEmptyMaster: false,
      },
      newId: () => this.world.newId(),
    });
    this.state = this.#withBug(event, before, state);
    const { id, secondId, secondOffset } = this.state.history;
    if (id !== before.history.id && secondOffset >= 0) {
      const isOwn = event.kind === "promote" || event.kind === "failover-abort";
      if (isOwn || event.kind === "line")
        this.world.ledger.branched(id, secondId, secondOffset - 1);
    }
    if (event.kind === "restored" && before.master === undefined) {
      this.world.ledger.branched(id, secondId, secondOffset - 1);
    }
    for (const action of actions) this.#perform(action);
  }

  /** A client writes; refused while this server is a replica or paused. */
  write(db: number, body: Buffer): void {
    if (!this.isUp || this.isPaused || this.state.master !== undefined) return;
    if (this.backlog.isOpen && this.streamDb !== db) {
      this.feed(frame(KIND_SELECT, Buffer.from([db])));
      this.streamDb = db;
    }
    const bytes = frame(KIND_WRITE, body);
    this.data.write(db, bytes);
    if (this.backlog.isOpen) this.feed(bytes);
    this.replicas.pump();
  }

  /** Bytes that become part of the stream of this server. */
  feed(bytes: Uint8Array): void {
    if (!this.backlog.isOpen) return;
    this.world.ledger.hasBytes(this.name, this.state.history.id, this.backlog.offset + 1, bytes);
    this.backlog.append(bytes, 0, bytes.length);
  }

  savedPlace(): SavedReplication | undefined {
    return savedReplication(this.state, this.backlog.offset, this.backlog.isOpen, this.streamDb);
  }

  save(): void {
    if (!this.isUp || this.state.link.phase === "loading") return;
    const saved = this.savedPlace();
    this.disk = { file: { data: this.data.copy(), streamDb: saved?.streamDb ?? 0 }, saved };
    this.say(`saved at ${saved?.offset}`);
  }

  crash(): void {
    if (!this.isUp) return;
    this.say("crashes");
    this.isUp = false;
    this.life += 1;
    this.world.network.resetAllOf(this.name);
    this.input.close();
    this.replicas.forgetAll();
    this.backlog.close();
  }

  /** Starts again with the master it had, with its file or without. */
  restart(withFile: boolean): void {
    if (this.isUp) return;
    const { master } = this.state;
    this.say(`starts ${withFile ? "with" : "without"} its file`);
    this.isUp = true;
    this.isPaused = false;
    this.state = initialState(this.world.newId());
    this.data = new ToyData();
    this.backlog = new Backlog(this.world.backlogBytes);
    this.streamDb = -1;
    this.input = new ReplicaInput(this);
    this.#highest = { id: "", offset: 0, loads: 0 };
    this.#noReplicasSinceMs = this.world.network.nowMs;
    if (master !== undefined) this.dispatch({ kind: "follow-at-start", master });
    const disk = withFile ? this.disk : undefined;
    if (disk !== undefined) {
      if (disk.saved !== undefined) this.dispatch({ kind: "restored", saved: disk.saved });
      this.data = disk.file.data.copy();
    }
    this.#planTick();
  }

  /** What must hold after every event. */
  check(): void {
    if (!this.isUp || !this.backlog.isOpen || this.state.link.phase === "loading") return;
    const { id, secondId, secondOffset } = this.state.history;
    const { offset } = this.backlog;
    const { ledger } = this.world;
    ledger.hasData(this.name, id, offset, this.data.digest);
    if (secondOffset === offset + 1) ledger.hasData(this.name, secondId, offset, this.data.digest);
    // A whole copy from a server that is behind in the same history may set this one back.
    const { loads } = this;
    if (this.#highest.id === id && this.#highest.loads === loads && offset < this.#highest.offset) {
      throw new Error(`${this.name}: the offset fell from ${this.#highest.offset} to ${offset}`);
    }
    this.#highest = { id, offset, loads };
  }

  #planTick(): void {
    const { life } = this;
    const { network } = this.world;
    const tick = () => {
      if (this.life !== life || !this.isUp) return;
      this.#tick();
      network.after(this.state.failover === undefined ? 1000 : 100, tick);
    };
    network.after(network.random.below(1000), tick);
    const ping = () => {
      if (this.life !== life || !this.isUp) return;
      if (!this.world.isResting && !this.isPaused) this.replicas.ping();
      network.after(PING_MS, ping);
    };
    network.after(PING_MS, ping);
  }

  #tick(): void {
    this.dispatch({ kind: "failover-check", replicas: this.replicas.views() });
    this.dispatch({ kind: "tick", lastReceivedMs: this.lastReceivedMs });
    this.replicas.tick();
    const { nowMs } = this.world.network;
    if (this.replicas.count > 0) this.#noReplicasSinceMs = nowMs;
    const isForgotten = nowMs - this.#noReplicasSinceMs > BACKLOG_TTL_MS;
    if (isForgotten && this.backlog.isOpen && this.state.master === undefined) {
      this.dispatch({ kind: "backlog-forgotten", ttlSeconds: BACKLOG_TTL_MS / 1000 });
    }
  }

  #perform(action: ReplicationAction): void {
    const { bug, network } = this.world;
    switch (action.kind) {
      case "log":
        this.say(action.text);
        break;
      case "connect":
        this.input.connect(network, action.master.host);
        break;
      case "send":
        this.input.send(action.words);
        break;
      case "send-sync":
        this.input.send(["SYNC"]);
        break;
      case "disconnect":
        this.input.close();
        this.input = new ReplicaInput(this);
        break;
      case "receive":
        this.input.receive(action.payload);
        break;
      case "empty":
        this.data = new ToyData();
        break;
      case "load-file":
        this.input.load();
        break;
      case "swap-in":
        this.input.adopt();
        break;
      case "stream":
        this.input.stream();
        break;
      case "acknowledge":
        this.input.send(["REPLCONF", "ACK", String(this.backlog.offset)]);
        break;
      case "select-stream-db":
        this.streamDb = bug === "restart-forgets-database" ? 0 : action.db;
        break;
      case "open-backlog":
        if (bug === "full-sync-keeps-backlog" && this.backlog.isOpen) break;
        this.backlog.open(action.offset);
        break;
      case "close-backlog":
        if (bug !== "full-sync-keeps-backlog") this.backlog.close();
        break;
      case "drop-replicas":
        if (bug === "keeps-replicas-on-new-id" && this.backlog.isOpen) break;
        this.replicas.dropAll();
        break;
      case "reselect":
        this.streamDb = bug === "promotion-without-select" ? 0 : -1;
        break;
      case "pause-writes":
        this.isPaused = true;
        break;
      case "resume-writes":
        this.isPaused = false;
        break;
      case "unblock-clients":
      case "reassure":
        break;
    }
  }

  #withBug(
    event: ReplicationEvent,
    before: ReplicationState,
    after: ReplicationState,
  ): ReplicationState {
    const { bug } = this.world;
    if (bug === "promotion-keeps-id" && event.kind === "promote") {
      return { ...after, history: before.history };
    }
    if (bug === "restart-keeps-id" && event.kind === "restored") {
      return { ...after, history: { ...after.history, id: event.saved.id } };
    }
    if (bug === "backlog-without-new-id" && event.kind.startsWith("backlog-")) {
      return { ...after, history: before.history };
    }
    if (bug === "failed-load-keeps-place" && event.kind === "payload-received") {
      return { ...after, history: before.history, canResume: before.canResume };
    }
    return after;
  }
}
