import { wordOf } from "../../../keyspace/entry";
import type { BlockMemory } from "../../../memory/block-memory";
import type { TreePlace } from "../../../structures/counted-tree-reader";
import {
  bytesOf,
  CONSUMER_NAME_LENGTH,
  consumerOf,
  GROUP_NAME_LENGTH,
  nameStartOf,
} from "./group-layout";

/**
 * A place among groups, or among the consumers of a group, told by a name: byte by byte, and what
 * ends first comes first.
 */
export class NamePlace implements TreePlace {
  /** 0 for a place among groups, else the group whose consumers' numbers are the items. */
  group = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #length = 0;
  readonly #memory: BlockMemory;

  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  /** Stands where the name is. The bytes must stay while the place is used. */
  set(bytes: Uint8Array, at: number, length: number): this {
    this.#bytes = bytes;
    this.#at = at;
    this.#length = length;
    return this;
  }

  compare(item: number): number {
    const memory = this.#memory;
    const isGroup = this.group === 0;
    const ref = isGroup ? item : consumerOf(memory, this.group, item);
    const lengthWord = isGroup ? GROUP_NAME_LENGTH : CONSUMER_NAME_LENGTH;
    const bytes = bytesOf(memory, ref);
    const start = nameStartOf(ref, lengthWord);
    const length = wordOf(memory, ref, lengthWord);
    const common = Math.min(length, this.#length);
    for (let i = 0; i < common; i++) {
      const difference = bytes[start + i] - this.#bytes[this.#at + i];
      if (difference !== 0) return difference;
    }
    return length - this.#length;
  }
}
