import { latin1Bytes } from "../../../base/bytes";
import type { Arguments } from "../../../command/arguments";
import { ERR_SYNTAX, ERR_WRONG_TYPE } from "../../../command/error-texts";
import { type KeyPositions, keyFlagBits } from "../../../command/key-positions";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_GENERIC } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { KEEP_EXPIRY, NO_EXPIRY } from "../../../keyspace/database";
import { TYPE_STRING, typeOf } from "../../../keyspace/entry";
import { type Expiry, readExpiry, unitOf } from "../expiry-argument";
import { storeString } from "../store-string";
import { replyOldString, replyString, stringEquals } from "../string-reply";
import { KEY, timeOption, VALUE } from "./docs";

/** GET and SET: the two commands that everything is measured by. */

const NX = latin1Bytes("nx");
const XX = latin1Bytes("xx");
const GET = latin1Bytes("get");
const KEEPTTL = latin1Bytes("keepttl");
const IFEQ = latin1Bytes("ifeq");
const IFNE = latin1Bytes("ifne");

/** Bits of the options given; the units of expiry (1-4) take the bits above. */
const SET_NX = 1;
const SET_XX = 2;
const SET_GET = 4;
const SET_KEEPTTL = 8;
const SET_IFEQ = 16;
const SET_IFNE = 32;
const SET_UNIT = 64;
const UNIT_SHIFT = 6;
const CONDITIONS = SET_NX | SET_XX | SET_IFEQ | SET_IFNE;
const COMPARISONS = SET_IFEQ | SET_IFNE;
const EXPIRIES = SET_KEEPTTL | (2 * SET_UNIT) | (4 * SET_UNIT) | (8 * SET_UNIT) | (16 * SET_UNIT);
const READS_KEY = keyFlagBits("RW", "access", "update");
const WRITES_KEY = keyFlagBits("OW", "update");
/** COMMAND INFO repeats this note, so it is Redis's. */
const SET_KEY_NOTES = "RW and ACCESS due to the optional `GET` argument";

function get(call: DataCall): void {
  const entry = call.read(1);
  if (entry === 0) call.reply.nil();
  else if (typeOf(call.keyspace.memory, entry) !== TYPE_STRING) call.reply.error(ERR_WRONG_TYPE);
  else replyString(call, entry);
}

function set(call: DataCall, options: SetOptions): void {
  if (call.args.count > 3) {
    setWithOptions(call, options);
    return;
  }
  const found = call.write(1);
  storeString(call, 1, 2, found, NO_EXPIRY);
  call.reply.ok();
}

/** The bit of the option at an argument, or 0 for a word that is none. */
function flagOf(call: DataCall, index: number): number {
  const { args } = call;
  if (args.is(index, NX)) return SET_NX;
  if (args.is(index, XX)) return SET_XX;
  if (args.is(index, GET)) return SET_GET;
  if (args.is(index, KEEPTTL)) return SET_KEEPTTL;
  if (args.is(index, IFEQ)) return SET_IFEQ;
  if (args.is(index, IFNE)) return SET_IFNE;
  const unit = unitOf(call, index);
  return unit === 0 ? 0 : 1 << (UNIT_SHIFT + unit);
}

/** Options that may not stand beside one. Older ones may be given twice, and the last counts. */
function excludedBy(flag: number): number {
  if ((flag & COMPARISONS) !== 0) return CONDITIONS;
  if ((flag & CONDITIONS) !== 0) return CONDITIONS & ~flag;
  return (flag & EXPIRIES) !== 0 ? EXPIRIES & ~flag : 0;
}

/** The options of one SET: one object serves all, as SET with options is common, too. */
class SetOptions {
  flags = 0;
  /** The argument to compare the value with, for IFEQ and IFNE. */
  compareIndex = 0;
  /** The number behind an option of expiry, or 0. */
  timeIndex = 0;

