import type { Transport } from "../../net/transport";

const NOTHING = new Uint8Array(0);

/**
 * The numbers by which runs name memory that is no part of the data set: blocks of the backlog and
 * what is read from files for replicas. Numbers that are given back are used again.
 */
export class SegmentNumbers {
  readonly #transport: Pick<Transport, "registerSegment">;
  readonly #free: number[] = [];
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

  /** No run that has not been sent may name it. */
  remove(segment: number): void {
    this.#transport.registerSegment(segment, NOTHING);
    this.#free.push(segment);
  }
}
