/**
 * What is to end at a time: a heap by time, and one timer for the earliest.
 *
 * Times are of a clock that never goes back. Adding and removing take O(log n). The timer is not
 * touched when the earliest is taken out: it wakes up once for nothing then.
 */
export interface Timed {
  /** Infinity for what never ends; such are not kept here. It stays as it is while kept. */
  readonly deadlineMs: number;
  /** Its place in the heap; -1 outside. */
  deadlineAt: number;
}

export interface DeadlineParts {
  readonly monotonicMs: () => number;
  /** Calls back after so many ms; returns what takes the call back. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Something may be due: `takeDue` tells what. */
  readonly wake: () => void;
}

/** The longest time that a timer of Node can wait. */
const LONGEST_DELAY_MS = 0x7fffffff;

export class Deadlines<T extends Timed> {
  readonly #parts: DeadlineParts;
  readonly #heap: T[] = [];
  #timerMs = Number.POSITIVE_INFINITY;
  #cancel: () => void = () => undefined;

  constructor(parts: DeadlineParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#heap.length;
  }

  add(timed: T): void {
    if (timed.deadlineMs === Number.POSITIVE_INFINITY) return;
    this.#heap.push(timed);
    this.#rise(timed, this.#heap.length - 1);
    this.#arm();
  }

  /** Does nothing for what is not in it. */
  remove(timed: T): void {
    const at = timed.deadlineAt;
    if (at < 0) return;
    timed.deadlineAt = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === timed) return;
    this.#sink(last, at);
    this.#rise(last, last.deadlineAt);
  }

  /** Takes out one whose time has come, the earliest first; undefined when there is none. */
  takeDue(): T | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.deadlineMs > this.#parts.monotonicMs()) return undefined;
    this.remove(first);
    return first;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.deadlineMs >= this.#timerMs) return;
    this.#cancel();
    this.#timerMs = first.deadlineMs;
    const delayMs = Math.ceil(first.deadlineMs - this.#parts.monotonicMs());
    const bounded = Math.min(Math.max(delayMs, 1), LONGEST_DELAY_MS);
    this.#cancel = this.#parts.after(bounded, () => {
      this.#timerMs = Number.POSITIVE_INFINITY;
      this.#parts.wake();
      this.#arm();
    });
  }

  #rise(timed: T, from: number): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parentAt = (at - 1) >>> 1;
      const parent = heap[parentAt];
      if (parent.deadlineMs <= timed.deadlineMs) break;
      heap[at] = parent;
      parent.deadlineAt = at;
      at = parentAt;
    }
    heap[at] = timed;
    timed.deadlineAt = at;
  }

  #sink(timed: T, from: number): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let childAt = at * 2 + 1;
      if (childAt >= heap.length) break;
      if (childAt + 1 < heap.length && heap[childAt + 1].deadlineMs < heap[childAt].deadlineMs) {
        childAt++;
      }
      const child = heap[childAt];
      if (child.deadlineMs >= timed.deadlineMs) break;
      heap[at] = child;
      child.deadlineAt = at;
      at = childAt;
    }
    heap[at] = timed;
    timed.deadlineAt = at;
  }
}
