import { latin1Bytes } from "../../../base/bytes";
import { errWrongArity } from "../../../command/error-texts";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_STRING, typeOf } from "../../../keyspace/entry";
import { deleteString } from "../store-string";
import { digestEquals, isDigest, stringDigest } from "../string-digest";
import { stringEquals } from "../string-reply";
import { KEY, VALUE } from "./docs";

/**
 * DIGEST and DELEX of Redis 8.4, DELIFEQ of Valkey 9: a fingerprint of a string, and removing a key
 * if its string is, or is not, a certain one.
 */

const IFEQ = latin1Bytes("ifeq");
const IFNE = latin1Bytes("ifne");
const IFDEQ = latin1Bytes("ifdeq");
const IFDNE = latin1Bytes("ifdne");
const ERR_CONDITION = "ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE";
const ERR_NO_STRING = "ERR Key should be of string type if conditions are specified";

function digest(call: DataCall): void {
  const entry = call.read(1);
  if (entry === 0) call.reply.nil();
  else if (!call.isWrongType(entry, TYPE_STRING)) call.reply.bulkLatin1(stringDigest(call, entry));
}

/** Removes the found entry of argument 1, or does not, and tells which. */
function removeIf(call: DataCall, found: number, removes: boolean): void {
  if (removes) deleteString(call, found);
  call.reply.integer(removes ? 1 : 0);
}

/** Without a condition as DEL, whatever the key holds. */
function removeOnCondition(call: DataCall): void {
  const { args, reply, keyspace } = call;
  const hasCondition = args.count === 4;
  if (!hasCondition && args.count !== 2) {
    reply.error(errWrongArity(call.command.fullName));
    return;
  }
  if (hasCondition && !checkCondition(call)) return;
  const found = call.write(1);
  if (found === 0) {
    reply.integer(0);
  } else if (!hasCondition) {
    removeIf(call, found, true);
  } else if (typeOf(keyspace.memory, found) !== TYPE_STRING) {
    reply.error(ERR_NO_STRING);
  } else {
    removeIf(call, found, isMet(call, found));
  }
}

/** Whether arguments 2 and 3 are a condition; false with the error written. */
function checkCondition(call: DataCall): boolean {
  const { args } = call;
  if (args.is(2, IFDEQ) || args.is(2, IFDNE)) return isDigest(call, 3);
  if (args.is(2, IFEQ) || args.is(2, IFNE)) return true;
  call.reply.error(ERR_CONDITION);
  return false;
}

function isMet(call: DataCall, found: number): boolean {
  const { args } = call;
  if (args.is(2, IFEQ)) return stringEquals(call, found, 3);
  if (args.is(2, IFNE)) return !stringEquals(call, found, 3);
  return args.is(2, IFDEQ) === digestEquals(call, found, 3);
}

function removeIfEqual(call: DataCall): void {
  const found = call.write(1);
  if (found !== 0 && call.isWrongType(found, TYPE_STRING)) return;
  removeIf(call, found, found !== 0 && stringEquals(call, found, 2));
}

function condition(token: string): ArgumentDoc {
  const isOfDigest = token.startsWith("IFD");
  const name = `${token.toLowerCase()}-${isOfDigest ? "digest" : "value"}`;
  return { name, type: "string", token };
}

export const compareCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "digest",
    arity: 2,
    flags: ["readonly", "fast"],
    group: "string",
    since: "8.4.0",
    summary: "Gives the XXH3 digest of the string that a key holds.",
    complexity: "O(N) in the bytes of the string",
    keys: [keyAt(1, "RO", "access")],
    arguments: [KEY],
    handler: digest,
  },
  {
    name: "delex",
    arity: -2,
    flags: ["write", "fast"],
    group: "string",
    since: "8.4.0",
    summary: "Removes a key, if its string or the digest of it meets a condition.",
    complexity: "O(1), with a condition O(N) in the bytes of the string",
    keys: [keyAt(1, "RM", "access", "delete")],
    arguments: [
      KEY,
      {
        name: "condition",
        type: "oneof",
        flags: ["optional"],
        arguments: ["IFEQ", "IFNE", "IFDEQ", "IFDNE"].map(condition),
      },
    ],
    handler: removeOnCondition,
  },
  {
    name: "delifeq",
    arity: 3,
    flags: ["write", "fast"],
    group: "string",
    since: "9.0.0",
    summary: "Removes a key if it holds a certain string.",
    complexity: "O(N) in the bytes of the string",
    keys: [keyAt(1, "RM", "access", "delete")],
    arguments: [KEY, VALUE],
    handler: removeIfEqual,
  },
];
