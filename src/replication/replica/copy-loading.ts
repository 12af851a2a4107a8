/**
 * Loads the copy of a master's data set from its file, in slices between which clients are answered
 * (that the data set is being loaded), into a keyspace that has been emptied.
 */

import { LoadProblem } from "../../persistence/loading/load-problem";
import { RdbFileLoading } from "../../persistence/loading/rdb-file-loading";
import { RdbFileSource } from "../../persistence/loading/rdb-file-source";
import type { RdbLoadingParts } from "../../persistence/loading/rdb-loading";
import { holdsKeys } from "../../persistence/rdb/first-key";
import { RdbReader } from "../../rdb/rdb-reader";
import { databaseIn } from "./saved-place";

/** Between two looks at the sockets. */
const SLICE_MS = 5;

export interface LoadedCopy {
  readonly functions: readonly Uint8Array[];
  /** repl-stream-db: where the stream behind the copy goes on. */
  readonly streamDb: number;
  /** The file on disk is this data set. */
  readonly isOnDisk: boolean;
}

/**
 * @param isWanted asked after each slice; undefined is returned when it is not wanted any more.
 * @throws LoadProblem; the keyspace then holds a part of the copy.
 */
export async function loadCopy(
  parts: RdbLoadingParts,
  path: string,
  isWanted: () => boolean,
): Promise<LoadedCopy | undefined> {
  const { clock, keyspace, progress } = parts;
  let streamDb = 0;
  const loading = new RdbFileLoading(parts, Buffer.from(path), {
    dropsExpired: false,
    merges: false,
    onAux: (name, value) => {
      if (name !== "repl-stream-db") return;
      streamDb = databaseIn(value, keyspace.databases.length) ?? 0;
    },
  });
  progress.begin(loading.sizeBytes);
  try {
    for (;;) {
      keyspace.setTime(clock.nowMs());
      const isDone = loading.step(clock.monotonicMs() + SLICE_MS);
      progress.loadedBytes = loading.position;
      if (isDone) return { functions: loading.functions, streamDb, isOnDisk: true };
      await new Promise((resolve) => setImmediate(resolve));
      if (!isWanted()) return undefined;
    }
  } finally {
    loading.close();
    progress.end();
  }
}

/** Whether a copy on disk has any key. @throws as the system does */
export function copyHasKeys(path: string): boolean {
  const source = new RdbFileSource(Buffer.from(path));
  try {
    return holdsKeys(new RdbReader(source));
  } finally {
    source.close();
  }
}

/** What to tell of an error of `loadCopy`; others are not for the log but for whoever can mend them. */
export function loadProblemText(error: unknown): string {
  if (error instanceof LoadProblem) return error.message;
  throw error;
}
