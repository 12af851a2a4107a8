import { RdbFileLoading } from "./rdb-file-loading";
import type { RdbLoadingParts } from "./rdb-loading";

/**
 * Loads the data set from an RDB file, in slices or at one go, and tells how far it is.
 *
 * After a problem the data set is half of one: whoever loads must end the process then, unless the
 * file was missing.
 */
export class DatasetLoading {
  readonly #parts: RdbLoadingParts;
  #running: RdbFileLoading | undefined;

  constructor(parts: RdbLoadingParts) {
    this.#parts = parts;
  }

  /**
   * Opens the file and begins. `step` is to be called until it returns functions.
   * @param merges whether keys of the file take the place of those that are there.
   * @param onAux told of every fact that the file names.
   * @throws LoadProblem
   */
  begin(
    path: Uint8Array,
    merges = false,
    onAux: (name: string, value: string) => void = () => undefined,
  ): void {
    // A replica keeps what has expired until its master says that it is gone.
    const dropsExpired = this.#parts.keyspace.expiresKeys;
    this.#running = new RdbFileLoading(this.#parts, path, { dropsExpired, merges, onAux });
    this.#parts.progress.begin(this.#running.sizeBytes);
  }

  /**
   * Reads for about `budgetMs`. Returns the function libraries of the file when it is at its end.
   * @throws LoadProblem
   */
  step(budgetMs: number): readonly Uint8Array[] | undefined {
    const running = this.#running;
    if (running === undefined) throw new Error("nothing is being loaded");
    const { clock, progress } = this.#parts;
    const isDone = running.step(clock.monotonicMs() + budgetMs);
    progress.loadedBytes = running.position;
    if (!isDone) return undefined;
    running.close();
    this.#running = undefined;
    progress.end();
    return running.functions;
  }
}
