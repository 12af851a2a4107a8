// Replicas as old as Redis 3.2.1: the file and the stream they get from our master, alone, beside newer
// ones and behind a replica of ours; and what they are told when they cannot hold the data.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { CommandSource, GRAMMARS } from "../parity/grammar";
import type { RawClient } from "../support/raw-client";
import { type SeededRandom, withSeed } from "../support/seeds";
import { REAL_SERVER, ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { OldReplica, type OldReplicaOptions } from "./old-replica";
import { assertEqualData, field, linkIsUp, startReplica } from "./pair";

const CONFIG = {
  save: "",
  "enable-debug-command": "yes",
  "proto-max-bulk-len": "1mb",
  "repl-diskless-sync-delay": 0,
  "shutdown-timeout": 0,
  // Values of every form are among a few elements.
  "hash-max-listpack-entries": 8,
  "set-max-intset-entries": 8,
  "list-max-listpack-size": 6,
  // A listpack has no minus zero, and SORT makes a skiplist, which has one, where it is run and
  // nowhere else: a difference of Redis's own, which is none without listpacks.
  "zset-max-listpack-entries": 0,
};
const PSYNC: OldReplicaOptions = { speaks: "psync", understandsEof: true };
/** Streams cannot be held; the others have to do with connections, or change no data. */
const LEFT_OUT =
  /^(x[a-z]+|swapdb|hello|quit|reset|client|config|[ps]?subscribe|ssubscribe|monitor|auth|debug)$/i;

class OldPair {
  private constructor(
    readonly master: ServerProcess,
    readonly writer: RawClient,
    readonly store: RawClient,
    readonly t: Cleanup,
  ) {}

  static async start(t: Cleanup, config = {}): Promise<OldPair> {
    const [master, store] = await Promise.all([
      ServerProcess.start({ config: { ...CONFIG, ...config } }, t),
      ServerProcess.start({ program: REAL_SERVER, config: CONFIG }, t),
    ]);
    const clients = await Promise.all([master.client(), store.client()]);
    t.after(() => Promise.all(clients.map((client) => client.close())));
    return new OldPair(master, ...clients, t);
  }

  async follow(options = PSYNC, port = this.master.port): Promise<OldReplica> {
    const replica = await OldReplica.follow(port, this.store, options);
    this.t.after(() => replica.close());
    return replica;
  }

  /** Random commands of all types that an old replica can hold. */
  async write(random: SeededRandom, count: number): Promise<void> {
    const source = new CommandSource(
      random,
      GRAMMARS.filter(({ name }) => !LEFT_OUT.test(name)),
    );
    for (let sent = 0; sent < count; sent += 50) {
      const batch = Array.from({ length: 50 }, () => source.next());
      for (const words of batch) this.writer.send(...words);
      for (const _ of batch) await this.writer.readReply();
    }
    await this.writer.call("DISCARD");
  }
}

const WAYS: Readonly<Record<string, readonly [OldReplicaOptions, object]>> = {
  "PSYNC, from disk": [PSYNC, { "repl-diskless-sync": "no" }],
  "PSYNC, straight from memory": [PSYNC, { "repl-diskless-sync": "yes" }],
  "PSYNC of 2.8, without a mark": [{ speaks: "psync" }, { "repl-diskless-sync": "yes" }],
  SYNC: [{ speaks: "sync" }, {}],
};
for (const [way, [options, config]] of Object.entries(WAYS)) {
  test(`random commands of all types are held by a replica by ${way}`, async (t) => {
    await withSeed(async (random) => {
      const pair = await OldPair.start(t, config);
      await pair.write(random, 1500);
      const replica = await pair.follow(options);
      assert.equal(replica.answer, "full");
      assert.equal(replica.file.toString("latin1", 0, 9), "REDIS0007");
      await pair.write(random, 2500);
      await replica.assertEqualTo(pair.writer);
      assert.match(
        pair.master.logs(),
        /is older than Redis 4: it is told all in words of Redis 3\.2/,
      );
    });
  });
}

test("what newer commands have done comes in old words, and as one", async (t) => {
  const pair = await OldPair.start(t);
  const { writer } = pair;
  await writer.call("RPUSH", "l", "a", "b", "c", "d");
  const replica = await pair.follow();
  const from = replica.commands.length;
  for (const words of [
    ["SET", "k", "v", "EX", "1000"],
    ["SET", "k", "w", "KEEPTTL"],
    ["GETEX", "k", "PERSIST"],
    ["UNLINK", "k"],
    ["LMOVE", "l", "l2", "LEFT", "RIGHT"],
    ["LPOP", "l", "2"],
    ["HSET", "h", "f", "1", "g", "2"],
    ["ZADD", "z", "1", "a", "2", "b", "3", "c"],
    ["ZADD", "z", "GT", "5", "a", "1", "b"],
    ["ZPOPMAX", "z", "2"],
    ["COPY", "h", "h2", "DB", "3"],
    ["FLUSHDB", "ASYNC"],
  ]) {
    await writer.call(...words);
  }
  await replica.assertEqualTo(writer);
  const seen = replica.commands
    .slice(from)
    .filter(([name]) => name !== "PING" && name !== "REPLCONF");
  const words = seen.map((command) =>
    command.map((word) => (/^\d{13}$/.test(word) ? "TIME" : word.slice(0, 20))).join(" "),
  );
  assert.deepEqual(
    words.map((text) => (text.startsWith("RESTORE") ? text.slice(0, 12) : text)),
    [
      "MULTI",
      "SELECT 0",
      "SET k v",
      "PEXPIREAT k TIME",
      "EXEC",
      "MULTI",
      "SET k w",
      "PEXPIREAT k TIME",
      "EXEC",
      "PERSIST k",
      "DEL k",
      "MULTI",
      "RPUSH l2 a",
      "LPOP l",
      "EXEC",
      "LTRIM l 2 -1",
      "HMSET h f 1 g 2",
      "ZADD z 1 a 2 b 3 c",
      "MULTI",
      "ZADD z 5 a",
      "ZADD z 2 b",
      "EXEC",
      "ZREMRANGEBYRANK z -2 -1",
      "SELECT 3",
      "RESTORE h2 0",
      "SELECT 0",
      "FLUSHDB",
    ],
  );
});

test("newer replicas beside an old one have the same data at the same offsets", async (t) => {
  await withSeed(async (random) => {
    const pair = await OldPair.start(t);
    const replica = await pair.follow();
    const servers = await Promise.all([
      startReplica(t, pair.master.port, CONFIG),
      startReplica(t, pair.master.port, CONFIG, { program: REAL_SERVER }),
    ]);
    const [own, beside] = await Promise.all([servers[0].client(), servers[1].client()]);
    t.after(() => Promise.all([own, beside].map((client) => client.close())));
    await Promise.all([own, beside].map(linkIsUp));
    await pair.write(random, 1500);
    await replica.assertEqualTo(pair.writer);
    await assertEqualData(pair.writer, own);
    await assertEqualData(pair.writer, beside);
    assert.equal(await pair.writer.call("WAIT", "3", "5000"), 3);
    assert.equal(replica.offset, Number(await field(own, "replication", "master_repl_offset")));
  });
});

test("a cut link is resumed as long as all that was written is in old words", async (t) => {
  await withSeed(async (random) => {
    const pair = await OldPair.start(t, { "repl-backlog-size": "64mb" });
    let replica = await pair.follow();
    for (let round = 0; round < 3; round++) {
      await pair.write(random, 200);
      await replica.assertEqualTo(pair.writer);
      replica.close();
      await pair.write(random, 200);
      replica = await pair.follow({ ...PSYNC, resumes: replica.place });
      assert.equal(replica.answer, "continue");
    }
    await replica.assertEqualTo(pair.writer);
    replica.close();
    await waitFor("it to be gone", async () => {
      return (await field(pair.writer, "replication", "connected_slaves")) === "0";
    });
    await pair.writer.call("XADD", "x", "*", "f", "v");
    await pair.writer.call("DEL", "x");
    replica = await pair.follow({ ...PSYNC, resumes: replica.place });
    assert.equal(replica.answer, "full");
    assert.match(pair.master.logs(), /too old for what was written since it was here/);
    await replica.assertEqualTo(pair.writer);
  });
});

for (const [what, words, text] of [
  [
    "a stream",
    ["XADD", "x", "*", "f", "v"],
    /XADD has made 'x' a stream that Redis 3\.2 cannot hold/,
  ],
  [
    "an expiry of a field",
    ["HEXPIRE", "h", "100", "FIELDS", "1", "f"],
    /HPEXPIREAT has made 'h' a hash that Redis 3\.2 cannot hold/,
  ],
  ["SWAPDB", ["SWAPDB", "0", "1"], /SWAPDB can only be told by a new copy/],
] as const) {
  test(`${what} ends the link of an old replica before it is sent it, and no other`, async (t) => {
    const pair = await OldPair.start(t);
    const replica = await pair.follow();
    const beside = await (await startReplica(t, pair.master.port)).client();
    t.after(() => beside.close());
    await linkIsUp(beside);
    await pair.writer.call("HSET", "h", "f", "v");
    await pair.writer.call(...words);
    await pair.writer.call("SET", "after", "1");
    await waitFor("the link to be closed", () => replica.isClosed);
    assert.equal(replica.problem, undefined);
    assert.ok(!replica.commands.some(([name]) => name === words[0]));
    assert.match(pair.master.logs(), text);
    await assertEqualData(pair.writer, beside);
    assert.equal(await field(pair.writer, "stats", "sync_full"), "2");
  });
}

test("a copy that it cannot hold is refused with the name of the key, and harms nobody else", async (t) => {
  const pair = await OldPair.start(t, { save: ["3600", "1"], "repl-diskless-sync": "no" });
  await pair.writer.call("XADD", "the\r\nstream", "*", "f", "v");
  const text = /key 'the\?\?stream' in DB 0, a stream, cannot be written as RDB version 7/;
  const replica = await pair.follow();
  assert.match(replica.answer, text);
  assert.match(pair.master.logs(), text);
  // It comes back at once; writes are taken all the while.
  assert.match((await pair.follow()).answer, text);
  assert.equal(await pair.writer.call("SET", "k", "v"), "OK");
  assert.equal(await field(pair.writer, "persistence", "rdb_last_bgsave_status"), "ok");
  const newer = await (await startReplica(t, pair.master.port)).client();
  t.after(() => newer.close());
  await linkIsUp(newer);
  await assertEqualData(pair.writer, newer);
});

test("with repl-compat no an old replica gets what all get; with 3.2 the stream is always old", async (t) => {
  const pair = await OldPair.start(t, { "repl-compat": "no" });
  await assert.rejects(() => pair.follow(), /Can't handle RDB format version REDIS0010/);
  await pair.writer.call("CONFIG", "SET", "repl-compat", "3.2");
  const replica = await pair.follow();
  replica.close();
  await pair.writer.call("SET", "k", "v", "EX", "1000");
  const again = await pair.follow({ ...PSYNC, resumes: replica.place });
  assert.equal(again.answer, "continue");
  await again.assertEqualTo(pair.writer);
});

test("behind a replica of ours an old one gets what the master says in old words, and no more", async (t) => {
  const pair = await OldPair.start(t, { "repl-compat": "3.2" });
  await pair.writer.call("SET", "k", "v", "EX", "1000");
  const middle = await startReplica(t, pair.master.port, CONFIG);
  const reader = await middle.client();
  t.after(() => reader.close());
  await linkIsUp(reader);
  const replica = await pair.follow(PSYNC, middle.port);
  await withSeed(async (random) => {
    await pair.write(random, 500);
    await replica
      .assertEqualTo(pair.writer)
      .catch((error) => assert.fail(`${error}: ${middle.logs().slice(-1000)}`));
  });
  await pair.writer.call("XADD", "x", "*", "f", "v");
  await waitFor("the link to be closed", () => replica.isClosed);
  assert.equal(replica.problem, undefined);
  assert.match(middle.logs(), /the master of this server has sent XADD/);
  await assertEqualData(pair.writer, reader);
});

test("who does not introduce itself as a replica is given the stream as it is", async (t) => {
  const pair = await OldPair.start(t, { "repl-diskless-sync": "no" });
  const tool = connect(pair.master.port, "127.0.0.1");
  t.after(() => tool.destroy());
  let received = "";
  tool.on("data", (bytes: Buffer) => {
    received += bytes.toString("latin1");
  });
  tool.write("SYNC\r\n");
  await waitFor("the file", () => /\$\d+\r\nREDIS0010/.test(received));
});
