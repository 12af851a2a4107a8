import { INT64_MIN } from "../../../base/int64";
import type { Random } from "../../../base/random";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_SET } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_SET } from "../../../keyspace/entry";
import { PlaceSet } from "../place-set";
import { SET_LISTPACK, SET_PACKED_TABLE, SET_TABLE, type SetReader } from "../set-reader";
import { replyMember, replyMembers } from "../set-reply";
import type { SetTools, SetWorkspace } from "../set-workspace";
import { KEY } from "./docs";

/**
 * SPOP and SRANDMEMBER: members chosen by chance, each equally likely.
 *
 * Many members are chosen in one walk through the set, where each is taken with the probability that
 * leaves the right number in the end; few are picked one by one.
 */

const ERR_NOT_POSITIVE = "ERR value is out of range, must be positive";
const ERR_RANGE =
  "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";
const ERR_REPLY_TOO_LONG = "ERR value is out of range, the reply would be too long";
/** What SRANDMEMBER may repeat at most: nobody could take a longer reply. */
const MOST_REPEATED_BYTES = 2 ** 30;
/** So many members are repeated without asking how long they are. */
const MOST_UNCHECKED = 1000;
const MEASURED_MEMBERS = 32;
/** Bytes of a member in a reply beside its own, about. */
const REPLY_BYTES = 8;
/** As many members as one request names at most when a pop is passed on. */
const MOST_TOLD = 1024;
/** A set of which less than this part stays is made anew instead of emptied, as in Redis. */
const MOST_POPPED = 5;
/** Picking one at random costs about as much as walking over so many. */
const WALKED_PER_PICK = 10;

function pop(call: DataCall, tools: SetTools): void {
  const { args, reply, keyspace } = call;
  if (args.count > 2) {
    popSeveral(call, tools);
    return;
  }
  const found = call.write(1);
  if (found === 0) {
    reply.nil();
    return;
  }
  if (call.isWrongType(found, TYPE_SET)) return;
  const { value } = tools;
  value.openEntry(found);
  const place = value.randomPlace(keyspace.random);
  value.showAt(place);
  replyMember(reply, value);
  if (call.effects.isOn) tellPopped(call, value, 1);
  value.removeAt(place);
  finishPop(call, tools, found, 1);
}

/**
 * Passes on that the shown member was popped. Members of one pop are removed by few requests: each
 * names as many as it may, and the first of them begins it.
 * @param left members that are still to be told, the shown one among them.
 */
function tellPopped(
  { db, effects }: DataCall,
  value: SetReader,
  left: number,
  popped = left,
): void {
  if ((popped - left) % MOST_TOLD === 0) {
    effects.begin(db, 2 + Math.min(left, MOST_TOLD));
    effects.text("SREM");
    effects.argument(1);
  }
  effects.bytes(value.valueBytes, value.valueAt, value.valueLength);
}

/** Stores what is left of a set and tells of it. */
function finishPop(call: DataCall, { value }: SetTools, found: number, popped: number): void {
  const entry = value.isMoved ? call.db.storeFound(value.encoding, value.ref) : found;
  call.keyspace.stats.changes += popped - 1;
  call.changed(1, EVENT_SET, "spop");
  if (value.size === 0) call.deleteEmptied(1, entry);
}

function popSeveral(call: DataCall, tools: SetTools): void {
  const { args, reply, keyspace } = call;
  if (args.count > 3) {
    reply.error(ERR_SYNTAX);
    return;
  }
  const count = args.clampedInteger(2);
  if (!(count >= 0)) {
    reply.error(ERR_NOT_POSITIVE);
    return;
  }
  const found = call.write(1);
  if (found !== 0 && call.isWrongType(found, TYPE_SET)) return;
  if (found === 0 || count === 0) {
    reply.set(0);
    return;
  }
  const { value } = tools;
  const { size } = value.openEntry(found);
  if (count >= size) {
    replyMembers(reply, value);
    keyspace.stats.changes += size - 1;
    call.changed(1, EVENT_SET, "spop");
    call.deleteEmptied(1, found);
    if (call.effects.isOn) call.effects.deletion(call.db, 1);
    return;
  }
  const isMost = (size - count) * MOST_POPPED <= count;
  reply.set(count);
  if (value.encoding === SET_TABLE && !isMost) popPicked(call, tools, found, count);
  else popWalking(call, tools, count, isMost);
}

function popPicked(call: DataCall, tools: SetTools, found: number, count: number): void {
  const { value } = tools;
  for (let left = count; left > 0; left--) {
    const place = value.randomPlace(call.keyspace.random);
    value.showAt(place);
    replyMember(call.reply, value);
    if (call.effects.isOn) tellPopped(call, value, left, count);
    value.removeAt(place);
  }
  finishPop(call, tools, found, count);
}

/** Replies `count` members and makes a new value of the others. */
function popWalking(call: DataCall, tools: SetTools, count: number, isMost: boolean): void {
  const { keyspace, db } = call;
  const { value, result } = tools;
  const { encoding, ref } = value;
  // Redis forgets that a table was one when it keeps only a few of its members.
  const staysRow = encoding !== SET_TABLE && !(isMost && encoding === SET_PACKED_TABLE);
  result.createAs(staysRow ? encoding : SET_LISTPACK);
  let left = value.size;
  let wanted = count;
  value.start();
  while (value.next()) {
    if (keyspace.random.below(left--) < wanted) {
      replyMember(call.reply, value);
      if (call.effects.isOn) tellPopped(call, value, wanted, count);
      wanted--;
    } else if (staysRow) {
      result.appendToRow(value.valueBytes, value.valueAt, value.valueLength);
    } else {
      result.addNew(value.valueBytes, value.valueAt, value.valueLength);
    }
  }
  result.trim();
  db.storeFound(result.encoding, result.ref);
  keyspace.lazyFree.value(keyspace.typeByCode(TYPE_SET), encoding, ref);
  keyspace.stats.changes += count - 1;
  call.changed(1, EVENT_SET, "spop");
}

