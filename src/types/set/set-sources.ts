import type { DataCall } from "../../keyspace/data-call";
import { TYPE_SET } from "../../keyspace/entry";
import type { SetReader } from "./set-reader";

/** More sources than a request can have arguments. */
const INDEX_RANGE = 2 ** 21;
const FEW_SOURCES = 16;

/**
 * The sets that a command combines: the entries of its key arguments, and in which order to take
 * them. Used by one command after another.
 *
 * Entries stay where they are until the command changes something.
 */
export class SetSources {
  /** Keys given, missing ones included. */
  count = 0;
  /** Keys that are not there. */
  missing = 0;
  /** Entries in the order of the arguments, 0 for a missing key. */
  entries = new Int32Array(FEW_SOURCES);
  #sizes = new Float64Array(FEW_SOURCES);
  /** Size and index in one number, in ascending order. */
  #order = new Float64Array(FEW_SOURCES);
  #askedEntries = new Int32Array(FEW_SOURCES);
  #asked = 0;
  #asksHash = false;

  /** Looks the keys of arguments `first` to `last` up; false when one is no set (error written). */
  gather(call: DataCall, first: number, last: number, reader: SetReader): boolean {
    this.count = last - first + 1;
    this.missing = 0;
    if (this.count > this.entries.length || this.entries.length > FEW_SOURCES) {
      const length = Math.max(FEW_SOURCES, this.count);
      this.entries = new Int32Array(length);
      this.#sizes = new Float64Array(length);
      this.#order = new Float64Array(length);
      this.#askedEntries = new Int32Array(length);
    }
    for (let i = 0; i < this.count; i++) {
      const entry = call.read(first + i);
      if (entry !== 0 && call.isWrongType(entry, TYPE_SET)) return false;
      if (entry === 0) this.missing++;
      this.entries[i] = entry;
      this.#sizes[i] = entry === 0 ? 0 : reader.openEntry(entry).size;
    }
    return true;
  }

  /** Members of the set of a key, 0 for a missing one. */
  sizeOf(index: number): number {
    return this.#sizes[index];
  }

  /** Sorts the sources by their size; `entryAt` tells them in that order. */
  sort(): void {
    const { count } = this;
    for (let i = 0; i < count; i++) this.#order[i] = this.#sizes[i] * INDEX_RANGE + i;
    if (count > 1) this.#order.subarray(0, count).sort();
  }

  /** The index of the source of a rank after `sort`: 0 is the smallest. */
  indexAt(rank: number): number {
    return this.#order[rank] % INDEX_RANGE;
  }

  /** The entry of the source of a rank after `sort`. */
  entryAt(rank: number): number {
    return this.entries[this.indexAt(rank)];
  }

  /** Begins a list of sets that are asked for members; no more than there are sources. */
  clearAsked(): void {
    this.#asked = 0;
    this.#asksHash = false;
  }

  /** Adds a source, which is there, to those that are asked. */
  ask(entry: number, probe: SetReader): void {
    this.#askedEntries[this.#asked++] = entry;
    this.#asksHash ||= probe.openEntry(entry).needsHash;
  }

  /** Whether all that are asked have the member that `source` showed when it came to its place. */
  allHave(source: SetReader, probe: SetReader): boolean {
    return this.#firstThat(false, source, probe) === this.#asked;
  }

  /** Whether none of those that are asked has the member that `source` showed. */
  noneHas(source: SetReader, probe: SetReader): boolean {
    return this.#firstThat(true, source, probe) === this.#asked;
  }

  /** The place in the list of the first that has the member, or has it not. */
  #firstThat(has: boolean, source: SetReader, probe: SetReader): number {
    const { valueBytes, valueAt, valueLength } = source;
    const hash = this.#asksHash ? source.hashOfShown(source.place) : 0;
    for (let i = 0; i < this.#asked; i++) {
      // With a single one the probe is open on it already.
      if (this.#asked > 1) probe.openEntry(this.#askedEntries[i]);
      if (probe.hasHashed(hash, valueBytes, valueAt, valueLength) === has) return i;
    }
    return this.#asked;
  }
}
