import type { Transport } from "../../net/transport";

const NOTHING = new Uint8Array(0);

/**
 * The numbers by which runs name memory that is no part of the data set: blocks of the backlog and
 * what is read from files for replicas. Numbers that are given back are used again, once the turn is
 * over: runs of it may name them still.
 */
export class SegmentNumbers {
  readonly #transport: Pick<Transport, "registerSegment">;
  readonly #free: number[] = [];
  #leaving: number[] = [];
  #next: number;

  /** @param first one behind the last that the data set can have. */
  constructor(transport: Pick<Transport, "registerSegment">, first: number) {
    this.#transport = transport;
    this.#next = first;
  }

  add(bytes: Uint8Array): number {
    const segment = this.#free.pop() ?? this.#next++;
    this.#transport.registerSegment(segment, bytes);
    return segment;
  }

  remove(segment: number): void {
    this.#leaving.push(segment);
    if (this.#leaving.length === 1) setImmediate(() => this.#forget());
  }

  #forget(): void {
    for (const segment of this.#leaving) {
      this.#transport.registerSegment(segment, NOTHING);
      this.#free.push(segment);
    }
    this.#leaving = [];
  }
}
