// The commands of a real server as declarations of ours, read from its COMMAND and COMMAND DOCS.
// Not for serving: they have no handlers. What it proves with: our COMMAND, given these, must answer
// what the real one answers.

import type { Call } from "../../src/command/call";
import type { KeyFlag, KeySpec } from "../../src/command/key-spec";
import type {
  ArgumentDoc,
  ArgumentType,
  CommandFlag,
  CommandGroup,
  CommandSpec,
} from "../../src/command/spec";
import type { RawClient } from "./raw-client";
import type { Reply } from "./reply";

type Fields = ReadonlyMap<string, Reply>;

/** All commands of a server that speaks RESP3 on this client. */
export async function realCommandSpecs(client: RawClient): Promise<CommandSpec<Call>[]> {
  await client.command("HELLO", "3");
  const infos = itemsOf(await client.call("COMMAND"));
  const docs = fieldsOf(await client.call("COMMAND", "DOCS"));
  return infos.map((info) => specOf(itemsOf(info), docs));
}

function specOf(info: readonly Reply[], allDocs: Fields): CommandSpec<Call> {
  const fullName = String(info[0]);
  const docs = fieldsOf(allDocs.get(fullName) ?? null);
  const subcommands = itemsOf(info[9] ?? null);
  const nested = fieldsOf(docs.get("subcommands") ?? { map: [] });
  const optional = (name: string): string | undefined => docs.get(name)?.toString();
  return withoutUndefined({
    name: fullName.slice(fullName.indexOf("|") + 1),
    arity: Number(info[1]),
    // It follows from the key specs, which is what is to be proved.
    flags: textsOf(info[2]).filter((flag) => flag !== "movablekeys") as CommandFlag[],
    categories: textsOf(info[6]).map((category) => category.slice(1)),
    tips: textsOf(info[7]),
    keys: itemsOf(info[8] ?? null).map((key) => keySpecOf(fieldsOf(key))),
    group: String(docs.get("group")) as CommandGroup,
    since: String(docs.get("since")),
    summary: String(docs.get("summary")),
    complexity: optional("complexity") ?? "",
    deprecatedSince: optional("deprecated_since"),
    replacedBy: optional("replaced_by"),
    isSystem: textsOf(docs.get("doc_flags")).includes("syscmd") ? true : undefined,
    history: docs.has("history") ? itemsOf(docs.get("history")).map(historyOf) : undefined,
    arguments: docs.has("arguments") ? itemsOf(docs.get("arguments")).map(argumentOf) : undefined,
    subcommands:
      subcommands.length > 0 ? subcommands.map((sub) => specOf(itemsOf(sub), nested)) : undefined,
  }) as unknown as CommandSpec<Call>;
}

function keySpecOf(fields: Fields): KeySpec {
  const begin = fieldsOf(fields.get("begin_search") ?? null);
  const find = fieldsOf(fields.get("find_keys") ?? null);
  return withoutUndefined({
    flags: textsOf(fields.get("flags")) as KeyFlag[],
    notes: fields.get("notes")?.toString(),
    begin: beginOf(String(begin.get("type")), numbersOf(begin), begin),
    find: findOf(String(find.get("type")), numbersOf(find)),
  }) as unknown as KeySpec;
}

function beginOf(type: string, numbers: Fields, begin: Fields): KeySpec["begin"] {
  if (type === "unknown") return "unknown";
  if (type === "index") return { index: Number(numbers.get("index")) };
  const spec = fieldsOf(begin.get("spec") ?? null);
  return { keyword: String(spec.get("keyword")), startFrom: Number(numbers.get("startfrom")) };
}

function findOf(type: string, numbers: Fields): KeySpec["find"] {
  const number = (name: string): number => Number(numbers.get(name));
  if (type === "unknown") return "unknown";
  if (type === "range") {
    return { last: number("lastkey"), step: number("keystep"), limit: number("limit") };
  }
  return {
    keynumAt: number("keynumidx"),
    firstKey: number("firstkey"),
    step: number("keystep"),
  };
}

function numbersOf(way: Fields): Fields {
  return fieldsOf(way.get("spec") ?? null);
}

function historyOf(change: Reply): readonly [string, string] {
  const [version, text] = itemsOf(change);
  return [String(version), String(text)];
}

function argumentOf(argument: Reply): ArgumentDoc {
  const fields = fieldsOf(argument);
  const index = fields.get("key_spec_index");
  return withoutUndefined({
    name: String(fields.get("name")),
    type: String(fields.get("type")) as ArgumentType,
    keySpecIndex: index === undefined ? undefined : Number(index),
    token: fields.get("token")?.toString(),
    summary: fields.get("summary")?.toString(),
    since: fields.get("since")?.toString(),
    deprecatedSince: fields.get("deprecated_since")?.toString(),
    flags: fields.has("flags") ? textsOf(fields.get("flags")) : undefined,
    arguments: fields.has("arguments")
      ? itemsOf(fields.get("arguments")).map(argumentOf)
      : undefined,
  }) as unknown as ArgumentDoc;
}

/** The items of an array or a set; none for anything else. */
function itemsOf(reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply;
  const isSet = reply !== null && typeof reply === "object" && !Buffer.isBuffer(reply);
  return isSet && "set" in reply ? reply.set : [];
}

function textsOf(reply: Reply | undefined): string[] {
  return itemsOf(reply).map(String);
}

function fieldsOf(reply: Reply): Fields {
  if (reply === null || typeof reply !== "object" || Buffer.isBuffer(reply)) return new Map();
  if (Array.isArray(reply) || !("map" in reply)) return new Map();
  return new Map(reply.map.map(([name, value]) => [String(name), value]));
}

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
