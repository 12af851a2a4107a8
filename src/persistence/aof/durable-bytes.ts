/**
 * How much of what the append only file was given is known to be on the disk, counted in bytes since
 * the start of the process, whatever file they went to.
 *
 * What always holds: `durable` never counts what a loss of power might take. After a failed sync, or
 * a file that was let go of unsynced, nothing counts any more until a base tells all of it anew.
 */
export class DurableBytes {
  /** Handed over by effects so far. */
  taken = 0;
  durable = 0;
  /** Where the present file begins. */
  #fileFrom = 0;
  #hasGap = false;

  /** What comes from now on goes to another file. */
  fileBegins(): void {
    this.#fileFrom = this.taken;
  }

  /** All up to that count is on the disk, if nothing before it is missing. */
  synced(count: number): void {
    if (!this.#hasGap && count > this.durable) this.durable = count;
  }

  /** What is on the disk is not known any more. */
  lost(): void {
    this.#hasGap = true;
  }

  /** A base on the disk tells all that is before the present file. */
  rebased(): void {
    this.#hasGap = false;
    this.synced(this.#fileFrom);
  }
}
