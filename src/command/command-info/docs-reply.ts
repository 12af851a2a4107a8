import type { ReplyWriter } from "../../protocol/reply-writer";
import type { Command } from "../command";
import type { ArgumentDoc } from "../spec";
import { replyPair, replyStatuses } from "./info-reply";

/** How COMMAND DOCS tells a command: its name, then a map of what there is to tell. */

/** In the order in which they are shown. */
const ARGUMENT_FLAGS = ["optional", "multiple", "multiple_token"] as const;

export function replyCommandDocs(reply: ReplyWriter, command: Command<never>): void {
  const { spec } = command;
  const subcommands = command.subcommands?.commands ?? [];
  const flags = docFlagsOf(command);
  reply.bulkLatin1(command.fullName);
  reply.map(
    3 +
      count(spec.complexity !== "") +
      count(flags.length > 0) +
      count(spec.deprecatedSince) +
      count(spec.replacedBy) +
      count(spec.history) +
      count(spec.arguments) +
      count(subcommands.length > 0),
  );
  replyPair(reply, "summary", spec.summary);
  replyPair(reply, "since", spec.since);
  replyPair(reply, "group", spec.group);
  if (spec.complexity !== "") replyPair(reply, "complexity", spec.complexity);
  if (flags.length > 0) {
    reply.bulkLatin1("doc_flags");
    replyStatuses(reply, flags);
  }
  if (spec.deprecatedSince !== undefined) {
    replyPair(reply, "deprecated_since", spec.deprecatedSince);
  }
  if (spec.replacedBy !== undefined) replyPair(reply, "replaced_by", spec.replacedBy);
  if (spec.history !== undefined) replyHistory(reply, spec.history);
  if (spec.arguments !== undefined) {
    reply.bulkLatin1("arguments");
    replyArguments(reply, spec.arguments);
  }
  if (subcommands.length === 0) return;
  reply.bulkLatin1("subcommands");
  reply.map(subcommands.length);
  for (const subcommand of subcommands) replyCommandDocs(reply, subcommand);
}

/** 1 for what is there, 0 for what is not. */
function count(part: unknown): number {
  return part === undefined || part === false ? 0 : 1;
}

function docFlagsOf({ spec }: Command<never>): readonly string[] {
  const flags = spec.deprecatedSince === undefined ? [] : ["deprecated"];
  return spec.isSystem === true ? [...flags, "syscmd"] : flags;
}

function replyHistory(
  reply: ReplyWriter,
  history: readonly (readonly [version: string, change: string])[],
): void {
  reply.bulkLatin1("history");
  reply.set(history.length);
  for (const [version, change] of history) {
    reply.array(2);
    replyPair(reply, version, change);
  }
}

function replyArguments(reply: ReplyWriter, docs: readonly ArgumentDoc[]): void {
  reply.array(docs.length);
  for (const doc of docs) replyArgument(reply, doc);
}

function replyArgument(reply: ReplyWriter, doc: ArgumentDoc): void {
  const { keySpecIndex, flags, arguments: nested } = doc;
  const texts = [
    ["display_text", doc.displayText],
    ["token", doc.token],
    ["summary", doc.summary],
    ["since", doc.since],
    ["deprecated_since", doc.deprecatedSince],
  ] as const;
  const given = texts.filter(([, text]) => text !== undefined).length;
  reply.map(2 + given + count(keySpecIndex) + count(flags) + count(nested));
  replyPair(reply, "name", doc.name);
  replyPair(reply, "type", doc.type);
  if (keySpecIndex !== undefined) {
    reply.bulkLatin1("key_spec_index");
    reply.integer(keySpecIndex);
  }
  for (const [name, text] of texts) if (text !== undefined) replyPair(reply, name, text);
  if (flags !== undefined) {
    reply.bulkLatin1("flags");
    replyStatuses(
      reply,
      ARGUMENT_FLAGS.filter((flag) => flags.includes(flag)),
    );
  }
  if (nested === undefined) return;
  reply.bulkLatin1("arguments");
  replyArguments(reply, nested);
}
