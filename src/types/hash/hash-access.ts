import type { DataCall } from "../../keyspace/data-call";
import { TYPE_HASH } from "../../keyspace/entry";
import type { ReplyWriter } from "../../protocol/reply-writer";
import type { FieldExpiry } from "./field-expiry";
import type { FieldRow } from "./field-row";
import { HASH_INLINE } from "./hash-encoding";
import type { HashLimits } from "./hash-limits";
import { type HashReader, IN_SCRATCH } from "./hash-reader";
import { HashValue } from "./hash-value";

/** What is under a key: nothing, a hash that is open now, or something else (the error is written). */
export const NO_HASH = 0;
export const A_HASH = 1;
export const NOT_A_HASH = 2;

/**
 * How the commands come to the hash of argument 1 and leave it: one object for all of them, with the
 * one HashValue that they share.
 */
export class HashAccess {
  readonly #limits: HashLimits;
  readonly #expiry: Pick<FieldExpiry, "note">;
  #value: HashValue | undefined;
  #entry = 0;

  constructor(limits: HashLimits, expiry: Pick<FieldExpiry, "note">) {
    this.#limits = limits;
    this.#expiry = expiry;
  }

  /** The hash, where `read` or `write` answered A_HASH, or after `create`. */
  value(call: DataCall): HashValue {
    this.#value ??= new HashValue(call.keyspace.memory, call.keyspace.hash, this.#limits);
    return this.#value;
  }

  /** Opens the hash for reading. */
  read(call: DataCall): number {
    return this.#open(call, call.read(1));
  }

  /** Opens the hash for a change. */
  write(call: DataCall): number {
    return this.#open(call, call.write(1));
  }

  /** Opens the hash for a change, an empty one where there is none; false for something else. */
  writeOrCreate(call: DataCall, contentBytes: number): boolean {
    const state = this.write(call);
    if (state === NO_HASH) this.value(call).create(contentBytes, call.keyspace.dueMs);
    return state !== NOT_A_HASH;
  }

  /** After a change: stores where the hash lies now, adds it when it is new. */
  store(call: DataCall): void {
    const value = this.value(call);
    if (value.encoding === HASH_INLINE) this.#storeRow(call, value.inline);
    else if (this.#entry === 0)
      this.#entry = call.addValue(1, TYPE_HASH, value.encoding, value.ref);
    else if (value.isMoved) this.#entry = call.db.storeFound(value.encoding, value.ref);
  }

  /** A field of the stored hash has got an expiry. */
  noteExpiry(call: DataCall, expiryMs: number): void {
    const { args } = call;
    const keyAt = args.offset(1);
    this.#expiry.note(call.db, call.hash(1), args.input, keyAt, args.length(1), expiryMs);
  }

  /** After fields were taken out and their event told: the key goes when none is left. */
  deleteIfEmpty(call: DataCall): void {
    if (this.value(call).count > 0) return;
    // Looked up again: an entry that has just been added is not the database's position.
    call.deleteEmptied(1, call.peek(1));
  }

  #storeRow(call: DataCall, row: FieldRow): void {
    const { bytes, start, length } = row;
    if (this.#entry === 0) this.#entry = call.addInline(1, TYPE_HASH, bytes, start, length);
    else if (row.isEdited)
      this.#entry = call.db.storeFoundInline(this.#entry, bytes, start, length);
  }

  #open(call: DataCall, entry: number): number {
    this.#entry = entry;
    if (entry === 0) return NO_HASH;
    if (call.isWrongType(entry, TYPE_HASH)) return NOT_A_HASH;
    this.value(call).open(entry, call.keyspace.dueMs);
    return A_HASH;
  }
}

/** Replies what the hash shows; a long one from where it lies, which is for commands that read. */
export function replyShown(reply: ReplyWriter, shown: HashReader): void {
  const { segment, bytes, at, length } = shown;
  if (segment === IN_SCRATCH) reply.bulk(bytes, at, length);
  else reply.bulkBlock(segment, bytes, at, length);
}
