import { copyBytes } from "../../base/bytes";
import { EVENT_GENERIC, EVENT_STRING } from "../../config/keyspace-events";
import type { DataCall } from "../../keyspace/data-call";
import {
  KEEP_EXPIRY,
  NO_EXPIRY,
  STRING_RAW,
  valueStartOf,
  writeExactExpiry,
} from "../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import type { Expiry } from "./expiry-argument";

/** The ways in which a string command leaves a value under a key; replies are the callers'. */

/**
 * Gives the key argument the value argument, whatever it held, with event `set`. `found` is its live
 * entry or 0, and was looked up last. The expiry may be NO_EXPIRY or KEEP_EXPIRY.
 */
export function storeString(
  call: DataCall,
  keyIndex: number,
  valueIndex: number,
  found: number,
  expiry: Expiry,
): void {
  const { args } = call;
  const { input } = args;
  const isExact = typeof expiry === "bigint";
  const entry = call.db.setString(
    found,
    call.hash(keyIndex),
    input,
    args.offset(keyIndex),
    args.length(keyIndex),
    input,
    args.offset(valueIndex),
    args.length(valueIndex),
    isExact ? Number.MAX_SAFE_INTEGER : expiry,
  );
  if (isExact) writeExactExpiry(call.keyspace.memory, entry, expiry);
  call.changed(keyIndex, EVENT_STRING, "set");
}

/** Gives the found entry an expiry. */
function setExpiry(call: DataCall, found: number, expiry: Expiry): void {
  if (typeof expiry === "number") {
    call.db.setExpiryFound(found, expiry);
    return;
  }
  const entry = call.db.setExpiryFound(found, Number.MAX_SAFE_INTEGER);
  writeExactExpiry(call.keyspace.memory, entry, expiry);
}

/**
 * The entry of argument 1 with room for a string of `length` bytes that the caller writes: `found`
 * made over with its expiry, or a new one where `found` is 0.
 */
export function roomForString(
  call: DataCall,
  found: number,
  length: number,
  encoding: number,
): number {
  if (found !== 0) return call.db.rewriteFound(found, encoding, length);
  const { args } = call;
  const hash = call.hash(1);
  const at = args.offset(1);
  return call.db.addString(hash, args.input, at, args.length(1), encoding, length);
}

/** A new string of zero bytes under argument 1, which is not there; its encoding is raw. */
export function zeroString(call: DataCall, length: number): number {
  const { memory } = call.keyspace;
  const entry = roomForString(call, 0, length, STRING_RAW);
  const start = valueStartOf(memory, entry);
  memory.bytes[entry >>> SEGMENT_SHIFT].fill(0, start, start + length);
  return entry;
}

/**
 * Takes out the found entry of argument 1 as a deletion, with event `del`.
 * @param isExpiry because of a time in the past that was asked for.
 */
export function deleteString(call: DataCall, found: number, isExpiry = false): void {
  const { db, effects } = call;
  db.deleteFound(found);
  call.changed(1, EVENT_GENERIC, "del");
  if (effects.isOn) effects.deletion(db, 1, isExpiry && effects.unlinksExpired);
}

/** Gives the found entry of argument 1 an expiry, with event `expire`. */
export function expireString(call: DataCall, found: number, expiry: Expiry): void {
  setExpiry(call, found, expiry);
  call.changed(1, EVENT_GENERIC, "expire");
  if (call.effects.isOn) call.effects.expiry(call.db, 1, expiry);
}

/**
 * Passes on that a key argument has got a value argument, in words that know no condition and no
 * time from now. The expiry may be NO_EXPIRY or KEEP_EXPIRY.
 */
export function tellString(
  call: DataCall,
  keyIndex: number,
  valueIndex: number,
  expiry: Expiry,
): void {
  const { db, effects } = call;
  const keeps = expiry === KEEP_EXPIRY;
  const words = keeps ? 4 : 5;
  effects.begin(db, expiry === NO_EXPIRY ? 3 : words);
  effects.text("SET");
  effects.argument(keyIndex);
  effects.argument(valueIndex);
  if (expiry === NO_EXPIRY) return;
  effects.text(keeps ? "KEEPTTL" : "PXAT");
  if (!keeps) effects.moment(expiry);
}

/** Copies an argument over the bytes of a string from `from` on; there is room for them. */
export function writeArgument(call: DataCall, entry: number, from: number, index: number): void {
  const { args, keyspace } = call;
  const { memory } = keyspace;
  copyBytes(
    memory.bytes[entry >>> SEGMENT_SHIFT],
    valueStartOf(memory, entry) + from,
    args.input,
    args.offset(index),
    args.length(index),
  );
}
