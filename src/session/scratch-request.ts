import type { Arguments } from "../command/arguments";
import { nameHash } from "../command/name-hash";

/**
 * A command that does not come from a socket's bytes, made to look as if it did: its arguments are
 * copied to the scratch region of the input memory and its record to the second half of the table.
 *
 * One at a time: writing the next overwrites the last, so it must have been run before.
 */
export class ScratchRequest {
  readonly #args: Arguments;
  readonly #inputAt: number;
  readonly #hashOf: (bytes: Uint8Array, at: number, length: number) => number;

  constructor(
    args: Arguments,
    inputAt: number,
    hashOf: (bytes: Uint8Array, at: number, length: number) => number,
  ) {
    this.#args = args;
    this.#inputAt = inputAt;
    this.#hashOf = hashOf;
  }

  /** Writes the request and points the arguments at it; returns its name's hash. */
  write(parts: readonly Uint8Array[]): number {
    const { input, table } = this.#args;
    const record = table.length / 2;
    let at = this.#inputAt;
    let word = record + 5;
    for (const part of parts) {
      input.set(part, at);
      table[word++] = at;
      table[word++] = part.length;
      at += part.length;
    }
    const hash = nameHash(parts[0], 0, parts[0].length);
    table[record] = 0;
    table[record + 1] = parts.length;
    table[record + 2] = hash;
    table[record + 3] = parts.length > 1 ? this.#hashOf(parts[1], 0, parts[1].length) : 0;
    table[record + 4] = this.#inputAt;
    this.#args.set(record + 5, parts.length);
    return hash;
  }
}
