import { copyBytes } from "../../base/bytes";
import type { Crc64 } from "../../base/crc64";
import type { Database } from "../../keyspace/database";
import type { ValueLoader, ValueSaver } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import { type ByteCodecs, PORTABLE_CODECS } from "../../native/byte-codecs";
import { RDB_NEWEST_VERSION } from "../../rdb/rdb-format";
import { RdbProblem } from "../../rdb/rdb-problem";
import { BytesSource, RdbReader } from "../../rdb/rdb-reader";
import { RdbWriter } from "../../rdb/rdb-writer";
import { EntryReader } from "./entry-reader";
import { EntryWriter } from "./entry-writer";

/** What is written unless a value needs a newer version: every Redis from 7.0 on reads it. */
const USUAL_VERSION = 10;
const FOOTER_BYTES = 10;
const CHECKSUM_BYTES = 8;
const ROOM_BYTES = 4096;
/** Larger buffers are not kept for the next payload. */
const MOST_KEPT_BYTES = 1024 * 1024;

/**
 * The bytes that DUMP replies and RESTORE and MIGRATE send.
 *
 *     [type 1] value [version 2][CRC64 of all before 8]           numbers least significant byte first
 *
 * One object serves all commands; what it shows is valid until the next call.
 */
export class DumpPayload {
  readonly #entries: EntryReader;
  readonly #values: EntryWriter;
  readonly #writer: RdbWriter;
  readonly #source = new BytesSource(new Uint8Array(0), 0, 0);
  readonly #reader: RdbReader;
  readonly #crc: Crc64;
  #bytes = new Uint8Array(ROOM_BYTES);
  #length = 0;
  #rdbType = 0;

  constructor(
    memory: BlockMemory,
    savers: readonly ValueSaver[],
    loaders: readonly ValueLoader[],
    codecs: ByteCodecs = PORTABLE_CODECS,
  ) {
    this.#values = new EntryWriter(memory, savers);
    this.#entries = new EntryReader(loaders);
    const sink = (bytes: Uint8Array, length: number): void => this.#append(bytes, length);
    this.#writer = new RdbWriter(sink, { compresses: true, hasChecksum: false }, codecs);
    this.#reader = new RdbReader(this.#source, codecs);
    this.#crc = codecs.newCrc64();
  }

  /** The payload of an entry's value: the first `length` of `bytes`. */
  write(entry: number): { readonly bytes: Uint8Array; readonly length: number } {
    return this.writeAs(
      entry,
      this.isHeldBy(entry, USUAL_VERSION) ? USUAL_VERSION : RDB_NEWEST_VERSION,
    );
  }

  /** Whether a version of the format can hold an entry's value. */
  isHeldBy(entry: number, version: number): boolean {
    return this.#values.rdbType(entry, version) >= 0;
  }

  /** The payload in a version that can hold the value. */
  writeAs(entry: number, version: number): { readonly bytes: Uint8Array; readonly length: number } {
    if (this.#bytes.length > MOST_KEPT_BYTES) this.#bytes = new Uint8Array(ROOM_BYTES);
    this.#length = 0;
    const writer = this.#writer;
    const rdbType = this.#values.rdbType(entry, version);
    writer.byte(rdbType);
    this.#values.write(entry, rdbType, writer);
    writer.byte(version & 255);
    writer.byte(version >>> 8);
    writer.flush();
    this.#makeRoom(CHECKSUM_BYTES);
    this.#crc.reset();
    this.#crc.update(this.#bytes, 0, this.#length);
    this.#crc.write(this.#bytes, this.#length);
    return { bytes: this.#bytes, length: this.#length + CHECKSUM_BYTES };
  }

  /** Looks at a payload; false when its checksum is wrong or its version too new. */
  open(bytes: Uint8Array, at: number, length: number): boolean {
    if (length < FOOTER_BYTES) return false;
    const end = at + length;
    const version = bytes[end - FOOTER_BYTES] | (bytes[end - FOOTER_BYTES + 1] << 8);
    if (version > RDB_NEWEST_VERSION) return false;
    this.#crc.reset();
    this.#crc.update(bytes, at, end - CHECKSUM_BYTES);
    this.#source.open(bytes, at, length - FOOTER_BYTES);
    return this.#crc.equals(bytes, end - CHECKSUM_BYTES);
  }

  /**
   * Makes an entry, in no dictionary yet, of the value in the open payload; 0 when that is broken or
   * has no elements. Bytes behind the value are ignored, as Redis does.
   * @param expires leaves room for an expiry, which the caller writes.
   */
  read(
    database: Database,
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    expires: boolean,
  ): number {
    const reader = this.#reader;
    const entries = this.#entries;
    try {
      reader.reset();
      this.#rdbType = reader.byte();
      entries.check(this.#rdbType, reader);
      return entries.read(this.#rdbType, reader, database, hash, key, keyAt, keyLength, expires);
    } catch (error) {
      if (error instanceof RdbProblem) return 0;
      throw error;
    }
  }

  /** Packed blocks that were checked in all payloads so far. */
  get packedBlocks(): number {
    return this.#reader.packedBlocks;
  }

  /** The entry that `read` made is in a database now. */
  placed(database: Database, entry: number): void {
    this.#entries.placed(this.#rdbType, database, entry);
  }

  #append(bytes: Uint8Array, length: number): void {
    this.#makeRoom(length);
    copyBytes(this.#bytes, this.#length, bytes, 0, length);
    this.#length += length;
  }

  #makeRoom(added: number): void {
    const needed = this.#length + added;
    if (needed <= this.#bytes.length) return;
    const wider = new Uint8Array(needed * 2);
    wider.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = wider;
  }
}
