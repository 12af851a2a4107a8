// Replication of toy data nodes: a log of write ids that a master hands to its replicas, whole or from
// where they are. The offset is the length of the log, in bytes of a stream that nobody encodes.
import { Connection, type Push } from "./connection";
import type { ToyNode } from "./toy-node";

const BYTES_PER_WRITE = 37;
const PING_MS = 2000;
const ACK_MS = 1000;
const RETRY_MS = 1000;
const HAND_OVER_STEP_MS = 50;

export interface NodeAddress {
  readonly ip: string;
  readonly port: number;
}

interface Replica {
  readonly connection: Connection;
  readonly address: NodeAddress;
  isOnline: boolean;
  ackedLength: number;
  ackMs: number;
}

export function offsetOf(length: number): number {
  return 1 + length * BYTES_PER_WRITE;
}

/** The master's end: who follows this node. */
export class ToyReplicas {
  readonly #node: ToyNode;
  readonly #replicas = new Map<Connection, Replica>();

  constructor(node: ToyNode) {
    this.#node = node;
  }

  get all(): readonly Replica[] {
    return [...this.#replicas.values()];
  }

  /** Replicas that have been heard within the lag that min-replicas-max-lag allows. */
  countGood(maxLagMs: number): number {
    const { nowMs } = this.#node.world.network;
    let count = 0;
    for (const { isOnline, ackMs } of this.#replicas.values()) {
      if (isOnline && nowMs - ackMs <= maxLagMs) count += 1;
    }
    return count;
  }

  /** `PSYNC port length last`: goes on where the replica is, or sends it everything. */
  synchronize(connection: Connection, words: readonly string[]): void {
    const node = this.#node;
    if (node.replicaOf !== undefined && !node.isLinkUp) {
      connection.drop();
      return;
    }
    const { nowMs } = node.world.network;
    const address = { ip: connection.client.machine.ip, port: Number(words[1]) };
    const length = Number(words[2]);
    connection.type = "replica";
    const replica = { connection, address, isOnline: false, ackedLength: length, ackMs: nowMs };
    this.#replicas.set(connection, replica);
    const goesOn = length <= node.log.length && (node.log[length - 1] ?? -1) === Number(words[3]);
    if (goesOn) {
      replica.isOnline = true;
      for (let at = length; at < node.log.length; at++) this.#push(replica, at);
      connection.push({ kind: "ping" });
      return;
    }
    node.after(100 + node.world.network.random.below(1500), () => {
      if (!this.#replicas.has(connection)) return;
      replica.isOnline = true;
      replica.ackMs = node.world.network.nowMs;
      connection.push({ kind: "full", log: [...node.log] });
    });
  }

  acknowledged(connection: Connection, length: number): void {
    const replica = this.#replicas.get(connection);
    if (replica === undefined) return;
    replica.ackedLength = length;
    replica.ackMs = this.#node.world.network.nowMs;
  }

  /** The replica at an address takes over once it has everything; false when it is not there. */
  handOver({ ip, port }: NodeAddress, timeoutMs: number): boolean {
    const replica = this.all.find(({ address }) => address.ip === ip && address.port === port);
    if (replica?.isOnline !== true) return false;
    const node = this.#node;
    const { network } = node.world;
    const limitMs = network.nowMs + timeoutMs;
    node.isHandingOver = true;
    const attempt = () => {
      if (!node.isHandingOver) return;
      if (this.#replicas.get(replica.connection) !== replica || network.nowMs > limitMs) {
        node.isHandingOver = false;
      } else if (replica.ackedLength < node.log.length) {
        node.after(HAND_OVER_STEP_MS, attempt);
      } else {
        node.isHandingOver = false;
        replica.connection.push({ kind: "takeover" });
        node.follow(replica.address);
      }
    };
    attempt();
    return true;
  }

  /** The log has one more entry. */
  written(): void {
    for (const replica of this.#replicas.values()) {
      if (replica.isOnline) this.#push(replica, this.#node.log.length - 1);
    }
  }

  planPings(): void {
    this.#node.after(PING_MS, () => {
      for (const { connection, isOnline } of this.#replicas.values()) {
        if (isOnline) connection.push({ kind: "ping" });
      }
      this.planPings();
    });
  }

  forget(connection: Connection): void {
    this.#replicas.delete(connection);
  }

  /** After a change of role the replicas have to ask again. */
  dropAll(): void {
    for (const connection of [...this.#replicas.keys()]) connection.drop();
    this.#replicas.clear();
  }

  clear(): void {
    this.#replicas.clear();
  }

  #push({ connection }: Replica, at: number): void {
    connection.push({ kind: "write", at, id: this.#node.log[at] });
  }
}

/** The replica's end: the link to one master, opened anew until it is closed for good. */
export class ToyMasterLink {
  readonly #node: ToyNode;
  readonly #master: NodeAddress;
  #connection: Connection | undefined;
  #isOver = false;
  #heardMs = 0;
  isUp = false;
  isSyncing = false;
  downSinceMs: number;

  constructor(node: ToyNode, master: NodeAddress) {
    this.#node = node;
    this.#master = master;
    this.downSinceMs = node.world.network.nowMs;
    this.#connect();
    this.#planAcks();
  }

  close(): void {
    this.#isOver = true;
    this.#connection?.close();
  }

  #connect(): void {
    if (this.#isOver) return;
    const node = this.#node;
    this.#heardMs = node.world.network.nowMs;
    const side = {
      connected: () => {
        const last = node.log.at(-1) ?? -1;
        this.#heardMs = node.world.network.nowMs;
        this.#connection?.request(["PSYNC", `${node.port}`, `${node.log.length}`, `${last}`]);
        this.isSyncing = true;
      },
      closed: () => this.#lost(),
      pushed: (push: Push) => this.#pushed(push),
    };
    this.#connection = new Connection(node, this.#master.ip, this.#master.port, side);
  }

  #pushed(push: Push): void {
    const node = this.#node;
    if (this.#isOver) return;
    this.#heardMs = node.world.network.nowMs;
    if (push.kind === "takeover") {
      node.follow(undefined);
      return;
    }
    if (push.kind === "full") node.load(push.log);
    if (push.kind === "write") {
      if (push.at !== node.log.length) throw new Error(`${node.name}: a gap at ${push.at}`);
      node.append(push.id);
    }
    this.isSyncing = false;
    this.isUp = true;
  }

  #lost(): void {
    const node = this.#node;
    this.#connection = undefined;
    this.isSyncing = false;
    if (this.isUp) {
      this.isUp = false;
      this.downSinceMs = node.world.network.nowMs;
    }
    node.after(RETRY_MS, () => this.#connect());
  }

  #planAcks(): void {
    const node = this.#node;
    node.after(ACK_MS, () => {
      if (this.#isOver) return;
      if (this.isUp) this.#connection?.request(["REPLCONF", "ACK", `${node.log.length}`]);
      const connection = this.#connection;
      const silentMs = node.world.network.nowMs - this.#heardMs;
      if (connection !== undefined && silentMs > node.world.settings.replTimeoutMs) {
        connection.close();
        this.#lost();
      }
      this.#planAcks();
    });
  }
}