function randomMember(call: DataCall, tools: SetTools, picked: PlaceSet): void {
  const { args, reply, keyspace } = call;
  if (args.count > 2) {
    randomMembers(call, tools, picked);
    return;
  }
  const found = call.read(1);
  if (found === 0) {
    reply.nil();
    return;
  }
  if (call.isWrongType(found, TYPE_SET)) return;
  const { source } = tools;
  source.openEntry(found).showAt(source.randomPlace(keyspace.random));
  replyMember(reply, source);
}

function randomMembers(call: DataCall, { source }: SetTools, picked: PlaceSet): void {
  const { args, reply, keyspace } = call;
  if (args.count > 3) {
    reply.error(ERR_SYNTAX);
    return;
  }
  const count = readCount(call);
  if (Number.isNaN(count)) return;
  const found = call.read(1);
  if (found !== 0 && call.isWrongType(found, TYPE_SET)) return;
  if (found === 0 || count === 0) {
    reply.array(0);
    return;
  }
  const { size } = source.openEntry(found);
  if (count < 0) {
    replyRepeated(call, source, -count);
  } else if (count >= size) {
    replyChosen(call, source, size);
  } else if (count * WALKED_PER_PICK > size || !source.picksQuickly) {
    replyChosen(call, source, count);
  } else {
    replyPicked(call, source, count, picked, keyspace.random);
  }
}

/** The count of SRANDMEMBER, NaN when it is none (the error is written). */
function readCount({ args, reply }: DataCall): number {
  const count = args.clampedInteger(2);
  if (Number.isNaN(count)) {
    reply.error(ERR_NOT_INTEGER);
  } else if (count <= Number.MIN_SAFE_INTEGER && args.int64(2) === INT64_MIN) {
    reply.error(ERR_RANGE);
    return Number.NaN;
  }
  return count;
}

/** Replies `count` members, the same ones again and again if chance wants it. */
function replyRepeated(call: DataCall, source: SetReader, count: number): void {
  const { random } = call.keyspace;
  if (count > MOST_UNCHECKED && count * replyBytesOf(source, random) > MOST_REPEATED_BYTES) {
    call.reply.error(ERR_REPLY_TOO_LONG);
    return;
  }
  call.reply.array(count);
  for (let left = count; left > 0; left--) {
    source.showAt(source.randomPlace(random));
    replyMember(call.reply, source);
  }
}

/** Bytes of a member in a reply, by the average of some. */
function replyBytesOf(source: SetReader, random: Random): number {
  let bytes = 0;
  for (let i = 0; i < MEASURED_MEMBERS; i++) {
    source.showAt(source.randomPlace(random));
    bytes += source.valueLength + REPLY_BYTES;
  }
  return bytes / MEASURED_MEMBERS;
}

/** Replies `count` different members, chosen in one walk through all. */
function replyChosen(call: DataCall, source: SetReader, count: number): void {
  const { random } = call.keyspace;
  call.reply.array(count);
  let left = source.size;
  let wanted = count;
  source.start();
  while (wanted > 0 && source.next()) {
    if (wanted < left && random.below(left) >= wanted) {
      left--;
      continue;
    }
    left--;
    wanted--;
    replyMember(call.reply, source);
  }
}

/** Replies `count` different members, far less than there are. */
function replyPicked(
  call: DataCall,
  source: SetReader,
  count: number,
  picked: PlaceSet,
  random: Random,
): void {
  call.reply.array(count);
  picked.clear(count);
  for (let left = count; left > 0; ) {
    const place = source.randomPlace(random);
    if (!picked.add(place)) continue;
    left--;
    source.showAt(place);
    replyMember(call.reply, source);
  }
}

export function randomCommands(work: SetWorkspace): readonly CommandSpec<DataCall>[] {
  const picked = new PlaceSet();
  return [
    {
      name: "spop",
      arity: -2,
      flags: ["write", "fast"],
      group: "set",
      since: "1.0.0",
      summary: "Takes members out of a set by chance and gives them.",
      complexity: "O(1) for one member, O(N) for a count of N",
      history: [["3.2.0", "Added the `count` argument."]],
      keys: [keyAt(1, "RW", "access", "delete")],
      tips: ["nondeterministic_output"],
      arguments: [KEY, { name: "count", type: "integer", since: "3.2.0", flags: ["optional"] }],
      handler: work.handler(pop),
    },
    {
      name: "srandmember",
      arity: -2,
      flags: ["readonly"],
      group: "set",
      since: "1.0.0",
      summary: "Gives members of a set that are chosen by chance.",
      complexity: "O(1) for one member, O(N) for a count of N, whatever its sign",
      history: [["2.6.0", "Added the optional `count` argument."]],
      keys: [keyAt(1, "RO", "access")],
      tips: ["nondeterministic_output"],
      arguments: [KEY, { name: "count", type: "integer", since: "2.6.0", flags: ["optional"] }],
      handler: work.handler((call, tools) => randomMember(call, tools, picked)),
    },
  ];
}
