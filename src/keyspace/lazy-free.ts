import type { Arena } from "../memory/arena";
import type { Dict } from "../structures/dict";
import type { ValueType } from "./value-type";

/**
 * What is thrown away but too large to free within one command: values and whole dictionaries.
 *
 * `step` is called between turns with a budget, so that nothing large ever holds a turn. There is
 * no thread: an UNLINK, a FLUSHALL ASYNC, an expiry and an overwrite are all freed here.
 */

/** Values that touch no more blocks than this are freed at once, as Redis does with UNLINK. */
const FREED_AT_ONCE = 64;
/** Entries of a dictionary chunk count as so many blocks. */
const CHUNK_BLOCKS = 600;

interface PendingValue {
  readonly type: ValueType;
  ref: number;
}

interface PendingDict {
  readonly dict: Dict;
  readonly dispose: (entry: number) => void;
}

export class LazyFree {
  /** Objects freed in this way since the start (INFO lazyfreed_objects). */
  freedObjects = 0;
  readonly #memory: Arena;
  readonly #values: PendingValue[] = [];
  readonly #dicts: PendingDict[] = [];

  constructor(memory: Arena) {
    this.#memory = memory;
  }

  /** Objects that wait (INFO lazyfree_pending_objects). */
  get pendingObjects(): number {
    let pending = this.#values.length;
    for (const { dict } of this.#dicts) pending += dict.count;
    return pending;
  }

  /** Frees a value that nothing refers to: now when it is small, else over turns. */
  value(type: ValueType, ref: number): void {
    if (type.freeEffort(this.#memory, ref) > FREED_AT_ONCE) {
      this.#values.push({ type, ref });
      return;
    }
    for (let left = ref; left !== 0; ) left = type.freeSome(this.#memory, left, FREED_AT_ONCE);
  }

  /** Frees a dictionary and its entries over turns. */
  dict(dict: Dict, dispose: (entry: number) => void): void {
    this.#dicts.push({ dict, dispose });
  }

  /** Frees about `budget` blocks; returns whether anything is left. */
  step(budget: number): boolean {
    let left = budget;
    while (left > 0) {
      const value = this.#values[this.#values.length - 1];
      if (value !== undefined) {
        value.ref = value.type.freeSome(this.#memory, value.ref, left);
        left -= FREED_AT_ONCE;
        if (value.ref === 0) {
          this.#values.pop();
          this.freedObjects++;
        } else {
          left = 0;
        }
        continue;
      }
      const pending = this.#dicts[this.#dicts.length - 1];
      if (pending === undefined) return false;
      const wasOpen = pending.dict.disposeChunk((entry) => {
        pending.dispose(entry);
        this.freedObjects++;
      });
      left -= CHUNK_BLOCKS;
      if (!wasOpen) this.#dicts.pop();
    }
    return this.#values.length > 0 || this.#dicts.length > 0;
  }
}