  /** Reads the options behind the value; false when they are wrong (the error is written). */
  read(call: DataCall): boolean {
    const { args } = call;
    this.flags = 0;
    this.timeIndex = 0;
    for (let i = 3; i < args.count; i++) {
      const flag = flagOf(call, i);
      const takesNext = flag > SET_UNIT || (flag & COMPARISONS) !== 0;
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
    return true;
  }
}

function setWithOptions(call: DataCall, options: SetOptions): void {
  if (!options.read(call)) return;
  const expiry = options.expiry(call);
  if (expiry === undefined) return;
  const { reply } = call;
  const asksOld = (options.flags & SET_GET) !== 0;
  const compares = (options.flags & COMPARISONS) !== 0;
  const found = asksOld ? call.read(1) : call.write(1);
  if (found !== 0 && compares && call.isWrongType(found, TYPE_STRING)) return;
  const isAllowed = options.allow(call, found);
  if (asksOld && !replyOldString(call, found)) return;
  if (!isAllowed) {
    if (!asksOld) reply.nil();
    return;
  }
  storeString(call, 1, 2, found, expiry);
  if (options.timeIndex !== 0) call.notify(call.db, 1, EVENT_GENERIC, "expire");
  if (!asksOld) reply.ok();
}

/** SET reads its key only where an option asks for the old value. */
function setKeys(args: Arguments, found: KeyPositions): boolean {
  let reads = false;
  for (let i = 3; i < args.count; i++) {
    reads ||= args.is(i, GET) || args.is(i, IFEQ) || args.is(i, IFNE);
  }
  found.add(1, reads ? READS_KEY : WRITES_KEY);
  return true;
}

const SET_ARGUMENTS: readonly ArgumentDoc[] = [
  KEY,
  VALUE,
  {
    name: "condition",
    type: "oneof",
    since: "2.6.12",
    flags: ["optional"],
    arguments: [
      { name: "nx", type: "pure-token", token: "NX" },
      { name: "xx", type: "pure-token", token: "XX" },
      { name: "ifeq-value", type: "string", token: "IFEQ", since: "8.4.0" },
      { name: "ifne-value", type: "string", token: "IFNE", since: "8.4.0" },
    ],
  },
  { name: "get", type: "pure-token", token: "GET", since: "6.2.0", flags: ["optional"] },
  {
    name: "expiration",
    type: "oneof",
    flags: ["optional"],
    arguments: [
      timeOption("EX", "2.6.12"),
      timeOption("PX", "2.6.12"),
      timeOption("EXAT", "6.2.0"),
      timeOption("PXAT", "6.2.0"),
      { name: "keepttl", type: "pure-token", token: "KEEPTTL", since: "6.0.0" },
    ],
  },
];

export function getSetCommands(): readonly CommandSpec<DataCall>[] {
  const options = new SetOptions();
  return [
    {
      name: "get",
      arity: 2,
      flags: ["readonly", "fast"],
      group: "string",
      since: "1.0.0",
      summary: "Gives the string that a key holds.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY],
      handler: get,
    },
    {
      name: "set",
      arity: -3,
      flags: ["write", "denyoom"],
      group: "string",
      since: "1.0.0",
      summary: "Gives a key a string, whatever it held; options add an expiry or a condition.",
      complexity: "O(1)",
      keys: [{ ...keyAt(1, "RW", "access", "update", "variable_flags"), notes: SET_KEY_NOTES }],
      arguments: SET_ARGUMENTS,
      history: [
        ["2.6.12", "Took EX, PX, NX and XX."],
        ["6.0.0", "Took KEEPTTL."],
        ["6.2.0", "Took GET, EXAT and PXAT."],
        ["7.0.0", "Took NX and GET together."],
        ["8.4.0", "Took IFEQ and IFNE."],
      ],
      movableKeys: setKeys,
      isConstantTime: true,
      handler: (call) => set(call, options),
    },
  ];
}
