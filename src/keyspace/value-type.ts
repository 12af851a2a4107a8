import type { Arena } from "../memory/arena";
import type { BlockMemory } from "../memory/block-memory";

/**
 * One row per data type: what the keyspace must know of a value without knowing what it is.
 *
 * Strings live inside their entry and have no row of their own for freeing. Each type under types/
 * gives its row; the server's composition puts them into the table. No `switch (type)` elsewhere.
 */
export interface ValueType {
  /** As TYPE tells it: `string`, `list`, ... */
  readonly name: string;
  /** TYPE_* of entry.ts. */
  readonly code: number;
  /** As OBJECT ENCODING tells it. */
  encodingName(memory: BlockMemory, entry: number): string;
  /** Bytes of the value beside the entry, as MEMORY USAGE counts them. */
  memoryBytes(memory: Arena, entry: number, samples: number): number;
  /**
   * About how many blocks a free has to touch; above a limit it is done a little per turn.
   * `encoding` is what the value's entry said.
   */
  freeEffort(memory: Arena, valueRef: number, encoding: number): number;
  /**
   * Frees part of a value that nothing refers to any more, about `budget` blocks. Returns the ref to
   * go on with, or 0 when all is freed.
   */
  freeSome(memory: Arena, valueRef: number, budget: number, encoding: number): number;
  /** A copy of the value of an entry, for COPY; returns its ref. */
  copy(memory: Arena, entry: number): number;
  /** Feeds the value's DEBUG DIGEST (see introspection). */
  digest(memory: BlockMemory, entry: number, mix: DigestSink): void;
}

/** The ways in which DEBUG DIGEST combines parts: in order, or as an unordered sum. */
export interface DigestSink {
  /** Mixes bytes in order into the running digest. */
  mix(bytes: Uint8Array, at: number, length: number): void;
  /** Adds bytes as they are, without order. */
  addBytes(bytes: Uint8Array, at: number, length: number): void;
  /** Adds a nested digest without order: everything mixed inside `feed` counts as one element. */
  add(feed: (element: DigestSink) => void): void;
}
