// COMMAND of our server beside that of the real one: every command that both have, the errors, and
// the keys of requests.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import type { Reply } from "../support/reply";
import { type SeededRandom, withSeed } from "../support/seeds";
import { REAL_SERVER, ServerProcess } from "../support/server-process";

/** What differs from 7.0.15 on purpose, and why. */
const NEWER_DOCS: ReadonlyMap<string, string> = new Map([
  ["set", "8.4 adds IFEQ, IFNE, IFDEQ and IFDNE"],
  ["hscan", "7.4 adds NOVALUES"],
  ["geosearch", "Valkey 9 adds BYPOLYGON"],
  ["geosearchstore", "Valkey 9 adds BYPOLYGON"],
  ["client|kill", "7.4 adds MAXAGE"],
  ["client|list", "7.2 adds lib-name and lib-ver"],
  ["xreadgroup", "8.4 adds CLAIM"],
  ["xinfo|consumers", "7.2 adds inactive"],
]);
/** Commands that take more arguments than in 7.0.15, and since when. */
const NEWER_ARITY: ReadonlyMap<string, string> = new Map([
  ["zrank", "7.2 adds WITHSCORE"],
  ["zrevrank", "7.2 adds WITHSCORE"],
]);
const NEWER_HASH_COMMANDS = (
  "hexpire hpexpire hexpireat hpexpireat httl hpttl hexpiretime hpexpiretime " +
  "hpersist hgetdel hgetex hsetex"
).split(" ");
const NEWER_STRING_COMMANDS = ["msetex", "delex", "delifeq", "digest", "increx"];
const NEWER_STREAM_COMMANDS = ["xdelex", "xackdel"];
const NEWER_COMMANDS = [
  "sunioncard",
  "sdiffcard",
  "lmovem",
  "waitaof",
  ...NEWER_HASH_COMMANDS,
  ...NEWER_STRING_COMMANDS,
  ...NEWER_STREAM_COMMANDS,
];
const NEWER_SUBCOMMANDS = ["client|no-touch", "client|setinfo"];
/** Texts that are in own words. */
const OWN_WORDS = new Set(["summary", "complexity"]);
const SUBCOMMANDS_FIELD = 9;

/**
 * No known name with a NUL behind it: Redis hashes the whole and compares up to the NUL, so it
 * finds the command when both happen to fall into one bucket.
 */
const ERRORS = [
  ["COMMAND", "NOPE"],
  ["COMMAND", "NOPE\u0000\r\nx"],
  ["COMMAND", "x".repeat(300)],
  ["COMMAND", ""],
  ["COMMAND", "COUNT", "x"],
  ["COMMAND", "HELP", "x"],
  ["COMMAND", "LIST", "x"],
  ["COMMAND", "LIST", "FILTERBY"],
  ["COMMAND", "LIST", "FILTERBY", "x"],
  ["COMMAND", "LIST", "FILTERBY", "x", "y"],
  ["COMMAND", "LIST", "FILTERBY", "PATTERN", "y", "z"],
  ["COMMAND", "LIST", "FILTERBY", "ACLCAT", "nope"],
  ["COMMAND", "LIST", "FILTERBY", "MODULE", "nope"],
  ["COMMAND", "INFO", "nope", "get|x", "object|nope", "object|", "|", "", "a|b|c"],
  ["COMMAND", "INFO", "OBJECT|ENCODING", "GeT"],
  ["COMMAND", "DOCS", "nope", "get|x", ""],
  ["COMMAND", "GETKEYS"],
  ["COMMAND", "GETKEYS", "get"],
  ["COMMAND", "GETKEYS", "get", "a", "b"],
  ["COMMAND", "GETKEYS", "nope", "a"],
  ["COMMAND", "GETKEYS", "ping", "a"],
  ["COMMAND", "GETKEYS", "object", "nope", "a"],
  ["COMMAND", "GETKEYS", "object", "encoding"],
  ["COMMAND", "GETKEYS", "object|encoding", "a"],
  ["COMMAND", "GETKEYS", "object", "ENCODING", "a"],
  ["COMMAND", "GETKEYSANDFLAGS"],
  ["COMMAND", "GETKEYSANDFLAGS", "set", "a", "b"],
  ["COMMAND", "GETKEYSANDFLAGS", "set", "a", "GET"],
  ["COMMAND", "GETKEYSANDFLAGS", "set", "a", "b", "nx", "gEt"],
  ["COMMAND", "GETKEYSANDFLAGS", "getex", "a", "bad"],
  ["OBJECT|ENCODING", "a"],
  ["get"],
  ["GET", "a", "b"],
  ["\u0000get", "a"],
  ["x".repeat(200), "y".repeat(100), "z".repeat(100)],
  ["nope\r\nnope", "a\r\nb", "c\u0000d", ""],
];

