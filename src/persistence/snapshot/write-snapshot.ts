import { AofCommandWriter } from "../../keyspace/aof-command-writer";
import type { ValueRewriter, ValueSaver } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import type { ByteCodecs } from "../../native/byte-codecs";
import { RdbWriter } from "../../rdb/rdb-writer";
import { CommandsOfDataset } from "../aof/commands-of-dataset";
import { DatasetWriter, ValueTooNew } from "../rdb/dataset-writer";
import { ChunkRing } from "./chunk-ring";
import type { SaveOrder, SaveOutcome } from "./save-order";
import type { SaveProgress } from "./save-progress";
import { SnapshotFile, SnapshotFileError } from "./snapshot-file";
import { SnapshotCancelled, SnapshotStream, type SnapshotTarget } from "./snapshot-target";

const US_PER_MS = 1000;

/** How values are written, made for one memory: as RDB (all types but string), and as commands. */
export interface ValueEncoders {
  readonly savers: readonly ValueSaver[];
  readonly rewriters: readonly ValueRewriter[];
}

/**
 * Writes a data set into a file, as RDB or as commands, and puts that in its place, or into a ring
 * for replicas, in the thread that calls: memory must stand still meanwhile, frozen or between two
 * turns.
 *
 * A data set that the version tried first cannot hold is begun anew in the next. Throws nothing.
 *
 * @param published told when a chunk for replicas is ready.
 */
export function writeSnapshot(
  order: SaveOrder,
  memory: BlockMemory,
  encoders: ValueEncoders,
  progress: SaveProgress,
  codecs: ByteCodecs,
  published: () => void = () => undefined,
): SaveOutcome {
  let outcome: SaveOutcome | undefined;
  for (const [index, version] of order.versions.entries()) {
    const mayTryNext = index + 1 < order.versions.length;
    outcome = writeVersion(
      order,
      version,
      mayTryNext,
      memory,
      encoders,
      progress,
      codecs,
      published,
    );
    if (outcome !== undefined) break;
  }
  return outcome ?? { kind: "failed", problem: "There is no RDB version to write." };
}

/** Undefined when the version cannot hold the data and there is another to try. */
function writeVersion(
  order: SaveOrder,
  version: number,
  mayTryNext: boolean,
  memory: BlockMemory,
  encoders: ValueEncoders,
  progress: SaveProgress,
  codecs: ByteCodecs,
  published: () => void,
): SaveOutcome | undefined {
  let file: SnapshotTarget | undefined;
  try {
    if (progress.isCancelled) throw new SnapshotCancelled();
    file = newTarget(order, progress, published);
    const keys = writeDataset(order, version, memory, encoders, progress, codecs, file);
    file.finish();
    if (!progress.beginCommit()) throw new SnapshotCancelled();
    const descriptor = file.commit();
    const { sizeBytes } = file;
    return { kind: "saved", keys, sizeBytes, ...(descriptor !== undefined && { descriptor }) };
  } catch (error) {
    file?.abandon();
    if (error instanceof SnapshotCancelled) return { kind: "cancelled" };
    if (error instanceof ValueTooNew && mayTryNext) return undefined;
    if (error instanceof SnapshotFileError || error instanceof ValueTooNew) {
      const isTooNew = error instanceof ValueTooNew;
      return { kind: "failed", problem: error.message, ...(isTooNew && { isTooNew }) };
    }
    // Nothing was changed but the new file, so even a mistake of ours is no reason to stop.
    return { kind: "failed", problem: `Error saving the data set: ${String(error)}` };
  }
}

function newTarget(
  order: SaveOrder,
  progress: SaveProgress,
  published: () => void,
): SnapshotTarget {
  const { ring } = order;
  if (ring === undefined) {
    return new SnapshotFile(
      order,
      order.syncsInSteps,
      order.aofBase !== undefined,
      order.keepsOpen,
    );
  }
  return new SnapshotStream(new ChunkRing(ring), () => progress.isCancelled, published);
}

/** Returns how many keys there were. */
function writeDataset(
  order: SaveOrder,
  version: number,
  memory: BlockMemory,
  encoders: ValueEncoders,
  progress: SaveProgress,
  codecs: ByteCodecs,
  file: SnapshotTarget,
): number {
  const sink = (bytes: Uint8Array, length: number): void => {
    if (progress.isCancelled) throw new SnapshotCancelled();
    file.write(bytes, length);
  };
  const delay = new KeyDelay(order.keyDelayUs);
  let keys = 0;
  const onKey = (): void => {
    progress.keys = ++keys;
    delay.afterKey();
    if (progress.isCancelled) throw new SnapshotCancelled();
  };
  const { data, aofBase } = order;
  if (aofBase?.asCommands) {
    const writer = new AofCommandWriter(memory, sink);
    const commands = new CommandsOfDataset(memory, encoders.rewriters, writer, data, onKey);
    commands.write(aofBase.timestampSeconds);
  } else {
    const writer = new RdbWriter(sink, order, codecs);
    new DatasetWriter(memory, encoders.savers, writer, { ...data, version }, onKey).write();
  }
  return keys;
}

/** Waits so long for each key on the average; a wait of less than a millisecond is saved up. */
class KeyDelay {
  readonly #delayUs: number;
  readonly #nobody = new Int32Array(new SharedArrayBuffer(4));
  #owedUs = 0;

  constructor(delayUs: number) {
    this.#delayUs = Math.max(0, delayUs);
  }

  afterKey(): void {
    if (this.#delayUs === 0) return;
    this.#owedUs += this.#delayUs;
    if (this.#owedUs < US_PER_MS) return;
    Atomics.wait(this.#nobody, 0, 0, this.#owedUs / US_PER_MS);
    this.#owedUs = 0;
  }
}
