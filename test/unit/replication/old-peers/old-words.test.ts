import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../../../../src/command/command";
import type { ArgumentDoc } from "../../../../src/command/spec";
import type { DataCall } from "../../../../src/keyspace/data-call";
import { DumpPayload } from "../../../../src/persistence/rdb/dump-payload";
import { OldWords } from "../../../../src/replication/old-peers/old-words";
import { valueSavers } from "../../../../src/server/value-codecs";
import { FuzzNode } from "../../../fuzz/fuzz-node";
import { EffectsReplay } from "../../../parity/effects-replay";
import { unknownToOldServer } from "../../../replication/old-commands";
import { encodeCommand } from "../../../support/resp-encode";
import { withSeed } from "../../../support/seeds";

const COMMANDS = Number(process.env.REDIS_REPLAY_COMMANDS ?? "4000");
/** What they write no old server can hold; or, of SWAPDB, has no words for. */
const REFUSED =
  /^(x[a-z]+|hsetex|hpexpireat|hpersist|swapdb|hexpire|hgetex|copy|restore|rename|move)$/i;

function newWords(node = new FuzzNode(1).node): OldWords {
  const { keyspace, table, call } = node;
  const { memory } = keyspace;
  return new OldWords({
    table,
    effects: call.effects,
    keyspace,
    payload: new DumpPayload(memory, valueSavers(memory), []),
    refuse: () => undefined,
  });
}

test("what is told in old words makes the same data, in words that 3.2.1 knows", (t) =>
  withSeed((random, seed) => {
    const replay = new EffectsReplay(random, seed, [["repl-compat", "3.2"]]);
    const refused = new Map<string, number>();
    const server = newWords();
    replay.inspect = ({ words }) => {
      const unknown = unknownToOldServer(words);
      // A replica judges what its master says by the same table.
      const request = encodeCommand(words.map((word) => Buffer.from(word, "latin1")));
      const newer = server.newerIn(request, 0, request.length);
      assert.equal(newer === undefined, unknown === undefined, `${newer} ${words.join(" ")}`);
      if (unknown === undefined) return;
      const name = words[0] ?? "";
      assert.match(name, REFUSED, `${unknown}: ${words.join(" ").slice(0, 200)}`);
      refused.set(name.toLowerCase(), (refused.get(name.toLowerCase()) ?? 0) + 1);
    };
    replay.run(COMMANDS);
    t.diagnostic(`${replay.handedOn} handed on, refused: ${[...refused].join(" ")}, seed ${seed}`);
    assert.ok(replay.handedOn > 0);
  }));

/** Versions after 3.2.1 in which a command, an option or a way to call it came to be. */
function isAfterOld(version: string | undefined): boolean {
  if (version === undefined) return false;
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return major > 3 || (major === 3 && (minor > 2 || (minor === 2 && patch > 1)));
}

function hasNewerOption(docs: readonly ArgumentDoc[]): boolean {
  return docs.some((doc) => isAfterOld(doc.since) || hasNewerOption(doc.arguments ?? []));
}

/**
 * Commands with newer options that never come into the stream: their handlers tell what they have
 * done instead, or the option only changes the reply or how long a client waits.
 */
const TOLD_OTHERWISE = new Set([
  "expire",
  "pexpire",
  "expireat",
  "migrate",
  "geoadd",
  "blpop",
  "brpop",
  "brpoplpush",
]);

test("every write command that is newer, or has newer options, has an old form or is told otherwise", () => {
  const words = newWords();
  const { table } = new FuzzNode(1).node;
  const without: string[] = [];
  const newer: string[] = [];
  for (const command of table.all() as IterableIterator<Command<DataCall>>) {
    const { spec, fullName } = command;
    if (!spec.flags.includes("write") && !spec.flags.includes("may_replicate")) continue;
    const isNewer =
      isAfterOld(spec.since) ||
      hasNewerOption(spec.arguments ?? []) ||
      (spec.history ?? []).some(([version]) => isAfterOld(version));
    if (!isNewer) continue;
    newer.push(fullName);
    const hasForm = words.formNamed(fullName) !== undefined || fullName === "spublish";
    if (!hasForm && !TOLD_OTHERWISE.has(fullName)) without.push(fullName);
  }
  assert.deepEqual(without, []);
  assert.ok(newer.length > 60, `${newer.length}`);
});

test("a command without a row that is there in 3.2.1 and newer ones as the keys they write", () => {
  const words = newWords();
  assert.equal(words.formNamed("incr"), undefined);
  assert.equal(words.formNamed("sunionstore"), undefined);
  for (const name of ["xadd", "xgroup|create", "hpexpireat", "zrangestore", "lmovem", "copy"]) {
    assert.ok(words.formNamed(name) !== undefined, name);
  }
});
