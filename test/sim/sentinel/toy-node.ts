// A data node in its simplest form: what Sentinel asks of it and tells it, replication of a log of
// writes, and a configuration file that CONFIG REWRITE brings up to date. It keeps its data on disk.
import type { PeerReply } from "../../../src/sentinel/model/sentinel-event";
import type { Connection } from "./connection";
import { SimProcess } from "./sim-process";
import { toyInfo } from "./toy-info";
import { type NodeAddress, ToyMasterLink, ToyReplicas } from "./toy-replication";
import type { Machine } from "./virtual-network";
import type { World } from "./world";

const HELLO_CHANNEL = "__sentinel__:hello";
const OK = "OK";

export class ToyNode extends SimProcess {
  /** Those that belong to one master name. */
  readonly group: string;
  priority = 100;
  runId = "";
  log: number[] = [];
  replicaOf: NodeAddress | undefined;
  readonly replicas = new ToyReplicas(this);
  link: ToyMasterLink | undefined;
  minReplicas = 0;
  /** Writes are not accepted, because a replica is about to take over. */
  isHandingOver = false;
  /** What it answers to INFO instead of the truth. */
  garbledInfo: PeerReply | undefined;
  /** The configuration file. */
  file: { replicaOf: NodeAddress | undefined } = { replicaOf: undefined };
  #loadingUntilMs = 0;

  constructor(world: World, name: string, machine: Machine, port: number, group: string) {
    super(world, name, machine, port);
    this.group = group;
  }

  get address(): NodeAddress {
    return { ip: this.machine.ip, port: this.port };
  }

  get isLinkUp(): boolean {
    return this.link?.isUp === true;
  }

  get isLoading(): boolean {
    return this.world.network.nowMs < this.#loadingUntilMs;
  }

  /** The first start, with this line in its file. */
  boot(replicaOf: NodeAddress | undefined): void {
    this.file = { replicaOf };
    this.started();
  }

  answer(words: readonly string[], connection: Connection): PeerReply | undefined {
    const name = words[0].toUpperCase();
    if (connection.queued !== undefined && name !== "EXEC") {
      connection.queued.push(words);
      return "QUEUED";
    }
    switch (name) {
      case "PSYNC":
        this.replicas.synchronize(connection, words);
        return undefined;
      case "REPLCONF":
        this.replicas.acknowledged(connection, Number(words[2]));
        return undefined;
      case "MULTI":
        connection.queued = [];
        return OK;
      case "EXEC": {
        const queued = connection.queued ?? [];
        connection.queued = undefined;
        return queued.map((command) => this.answer(command, connection) ?? null);
      }
      case "SUBSCRIBE":
        connection.type = "pubsub";
        return ["subscribe", HELLO_CHANNEL, 1];
      default:
        return this.#answerPlain(name, words, connection);
    }
  }

  hungUp(connection: Connection): void {
    this.replicas.forget(connection);
  }

  /** A client's write; the error when it is refused. */
  write(id: number): PeerReply {
    if (this.isLoading) return { error: "LOADING" };
    if (this.replicaOf !== undefined) return { error: "READONLY" };
    // A real master lets its clients wait; these ask again.
    if (this.isHandingOver) return { error: "BUSY" };
    const { minReplicas } = this;
    if (minReplicas > 0 && this.replicas.countGood(this.world.settings.maxLagMs) < minReplicas) {
      return { error: "NOREPLICAS" };
    }
    this.append(id);
    return OK;
  }

  append(id: number): void {
    this.log.push(id);
    this.replicas.written();
  }

  /** A full copy of the master's data: takes its time, and replaces what was there. */
  load(log: readonly number[]): void {
    this.log = [...log];
    this.#loadingUntilMs = this.world.network.nowMs + this.world.network.random.below(300);
    this.replicas.dropAll();
  }

  follow(master: NodeAddress | undefined): void {
    const { replicaOf } = this;
    if (replicaOf?.ip === master?.ip && replicaOf?.port === master?.port) return;
    this.say(master === undefined ? "is a master now" : `follows ${master.ip}:${master.port}`);
    this.replicaOf = master;
    this.isHandingOver = false;
    this.link?.close();
    this.link = master === undefined ? undefined : new ToyMasterLink(this, master);
    this.replicas.dropAll();
  }

  protected override started(): void {
    const { network, settings } = this.world;
    this.runId = this.world.newRunId();
    this.#loadingUntilMs = network.nowMs + network.random.below(settings.mostLoadingMs);
    this.isHandingOver = false;
    this.replicas.clear();
    this.replicas.planPings();
    this.replicaOf = undefined;
    this.link = undefined;
    this.follow(this.file.replicaOf);
  }

  #answerPlain(name: string, words: readonly string[], connection: Connection): PeerReply {
    switch (name) {
      case "PING":
        if (this.isLoading) return { error: "LOADING Redis is loading the dataset in memory" };
        if (this.replicaOf !== undefined && !this.isLinkUp && this.world.settings.refusesStale) {
          return { error: "MASTERDOWN Link with MASTER is down" };
        }
        return "PONG";
      case "INFO":
        return this.garbledInfo ?? toyInfo(this);
      case "PUBLISH":
        return this.publish(words[2]);
      case "SLAVEOF":
      case "REPLICAOF":
        this.#replicaOf(words);
        return OK;
      case "CONFIG":
        this.file = { replicaOf: this.replicaOf };
        return OK;
      case "CLIENT":
        return words[1].toUpperCase() === "KILL" ? this.#kill(words[3], connection) : OK;
      case "AUTH":
        return OK;
      case "FAILOVER":
        return this.#failover(words);
      case "SET":
        return this.write(Number(words[1]));
      default:
        throw new Error(`${this.name} was sent ${words.join(" ")}`);
    }
  }

  #replicaOf([, host, port]: readonly string[]): void {
    if (host.toUpperCase() === "NO") this.follow(undefined);
    else this.follow({ ip: host, port: Number(port) });
  }

  /** `FAILOVER TO host port TIMEOUT ms` or `FAILOVER ABORT` */
  #failover(words: readonly string[]): PeerReply {
    if (words[1] === "ABORT") {
      if (!this.isHandingOver) return { error: "ERR No failover in progress." };
      this.isHandingOver = false;
      return OK;
    }
    if (this.replicaOf !== undefined) return { error: "ERR FAILOVER is not valid for a replica." };
    const replica = { ip: words[2], port: Number(words[3]) };
    const hasBegun = this.replicas.handOver(replica, Number(words[5]));
    return hasBegun ? OK : { error: "ERR FAILOVER target HOST and PORT is not a replica." };
  }

  publish(text: string): number {
    let count = 0;
    for (const connection of this.connections) {
      if (connection.server !== this || connection.type !== "pubsub") continue;
      connection.push({ kind: "message", text });
      count += 1;
    }
    return count;
  }

  #kill(type: string, own: Connection): number {
    const killed = [...this.connections].filter(
      (connection) =>
        connection.server === this && connection !== own && connection.type === type.toLowerCase(),
    );
    for (const connection of killed) connection.drop();
    return killed.length;
  }
}
