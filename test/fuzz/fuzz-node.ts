// The whole data node in one process for fuzzing: no sockets, no real time, poison mode on.
// Time goes on by a microsecond whenever somebody looks, so that a seed repeats a run.

import type { Clock } from "../../src/base/clock";
import { Random } from "../../src/base/random";
import { Config } from "../../src/config/config";
import type { DataCall } from "../../src/keyspace/data-call";
import { PORTABLE_CODECS } from "../../src/native/byte-codecs";
import { PortableBitOperations } from "../../src/native/portable-bit-operations";
import type { SaveOrder, SaveOutcome } from "../../src/persistence/snapshot/save-order";
import type { SaveProgress } from "../../src/persistence/snapshot/save-progress";
import type { SnapshotWriter } from "../../src/persistence/snapshot/snapshot-thread";
import { Listeners } from "../../src/process/listeners";
import { gatherFacts } from "../../src/process/server-facts";
import { Shutdown } from "../../src/process/shutdown";
import { DataNode } from "../../src/server/data-node";
import { followTransportSettings } from "../../src/session/transport-settings";
import { SeededRandom } from "../support/seeds";
import { SimulatedDisk } from "../unit/persistence/aof/simulated-disk";
import { MemoryTransport } from "./memory-transport";

const START_MS = 1_700_000_000_000;
const STEP_MS = 0.001;
const SLOTS = 32;

class SteppingClock implements Clock {
  #elapsedMs = 0;

  nowMs(): number {
    return Math.floor(START_MS + this.#elapsedMs);
  }

  nowUs(): number {
    return Math.floor((START_MS + this.#elapsedMs) * 1000);
  }

  monotonicMs(): number {
    this.#elapsedMs += STEP_MS;
    return this.#elapsedMs;
  }

  advance(durationMs: number): void {
    this.#elapsedMs += durationMs;
  }
}

/** Writes nothing, and has always succeeded; what is written beside ends when it is asked to. */
export class PretendedSnapshots implements SnapshotWriter {
  #ended: ((outcome: SaveOutcome) => void) | undefined;
  #progress: SaveProgress | undefined;

  prepare(): void {}

  writeNow(): SaveOutcome {
    return { kind: "saved", keys: 0, sizeBytes: 0 };
  }

  begin(
    _order: SaveOrder,
    _segments: readonly SharedArrayBuffer[],
    progress: SaveProgress,
    ended: (outcome: SaveOutcome) => void,
  ): void {
    this.#ended = ended;
    this.#progress = progress;
  }

  /** Ends what is being written beside, if anything is. */
  end(outcome = this.writeNow()): void {
    const ended = this.#ended;
    this.#ended = undefined;
    ended?.(this.#progress?.isCancelled ? { kind: "cancelled" } : outcome);
  }
}

export class FuzzNode {
  readonly clock = new SteppingClock();
  readonly transport: MemoryTransport;
  readonly config: Config;
  readonly node: DataNode;
  readonly snapshots = new PretendedSnapshots();

  /** The disk of the append only file, which is nowhere else. */
  readonly aofDisk: SimulatedDisk;

  constructor(seed: number) {
    this.aofDisk = new SimulatedDisk(new SeededRandom(seed ^ 0x66), "appendonlydir");
    const hashKey = [seed | 0, 0x5bd1e995] as const;
    this.transport = new MemoryTransport(SLOTS, hashKey, new SeededRandom(seed ^ 0x55));
    this.config = new Config({ currentDirectory: () => "/", changeDirectory: () => undefined });
    // The least there is, so that values stay small.
    this.set("proto-max-bulk-len", "1mb");
    // Whoever wants memory to be frozen does it at the moment of his choice.
    this.set("save", "");
    followTransportSettings(this.config, this.transport);
    process.env.REDIS_POISON_MEMORY = "1";
    this.node = new DataNode({
      config: this.config,
      log: {
        writes: () => true,
        debug: () => undefined,
        verbose: () => undefined,
        notice: () => undefined,
        warning: () => undefined,
      },
      transport: this.transport,
      clock: this.clock,
      facts: gatherFacts({
        clock: this.clock,
        configFile: "",
        transportName: "portable",
        supervisedBy: "no",
      }),
      listeners: new Listeners(this.transport, 0, () => undefined),
      shutdown: this.#shutdown(),
      snapshots: this.snapshots,
      aofDisk: this.aofDisk,
      random: new Random(seed),
      hashKey,
      bits: new PortableBitOperations(),
      codecs: PORTABLE_CODECS,
      onCrash: (_call: DataCall, error: unknown) => {
        throw new Error("a command has crashed", { cause: error });
      },
    });
    this.node.loop.start();
  }

  /** SHUTDOWN closes nothing and ends nothing here. */
  #shutdown(): Shutdown {
    return new Shutdown({
      config: this.config,
      notice: () => undefined,
      warning: () => undefined,
      begin: () => undefined,
      removePidFile: () => false,
      closeListeners: () => false,
      finish: () => undefined,
      saves: () => undefined,
      stopAof: () => true,
      isLoading: () => false,
    });
  }

  set(name: string, text: string): void {
    const problem = this.config.set([[name, text]], { loading: false, local: true });
    if (problem !== undefined) throw new Error(problem);
  }

  /** The cron's tick, with the JS heap, whose size depends on the machine, taken as nothing. */
  tick(): void {
    this.node.cron.tick();
    this.node.context.usedMemory.heapBytes = 0;
  }
}
