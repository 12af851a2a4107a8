import { latin1Bytes } from "../../base/bytes";
import type { Arguments } from "../../command/arguments";
import { ERR_SYNTAX } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";
import { KEEP_EXPIRY, NO_EXPIRY } from "../../keyspace/entry";
import { type Expiry, readExpiry, unitOf } from "./expiry-argument";
import { digestEquals, isDigest } from "./string-digest";
import { stringEquals } from "./string-reply";

/** The options of SET, some of which MSETEX has, too: conditions, the old value, expiry. */

const NX = latin1Bytes("nx");
const XX = latin1Bytes("xx");
const GET = latin1Bytes("get");
const KEEPTTL = latin1Bytes("keepttl");
const IFEQ = latin1Bytes("ifeq");
const IFNE = latin1Bytes("ifne");
const IFDEQ = latin1Bytes("ifdeq");
const IFDNE = latin1Bytes("ifdne");

/** Bits of the options given; the units of expiry (1-4) take the bits above. */
export const SET_NX = 1;
export const SET_XX = 2;
export const SET_GET = 4;
const SET_KEEPTTL = 8;
const SET_IFEQ = 16;
const SET_IFNE = 32;
const SET_IFDEQ = 64;
const SET_IFDNE = 128;
const SET_UNIT = 256;
const UNIT_SHIFT = 8;
const DIGESTS = SET_IFDEQ | SET_IFDNE;
/** Conditions on the value that the key holds. */
export const SET_COMPARISONS = SET_IFEQ | SET_IFNE | DIGESTS;
const CONDITIONS = SET_NX | SET_XX | SET_COMPARISONS;
/** KEEPTTL and the four units. */
export const SET_EXPIRIES =
  SET_KEEPTTL | (2 * SET_UNIT) | (4 * SET_UNIT) | (8 * SET_UNIT) | (16 * SET_UNIT);
export const SET_ALL = CONDITIONS | SET_GET | SET_EXPIRIES;

/** The bit of the option at an argument, or 0 for a word that is none. */
function flagOf(call: DataCall, index: number): number {
  const { args } = call;
  if (args.is(index, NX)) return SET_NX;
  if (args.is(index, XX)) return SET_XX;
  if (args.is(index, GET)) return SET_GET;
  if (args.is(index, KEEPTTL)) return SET_KEEPTTL;
  if (args.is(index, IFEQ)) return SET_IFEQ;
  if (args.is(index, IFNE)) return SET_IFNE;
  if (args.is(index, IFDEQ)) return SET_IFDEQ;
  if (args.is(index, IFDNE)) return SET_IFDNE;
  const unit = unitOf(call, index);
  return unit === 0 ? 0 : 1 << (UNIT_SHIFT + unit);
}

/** Options that may not stand beside one. Older ones may be given twice, and the last counts. */
function excludedBy(flag: number): number {
  if ((flag & SET_COMPARISONS) !== 0) return CONDITIONS;
  if ((flag & CONDITIONS) !== 0) return CONDITIONS & ~flag;
  return (flag & SET_EXPIRIES) !== 0 ? SET_EXPIRIES & ~flag : 0;
}

/** Whether the option at an argument needs the value that the key holds. */
export function asksOldValue(args: Arguments, index: number): boolean {
  if (args.is(index, GET)) return true;
  return (
    args.is(index, IFEQ) || args.is(index, IFNE) || args.is(index, IFDEQ) || args.is(index, IFDNE)
  );
}

/** The options of one command: one object serves all, as SET with options is common, too. */
export class SetOptions {
  flags = 0;
  /** The argument to compare the value or its digest with. */
  compareIndex = 0;
  /** The number behind an option of expiry, or 0. */
  timeIndex = 0;

  /**
   * Reads the options from an argument on; false when they are wrong (the error is written).
   * @param allowed the options that the command has, SET_ALL or bits of it.
   */
  read(call: DataCall, from: number, allowed: number): boolean {
    const { args } = call;
    this.flags = 0;
    this.timeIndex = 0;
    for (let i = from; i < args.count; i++) {
      const flag = flagOf(call, i) & allowed;
      const takesNext = flag > SET_UNIT || (flag & SET_COMPARISONS) !== 0;
      const isExcluded = (this.flags & excludedBy(flag)) !== 0;
      if (flag === 0 || isExcluded || (takesNext && i + 1 === args.count)) {
        call.reply.error(ERR_SYNTAX);
        return false;
      }
      this.flags |= flag;
      if (!takesNext) continue;
      i++;
      if (flag > SET_UNIT) this.timeIndex = i;
      else this.compareIndex = i;
      if ((flag & DIGESTS) !== 0 && !isDigest(call, i)) return false;
    }
    return true;
  }

  /** The expiry that the options ask for; undefined when it is wrong (the error is written). */
  expiry(call: DataCall): Expiry | undefined {
    if ((this.flags & SET_KEEPTTL) !== 0) return KEEP_EXPIRY;
    if (this.timeIndex === 0) return NO_EXPIRY;
    return readExpiry(call, this.timeIndex, unitOf(call, this.timeIndex - 1));
  }

  /** Whether the conditions let the value be written over the found one. */
  allow(call: DataCall, found: number): boolean {
    const { flags, compareIndex } = this;
    if ((flags & SET_NX) !== 0) return found === 0;
    if ((flags & SET_XX) !== 0) return found !== 0;
    if ((flags & SET_IFEQ) !== 0) return found !== 0 && stringEquals(call, found, compareIndex);
    if ((flags & SET_IFNE) !== 0) return found === 0 || !stringEquals(call, found, compareIndex);
    if ((flags & SET_IFDEQ) !== 0) return found !== 0 && digestEquals(call, found, compareIndex);
    if ((flags & SET_IFDNE) !== 0) return found === 0 || !digestEquals(call, found, compareIndex);
    return true;
  }
}
