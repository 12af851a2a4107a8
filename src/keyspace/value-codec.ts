import type { RdbReader } from "../rdb/rdb-reader";
import type { RdbWriter } from "../rdb/rdb-writer";
import type { AofCommandWriter } from "./aof-command-writer";
import type { Database } from "./database";

/**
 * How the values of one data type get into RDB files and out of them. Each type under types/ gives
 * its own; strings, which lie in their entries, are written and read by the file's own code.
 *
 * A saver is made for a memory and only reads it: also frozen, in a snapshot's worker. What it keeps
 * between two values is scratch.
 */
export interface ValueSaver {
  /** TYPE_* of keyspace/entry.ts. */
  readonly code: number;
  /**
   * The RDB type (RDB_* of rdb/rdb-format.ts) that the value of an entry is written as in a version
   * of the format, or -1 when that version cannot hold it.
   */
  rdbType(entry: number, version: number): number;
  /** Writes what follows the key, for the type that `rdbType` told. */
  save(entry: number, rdbType: number, writer: RdbWriter): void;
}

/**
 * How the values of one data type are told as the commands that build them, for the base of an AOF
 * when `aof-use-rdb-preamble` is off. As a saver it only reads, also frozen memory in a worker.
 */
export interface ValueRewriter {
  /** TYPE_* of keyspace/entry.ts. */
  readonly code: number;
  /** Writes the commands that make the value of an entry, under its key, where there is none. */
  rewrite(entry: number, writer: AofCommandWriter): void;
}

/** A value that has been read and is in no entry yet; shown until the next is loaded. */
export interface LoadedValue {
  readonly encoding: number;
  /**
   * 0 when the file has a value without elements, which no key may have: it is left out. Also 0 for
   * a value that is to lie inside its entry.
   */
  readonly ref: number;
  /** The value where `encoding` is ENCODING_INLINE: `length` bytes from `start`. */
  readonly inline?: InlineValue;
}

export interface InlineValue {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
}

export interface ValueLoader {
  /** TYPE_* of keyspace/entry.ts. */
  readonly code: number;
  /** The RDB types that `load` reads. */
  readonly rdbTypes: readonly number[];
  /**
   * Reads what follows the key and makes a value of it, in the encoding that the configuration asks
   * for. Everything is checked: what is broken throws an RdbProblem (`reader.fail`), with whatever
   * was built so far freed.
   */
  load(rdbType: number, reader: RdbReader): LoadedValue;
  /** The value loaded last is in a database now, in this entry. For who must know of such values. */
  placed?(database: Database, entry: number): void;
}
