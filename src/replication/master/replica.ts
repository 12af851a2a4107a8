import type { Client } from "../../session/client";
import type { BacklogReader } from "../backlog";
import type { ReplicaView } from "../decisions/replication-state";
import type { ReplicaCapabilities } from "../decisions/sync-answer";
import type { Copy } from "./copy";

/**
 * How far a replica is: it waits for a copy to begin (`waiting`), for the file to be complete
 * (`saving`), is sent the file (`file`) or what is made of it at this moment (`stream`), and then
 * what has been written since.
 */
export type ReplicaPhase = "waiting" | "saving" | "file" | "stream" | "online";

/** What a connection has said of itself by REPLCONF. */
export class Greeting {
  /** 0 before it has been told. */
  port = 0;
  address = "";
  version = "";
  capabilities: ReplicaCapabilities = { eof: false, psync2: false };
  /** It was told that what it is sent is going to be compressed. */
  isCompressed = false;
  /** It wants nothing but the file, and only that part of it; see `rdb-filter-only`. */
  wantsFileOnly = false;
  filter = "";
}

/** One replica of this server: data, which the files of this room work on. */
export class Replica {
  phase: ReplicaPhase = "waiting";
  /** Where it reads on once it has the copy; it keeps what it has not read. */
  reader: BacklogReader | undefined;
  /** What it is sent before the stream. */
  copy: Copy | undefined;
  /** What it is sent between copy and stream: bytes that only count for it. */
  prologue: Uint8Array | undefined;
  /** What it is sent from now on is in frames. */
  isFramed = false;
  /** It asked by SYNC: it knows no offsets and confirms nothing. */
  isOld = false;
  /** It is as old as Redis 3.2; see decisions/old-peer.ts. */
  isOldPeer = false;
  /** Nothing of the stream is sent before it has said that it has loaded what it was sent. */
  awaitsAck = false;
  ackOffset = 0;
  /** What is in its append only file and on the disk, as far as it has told; -1: nothing. */
  syncedOffset = -1;
  ackMs: number;
  /** When it was last looked at, and how many bytes had come from it in all. */
  lookedMs = Number.NEGATIVE_INFINITY;
  heardBytes = 0;
  /** When it last took a part of a copy. */
  lastWriteMs: number;

  constructor(
    readonly client: Client,
    readonly greeting: Greeting,
    /** When it asked. */
    readonly sinceMs: number,
  ) {
    this.ackMs = sinceMs;
    this.lastWriteMs = sinceMs;
  }

  /** Where clients and other servers reach it. */
  get host(): string {
    return this.greeting.address === "" ? this.client.address.remoteIp : this.greeting.address;
  }

  get port(): number {
    return this.greeting.port;
  }

  /** For the log: what it announced, or the number of its connection. */
  get name(): string {
    return replicaName(this.client, this.greeting);
  }

  /** What it has confirmed counts no more, for WAIT, until it confirms something again. */
  doubt(): void {
    this.ackOffset = 0;
    this.syncedOffset = -1;
  }

  get isOnline(): boolean {
    return this.phase === "online";
  }

  get view(): ReplicaView {
    const { host, port, isOnline, ackOffset, ackMs } = this;
    return { host, port, isOnline, ackOffset, ackMs };
  }
}

export function replicaName(client: Client, greeting: Greeting): string {
  const { address, port } = greeting;
  const host = address === "" ? client.address.remoteIp : address;
  if (host === "") return `client id #${client.id}`;
  if (port > 0) return `${host}:${port}`;
  return `${host}:<unknown-replica-port>`;
}
