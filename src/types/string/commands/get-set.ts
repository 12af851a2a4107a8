import { latin1Bytes } from "../../../base/bytes";
import type { Arguments } from "../../../command/arguments";
import { ERR_WRONG_TYPE } from "../../../command/error-texts";
import { type KeyPositions, keyFlagBits } from "../../../command/key-positions";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_GENERIC } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { NO_EXPIRY, TYPE_STRING, typeOf } from "../../../keyspace/entry";
import type { Expiry } from "../expiry-argument";
import { asksOldValue, SET_ALL, SET_COMPARISONS, SET_GET, SetOptions } from "../set-options";
import { storeString, tellString } from "../store-string";
import { replyOldString, replyString } from "../string-reply";
import { KEY, timeOption, VALUE } from "./docs";

/** GET and SET: the two commands that everything is measured by. */

const GET = latin1Bytes("get");
const FIRST_OPTION = 3;
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

function setWithOptions(call: DataCall, options: SetOptions): void {
  if (!options.read(call, FIRST_OPTION, SET_ALL)) return;
  const expiry = options.expiry(call);
  if (expiry === undefined) return;
  const { reply } = call;
  const asksOld = (options.flags & SET_GET) !== 0;
  const compares = (options.flags & SET_COMPARISONS) !== 0;
  const found = asksOld ? call.read(1) : call.write(1);
  if (found !== 0 && compares && call.isWrongType(found, TYPE_STRING)) return;
  const isAllowed = options.allow(call, found);
  if (asksOld && !replyOldString(call, found)) return;
  if (!isAllowed) {
    if (!asksOld) reply.nil();
    return;
  }
  storeString(call, 1, 2, found, expiry);
  if (call.effects.isOn) tellSet(call, options, expiry);
  if (options.timeIndex !== 0) call.notify(call.db, 1, EVENT_GENERIC, "expire");
  if (!asksOld) reply.ok();
}

/**
 * Passes on what SET has done. An expiry and conditions on the value leave nothing of the options;
 * without them only GET, which changes nothing, is left out.
 */
function tellSet(call: DataCall, options: SetOptions, expiry: Expiry): void {
  const { args, effects, db } = call;
  const compares = (options.flags & SET_COMPARISONS) !== 0;
  if (compares || options.timeIndex !== 0) {
    tellString(call, 1, 2, expiry);
    return;
  }
  let words = args.count;
  for (let i = FIRST_OPTION; i < args.count; i++) if (args.is(i, GET)) words--;
  if (words === args.count) return;
  effects.begin(db, words);
  effects.arguments(0, FIRST_OPTION);
  for (let i = FIRST_OPTION; i < args.count; i++) if (!args.is(i, GET)) effects.argument(i);
}

/** SET reads its key only where an option asks for the old value. */
function setKeys(args: Arguments, found: KeyPositions): boolean {
  let reads = false;
  for (let i = FIRST_OPTION; i < args.count; i++) reads ||= asksOldValue(args, i);
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
      { name: "ifdeq-digest", type: "string", token: "IFDEQ", since: "8.4.0" },
      { name: "ifdne-digest", type: "string", token: "IFDNE", since: "8.4.0" },
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
        ["8.4.0", "Took IFEQ, IFNE, IFDEQ and IFDNE."],
      ],
      movableKeys: setKeys,
      isConstantTime: true,
      handler: (call) => set(call, options),
    },
  ];
}