describe("COMMAND beside the real server", () => {
  const servers: ServerProcess[] = [];
  let ours: RawClient;
  let real: RawClient;
  let names: string[];

  before(async () => {
    servers.push(await ServerProcess.start());
    servers.push(await ServerProcess.start({ program: REAL_SERVER }));
    [ours, real] = (await Promise.all(servers.map((server) => server.client()))) as [
      RawClient,
      RawClient,
    ];
    const all = await ours.call("COMMAND", "LIST", "FILTERBY", "PATTERN", "*");
    const newer = new Set([...NEWER_COMMANDS, ...NEWER_SUBCOMMANDS]);
    names = (all as Reply[]).map(String).filter((name) => !newer.has(name));
  });
  after(async () => {
    await ours.close();
    await real.close();
    for (const server of servers) await server.stop();
  });

  async function useProtocol(version: "2" | "3"): Promise<void> {
    await ours.command("HELLO", version);
    await real.command("HELLO", version);
  }

  async function compare(...words: string[]): Promise<void> {
    const shown = JSON.stringify(words);
    const [our, expected] = await Promise.all([ours.command(...words), real.command(...words)]);
    assert.equal(our.toString("latin1"), expected.toString("latin1"), shown);
  }

  test("COMMAND INFO of every command is the same in every byte", async () => {
    for (const version of ["2", "3"] as const) {
      await useProtocol(version);
      for (const name of names) {
        const info = (await real.call("COMMAND", "INFO", name)) as Reply[][];
        const subcommands = info[0]?.[SUBCOMMANDS_FIELD];
        const isContainer = Array.isArray(subcommands) && subcommands.length > 0;
        if (NEWER_ARITY.has(name)) await compareInfoButArity(name);
        else if (!isContainer) await compare("COMMAND", "INFO", name);
        else await compareContainer(name);
      }
    }
  });

  async function compareInfoButArity(name: string): Promise<void> {
    const infos = await Promise.all(
      [ours, real].map(async (one) => (await one.call("COMMAND", "INFO", name)) as Reply[][]),
    );
    const [our, expected] = infos.map(([info]) => info?.filter((_, field) => field !== 1));
    assert.deepEqual(our, expected, name);
  }

  /** Without its subcommands, which are compared each by itself. */
  async function compareContainer(name: string): Promise<void> {
    const [our, expected] = await Promise.all([
      ours.call("COMMAND", "INFO", name),
      real.call("COMMAND", "INFO", name),
    ]);
    const own = (reply: Reply): Reply[] =>
      ((reply as Reply[])[0] as Reply[]).slice(0, SUBCOMMANDS_FIELD);
    assert.deepEqual(own(our), own(expected), name);
  }

  test("COMMAND DOCS of every command is the same but for texts in own words", async () => {
    await useProtocol("3");
    for (const name of names.filter((each) => !NEWER_DOCS.has(each) && !NEWER_ARITY.has(each))) {
      const our = await ours.call("COMMAND", "DOCS", name);
      const expected = await real.call("COMMAND", "DOCS", name);
      assert.deepEqual(comparableDocs(our), comparableDocs(expected), name);
    }
  });

  test("COMMAND LIST names subcommands, too, as the real server does", async () => {
    const lists = await Promise.all([ours, real].map((one) => one.call("COMMAND", "LIST")));
    const [mine, theirs] = lists.map((list) => (list as Reply[]).map(String));
    const isOfClient = (name: string): boolean => name.startsWith("client|");
    assert.ok(mine?.some(isOfClient) && theirs?.some(isOfClient));
  });

  test("COMMAND alone, INFO and DOCS without names tell every command of LIST", async () => {
    await useProtocol("3");
    const all = ((await ours.call("COMMAND", "LIST")) as Reply[]).map(String);
    const list = all.filter((name) => !name.includes("|"));
    assert.equal(await ours.call("COMMAND", "COUNT"), list.length);
    for (const words of [["COMMAND"], ["COMMAND", "INFO"]]) {
      const infos = (await ours.call(...words)) as Reply[][];
      assert.deepEqual(
        infos.map((info) => info[0]),
        list,
      );
    }
    const docs = (await ours.call("COMMAND", "DOCS")) as { map: [Reply, Reply][] };
    assert.deepEqual(
      docs.map.map(([name]) => name),
      list,
    );
  });

  test("COMMAND LIST filters by category and pattern as the real server does", async () => {
    const shared = new Set(names);
    for (const filter of [
      ["ACLCAT", "string"],
      ["ACLCAT", "KEYSPACE"],
      ["ACLCAT", "fast"],
      ["ACLCAT", "slow"],
      ["ACLCAT", "connection"],
      ["ACLCAT", "dangerous"],
      ["PATTERN", "*"],
      ["PATTERN", "GE[T]*"],
      ["PATTERN", "object|*"],
      ["PATTERN", ""],
      ["pattern", "s?t"],
    ]) {
      const listed = async (client: RawClient): Promise<string[]> => {
        const reply = await client.call("COMMAND", "LIST", "FILTERBY", ...filter);
        const all = (reply as Reply[]).map(String);
        return all.filter((name) => shared.has(name)).sort();
      };
      assert.deepEqual(await listed(ours), await listed(real), filter.join(" "));
    }
  });

  test("errors are worded as the real server words them", async () => {
    for (const version of ["2", "3"] as const) {
      await useProtocol(version);
      for (const words of ERRORS) await compare(...words);
    }
  });

  test("every command refuses a wrong number of arguments alike", async () => {
    await useProtocol("2");
    for (const name of names) {
      const info = (await real.call("COMMAND", "INFO", name)) as Reply[][];
      const arity = Number(info[0]?.[1]);
      const words = name.split("|");
      while (words.length < Math.abs(arity) - 1) words.push("x");
      if (words.length < Math.abs(arity)) await compare(...words);
      const more = NEWER_ARITY.has(name) ? ["x", "x", "x"] : ["x", "x"];
      if (arity > 0) await compare(...words, ...more);
    }
  });

  test("random requests have the same keys with the same flags", async () => {
    await useProtocol("3");
    await withSeed(async (random) => {
      for (const name of names) {
        const info = (await real.call("COMMAND", "INFO", name)) as Reply[][];
        const arity = Number(info[0]?.[1]);
        for (let round = 0; round < 15; round++) {
          const request = requestOf(name.split("|"), arity, random);
          await compare("COMMAND", "GETKEYSANDFLAGS", ...request);
          await compare("COMMAND", "GETKEYS", ...request);
        }
      }
    });
  });
});

