import type { Clock } from "../base/clock";
import type { Random } from "../base/random";
import type { Config } from "../config/config";
import type { DataCall } from "../keyspace/data-call";
import type { BitOperations } from "../native/bit-operations";
import type { ByteCodecs } from "../native/byte-codecs";
import type { Transport } from "../net/transport";
import type { AofDisk } from "../persistence/aof/aof-disk";
import type { SnapshotWriter } from "../persistence/snapshot/snapshot-thread";
import type { Listeners } from "../process/listeners";
import type { ServerFacts } from "../process/server-facts";
import type { Shutdown } from "../process/shutdown";
import type { SessionLog } from "../session/session-log";

/** What the data node is put together from: the world outside, or a test's. */
export interface DataNodeParts {
  readonly config: Config;
  readonly log: SessionLog;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly facts: ServerFacts;
  readonly random: Random;
  readonly hashKey: readonly [number, number];
  readonly listeners: Listeners;
  readonly shutdown: Shutdown;
  /** Who writes snapshots. */
  readonly snapshots: SnapshotWriter;
  /** Where the append only file is; absent for where the configuration says. */
  readonly aofDisk?: AofDisk;
  /** Bits of long strings: through the addon, or without it. */
  readonly bits: BitOperations;
  /** Checksums and compression of files and payloads: likewise. */
  readonly codecs: ByteCodecs;
  /** The letter in front of log lines; absent where nobody reads them. */
  readonly setLogRole?: (role: "master" | "replica") => void;
  /** Asks the system for huge pages behind a new segment; absent without the addon. */
  readonly preferHugePages?: (segment: Uint8Array) => void;
  /** Has memory put behind a range soon, by another thread; absent without the addon. */
  readonly populate?: (segment: Uint8Array, offset: number, length: number) => void;
  /** Gives memory back to the system; absent without the addon. */
  readonly advise?: (segment: Uint8Array, offset: number, length: number) => void;
  /** Ends the process after an exception in the middle of a command (design D7). */
  readonly onCrash: (call: DataCall, error: unknown) => never;
}
