import type { SavedData } from "../rdb/dataset-writer";
import type { SharedRing } from "./chunk-ring";

/** What is to be written where and how: plain data, so that it can be sent to a worker. */
export interface SaveOrder {
  readonly data: Omit<SavedData, "version">;
  /** RDB versions to try, until one can hold the data. */
  readonly versions: readonly number[];
  /** Absolute; names of files are joined to it, because `dir` may change meanwhile. */
  readonly directory: Uint8Array;
  readonly temporaryName: string;
  readonly fileName: Uint8Array;
  /** rdbcompression, rdbchecksum, rdb-save-incremental-fsync. */
  readonly compresses: boolean;
  readonly hasChecksum: boolean;
  readonly syncsInSteps: boolean;
  /** rdb-key-save-delay: microseconds to wait after each key, so that tests see a slow disk. */
  readonly keyDelayUs: number;
  /** How the base of an append only file is written; absent for a file of its own. */
  readonly aofBase?: AofBaseOrder;
  /** The file stays open for whoever sends it on: its descriptor is part of the outcome. */
  readonly keepsOpen?: boolean;
  /** Chunks for the sockets of replicas, and no file. */
  readonly ring?: SharedRing;
}

export interface AofBaseOrder {
  /** Commands instead of an RDB file (`aof-use-rdb-preamble no`). */
  readonly asCommands: boolean;
  /** What `aof-timestamp-enabled` puts in front of commands. */
  readonly timestampSeconds: number | undefined;
}

/** How it ended. `problem` is a whole sentence for the log. */
export type SaveOutcome =
  | {
      readonly kind: "saved";
      readonly keys: number;
      readonly sizeBytes: number;
      readonly descriptor?: number;
    }
  | { readonly kind: "cancelled" }
  | {
      readonly kind: "failed";
      readonly problem: string;
      /** A newer version of the format could hold the data. */
      readonly isTooNew?: boolean;
    };