function requestOf(name: readonly string[], arity: number, random: SeededRandom): string[] {
  const words = ["a", "b", "c", "GET", "STORE", "1", "2", "0"];
  const wanted = Math.abs(arity) + (arity < 0 ? random.below(5) : 0);
  const request = [...name];
  while (request.length < wanted) request.push(random.pick(words));
  return request;
}

/** Docs as plain values, without the texts that are ours, and of a container without its parts. */
function comparableDocs(reply: Reply): unknown {
  if (reply === null || typeof reply !== "object" || Buffer.isBuffer(reply)) return reply;
  if (Array.isArray(reply)) return reply.map(comparableDocs);
  if ("set" in reply) return { set: reply.set.map(comparableDocs) };
  if (!("map" in reply)) return reply;
  const fields: [unknown, unknown][] = [];
  for (const [name, value] of reply.map) {
    if (OWN_WORDS.has(String(name)) || name === "subcommands") continue;
    if (name === "history") fields.push([name, versionsOf(value)]);
    else fields.push([name, comparableDocs(value)]);
  }
  return fields;
}

/** The versions of a history; what changed is told in own words. */
function versionsOf(history: Reply): Reply[] {
  if (history === null || typeof history !== "object" || Buffer.isBuffer(history)) return [];
  if (Array.isArray(history) || !("set" in history)) return [];
  return history.set.map((change) => (change as Reply[])[0] ?? null);
}
