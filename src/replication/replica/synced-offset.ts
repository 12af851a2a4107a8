/**
 * How much of its master's stream a replica has in its append only file and on the disk: what it
 * confirms by FACK.
 *
 * The file counts bytes of effects, the stream counts its own. A mark says that all up to an offset
 * of the stream is in the first so many bytes of effects. What always holds: `offset` names nothing
 * that a loss of power might take.
 */
export interface DurableFile {
  readonly takenBytes: number;
  isDurable(takenBytes: number): boolean;
}

interface Mark {
  readonly takenBytes: number;
  readonly offset: number;
}

const NOTHING: Mark = { takenBytes: 0, offset: 0 };
/** Between two marks: syncs are a second apart, unless everything is synced at once. */
const LEAST_STEP_MS = 50;
/** More wait only while a disk hangs; then the oldest are kept, which are confirmed first. */
const MOST_MARKS = 64;

export class SyncedOffset {
  readonly #file: DurableFile;
  #confirmed = NOTHING;
  #marks: Mark[] = [];
  #nextMarkMs = 0;

  constructor(file: DurableFile) {
    this.#file = file;
  }

  /** All effects of the stream up to `offset` have been handed over. */
  settled(offset: number, nowMs: number): void {
    if (nowMs < this.#nextMarkMs && this.#nextMarkMs - nowMs <= LEAST_STEP_MS) return;
    this.#nextMarkMs = nowMs + LEAST_STEP_MS;
    if (this.#marks.length < MOST_MARKS) {
      this.#marks.push({ takenBytes: this.#file.takenBytes, offset });
    }
  }

  /** @param offset of the stream, all of whose effects have been handed over. */
  at(offset: number): number {
    const file = this.#file;
    if (file.isDurable(file.takenBytes)) {
      this.#confirmed = { takenBytes: file.takenBytes, offset };
      this.#marks = [];
    }
    while (this.#marks.length > 0 && file.isDurable(this.#marks[0].takenBytes)) {
      this.#confirmed = this.#marks.shift() ?? NOTHING;
    }
    return this.#confirmed.offset;
  }

  /** Another history begins: what was confirmed of the old one means nothing. */
  reset(): void {
    this.#confirmed = NOTHING;
    this.#marks = [];
  }
}
