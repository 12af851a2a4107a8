import type { Arena } from "../memory/arena";
import type { Dict } from "../structures/dict";
import type { ValueType } from "./value-type";

/**
 * What is thrown away but too large to free within one command: values and whole dictionaries.
 *
 * `work` is called between turns with a budget of time, so that nothing large ever holds a turn.
 * There is no thread: an UNLINK, a FLUSHALL, an expiry and an overwrite are all freed here. It reads
 * no clock but the one it is given.
 */

/** Values that touch no more blocks than this are freed at once, as Redis does with UNLINK. */
const FREED_AT_ONCE = 64;
/** Blocks of a value that are freed between two looks at the clock. */
const BLOCKS_PER_LOOK = 256;

interface PendingValue {
  readonly type: ValueType;
  readonly encoding: number;
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
  readonly #monotonicMs: () => number;
  readonly #values: PendingValue[] = [];
  readonly #dicts: PendingDict[] = [];

  constructor(memory: Arena, monotonicMs: () => number) {
    this.#memory = memory;
    this.#monotonicMs = monotonicMs;
  }

  get hasWork(): boolean {
    return this.#values.length > 0 || this.#dicts.length > 0;
  }

  /** Objects that wait (INFO lazyfree_pending_objects). */
  get pendingObjects(): number {
    let pending = this.#values.length;
    for (const { dict } of this.#dicts) pending += dict.count;
    return pending;
  }

  /** Frees a value that nothing refers to: now when it is small, else between turns. */
  value(type: ValueType, encoding: number, ref: number): void {
    const memory = this.#memory;
    if (type.freeEffort(memory, ref, encoding) > FREED_AT_ONCE) {
      this.#values.push({ type, encoding, ref });
      return;
    }
    for (let left = ref; left !== 0; ) left = type.freeSome(memory, left, FREED_AT_ONCE, encoding);
  }

  /** Frees a dictionary and its entries between turns. */
  dict(dict: Dict, dispose: (entry: number) => void): void {
    this.#dicts.push({ dict, dispose });
  }

  /** Frees for about `budgetMs`, at least a little. */
  work(budgetMs: number): void {
    const endMs = this.#monotonicMs() + budgetMs;
    do {
      if (this.#values.length > 0) this.#freeValue();
      else if (this.#dicts.length > 0) this.#freeChunk();
      else return;
    } while (this.#monotonicMs() < endMs);
  }

  #freeValue(): void {
    const value = this.#values[this.#values.length - 1];
    const { type, encoding } = value;
    value.ref = type.freeSome(this.#memory, value.ref, BLOCKS_PER_LOOK, encoding);
    if (value.ref !== 0) return;
    this.#values.pop();
    this.freedObjects++;
  }

  /** About 600 entries, 0.1 ms. */
  #freeChunk(): void {
    const { dict, dispose } = this.#dicts[this.#dicts.length - 1];
    const before = dict.count;
    const isOpen = dict.disposeChunk(dispose);
    this.freedObjects += before - dict.count;
    if (!isOpen) this.#dicts.pop();
  }
}
