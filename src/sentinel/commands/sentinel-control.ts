/** What the commands of a Sentinel may ask of the one that they are given to. */
import type { Draft } from "../model/draft";
import type { SentinelModel } from "../model/sentinel-model";
import type { PendingScript } from "../scripts/script-queue";

export interface SentinelControl {
  /** For reading; changed by `change` alone. */
  readonly model: SentinelModel;
  /**
   * A step made by a command. When it returns, what the draft wants done has been done: `isSaved` of
   * the model tells whether the state could be saved.
   */
  change<T>(run: (draft: Draft) => T): T;
  /** Saves the state although nothing has changed; false when that failed. */
  save(): boolean;
  /** Of the monotonic clock of steps. */
  nowMs(): number;
  pendingScripts(): readonly PendingScript[];
  /** Whether this user may run the file (a path as byte text). */
  isExecutable(path: string): boolean;
  /** The address of a host name; undefined when nobody knows it. */
  lookUp(host: string): Promise<string | undefined>;
}
