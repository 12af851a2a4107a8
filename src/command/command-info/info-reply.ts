import { latin1Bytes } from "../../base/bytes";
import type { ReplyWriter } from "../../protocol/reply-writer";
import { aclCategoriesOf } from "../acl-categories";
import type { Command } from "../command";
import { KEY_FLAGS } from "../key-positions";
import type { KeySpec } from "../key-spec";
import { legacyKeyRange } from "../legacy-key-range";
import type { CommandFlag } from "../spec";

/** How COMMAND and COMMAND INFO tell a command: ten fields, with its subcommands in the last. */

const FIELDS = 10;
/** Flags in the order in which COMMAND shows them; `may_replicate` it does not show. */
const SHOWN_FLAGS: readonly CommandFlag[] = [
  "write",
  "readonly",
  "denyoom",
  "admin",
  "pubsub",
  "noscript",
  "blocking",
  "loading",
  "stale",
  "skip_monitor",
  "skip_slowlog",
  "asking",
  "fast",
  "no_auth",
  "no_mandatory_keys",
  "no_async_loading",
  "no_multi",
  "movablekeys",
  "allow_busy",
];

export function replyCommandInfo(reply: ReplyWriter, command: Command<never>): void {
  const { spec } = command;
  const keys = spec.keys ?? [];
  const range = legacyKeyRange(keys);
  reply.array(FIELDS);
  reply.bulkLatin1(command.fullName);
  reply.integer(spec.arity);
  const isShown = (flag: CommandFlag): boolean =>
    spec.flags.includes(flag) || (flag === "movablekeys" && range.isPartial);
  replyStatuses(reply, SHOWN_FLAGS.filter(isShown));
  reply.integer(range.first);
  reply.integer(range.last);
  reply.integer(range.step);
  replyStatuses(
    reply,
    aclCategoriesOf(spec).map((category) => `@${category}`),
  );
  const tips = spec.tips ?? [];
  reply.set(tips.length);
  for (const tip of tips) reply.bulkLatin1(tip);
  reply.set(keys.length);
  for (const key of keys) replyKeySpec(reply, key);
  const subcommands = command.subcommands?.commands ?? [];
  if (subcommands.length === 0) reply.set(0);
  else reply.array(subcommands.length);
  for (const subcommand of subcommands) replyCommandInfo(reply, subcommand);
}

/** A set of simple strings. */
export function replyStatuses(reply: ReplyWriter, texts: readonly string[]): void {
  reply.set(texts.length);
  for (const text of texts) reply.status(latin1Bytes(text));
}

function replyKeySpec(reply: ReplyWriter, spec: KeySpec): void {
  reply.map(spec.notes === undefined ? 3 : 4);
  if (spec.notes !== undefined) replyPair(reply, "notes", spec.notes);
  reply.bulkLatin1("flags");
  replyStatuses(
    reply,
    KEY_FLAGS.filter((flag) => spec.flags.includes(flag)),
  );
  reply.bulkLatin1("begin_search");
  replyBegin(reply, spec.begin);
  reply.bulkLatin1("find_keys");
  replyFind(reply, spec.find);
}

function replyBegin(reply: ReplyWriter, begin: KeySpec["begin"]): void {
  if (begin === "unknown") {
    replyWay(reply, "unknown", []);
  } else if ("index" in begin) {
    replyWay(reply, "index", [["index", begin.index]]);
  } else {
    replyWay(reply, "keyword", [
      ["keyword", begin.keyword],
      ["startfrom", begin.startFrom],
    ]);
  }
}

function replyFind(reply: ReplyWriter, find: KeySpec["find"]): void {
  if (find === "unknown") {
    replyWay(reply, "unknown", []);
  } else if ("last" in find) {
    replyWay(reply, "range", [
      ["lastkey", find.last],
      ["keystep", find.step],
      ["limit", find.limit],
    ]);
  } else {
    replyWay(reply, "keynum", [
      ["keynumidx", find.keynumAt],
      ["firstkey", find.firstKey],
      ["keystep", find.step],
    ]);
  }
}

/** A map of a type and what belongs to it. */
function replyWay(
  reply: ReplyWriter,
  type: string,
  fields: readonly (readonly [name: string, value: string | number])[],
): void {
  reply.map(2);
  replyPair(reply, "type", type);
  reply.bulkLatin1("spec");
  reply.map(fields.length);
  for (const [name, value] of fields) {
    reply.bulkLatin1(name);
    if (typeof value === "string") reply.bulkLatin1(value);
    else reply.integer(value);
  }
}

/** A name and a text. */
export function replyPair(reply: ReplyWriter, name: string, text: string): void {
  reply.bulkLatin1(name);
  reply.bulkLatin1(text);
}
