// MEMORY beside the real server's: the same options, errors and shapes of replies; the figures are
// our own and are held against each other.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import type { Reply } from "../support/reply";
import type { Argument } from "../support/resp-encode";
import { withSeed } from "../support/seeds";
import { REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

const MEBIBYTE = 1024 * 1024;

describe("MEMORY", () => {
  let ours: RawClient;
  let real: RawClient;
  const servers: ServerProcess[] = [];

  before(async () => {
    servers.push(await ServerProcess.start());
    servers.push(await ServerProcess.start({ program: REAL_SERVER }));
    [ours, real] = (await Promise.all(servers.map((server) => server.client()))) as [
      RawClient,
      RawClient,
    ];
  });
  after(async () => {
    await ours.close();
    await real.close();
    for (const server of servers) await server.stop();
  });

  /** Sends many commands at once. */
  async function pipeline(commands: readonly Argument[][]): Promise<void> {
    for (const words of commands) ours.send(...words);
    for (const _ of commands) await ours.readReply();
  }

  async function usage(...words: Argument[]): Promise<number> {
    const reply = await ours.call("MEMORY", "USAGE", ...words);
    assert.ok(typeof reply === "number", String(reply));
    return reply;
  }

  /** The plain fields of MEMORY STATS. */
  async function stats(client: RawClient): Promise<Map<Reply, Reply>> {
    const reply = await client.call("MEMORY", "STATS");
    assert.ok(Array.isArray(reply));
    const pairs: [Reply, Reply][] = [];
    for (let i = 0; i < reply.length; i += 2) pairs.push([reply[i], reply[i + 1]]);
    return new Map(pairs);
  }

  test("wrong subcommands, counts and options get the errors of the real one", async () => {
    for (const client of [ours, real]) await client.call("SET", "a", "1");
    for (const line of [
      "MEMORY",
      "MEMORY nothing",
      "MEMORY USAGE",
      "MEMORY USAGE absent",
      "MEMORY USAGE absent SAMPLES 0",
      "MEMORY USAGE absent SAMPLES x",
      "MEMORY USAGE a b",
      "MEMORY USAGE a SAMPLES",
      "MEMORY USAGE a samples -1",
      "MEMORY USAGE a SAMPLES 1.5",
      "MEMORY USAGE a SAMPLES 99999999999999999999",
      "MEMORY USAGE a SAMPLES 1 SAMPLES",
      "MEMORY USAGE a SAMPLES 1 SAMPLE 2",
      "MEMORY STATS x",
      "MEMORY DOCTOR x",
      "MEMORY PURGE x",
      "MEMORY PURGE",
      "MEMORY MALLOC-STATS x",
      "MEMORY HELP x",
    ]) {
      const words = line.split(" ");
      const expected = (await real.command(...words)).toString();
      assert.equal((await ours.command(...words)).toString(), expected, line);
    }
    for (const line of ["a SAMPLES 0", "a samples 9223372036854775807", "a SAMPLES 1 SAMPLES 2"]) {
      assert.equal(await usage(...line.split(" ")), await usage("a"));
    }
  });

  test("HELP shows the syntax of the real one's", async () => {
    const syntaxOf = async (client: RawClient): Promise<Reply[]> => {
      const lines = await client.call("MEMORY", "HELP");
      assert.ok(Array.isArray(lines));
      return lines.filter((line) => !String(line).startsWith("    "));
    };
    assert.deepEqual(await syntaxOf(ours), await syntaxOf(real));
  });

  test("USAGE counts nothing as used or missed", async () => {
    const hits = async (): Promise<string> => {
      const text = String(await ours.call("INFO", "stats"));
      return /keyspace_hits:\d+\r\nkeyspace_misses:\d+/.exec(text)?.[0] ?? "";
    };
    await ours.call("SET", "a", "1");
    const before = await hits();
    await ours.call("MEMORY", "USAGE", "a");
    await ours.call("MEMORY", "USAGE", "absent");
    assert.equal(await hits(), before);
  });

  test("USAGE grows with key, value and expiry in blocks of 16 bytes", async () => {
    await ours.call("SET", "k", "v".repeat(31));
    const small = await usage("k");
    await ours.call("SET", "k", "v".repeat(1000));
    const large = await usage("k");
    assert.ok(large - small >= 969 && large - small < 1100, `${small} ${large}`);
    await ours.call("SET", "k", "v".repeat(31), "EX", "100");
    assert.equal(await usage("k"), small + 16);
    await ours.call("SET", "k".repeat(500), "v");
    assert.ok((await usage("k".repeat(500))) >= 500);
    await ours.call("SET", "k", "v".repeat(MEBIBYTE));
    const huge = await usage("k");
    assert.ok(huge >= MEBIBYTE && huge < 1.05 * MEBIBYTE, String(huge));
  });

  test("the usage of all keys together is the memory that they take", () =>
    withSeed(async (random) => {
      await ours.call("FLUSHALL");
      await waitFor("everything to be freed", async () => {
        return (await stats(ours)).get("dataset.bytes") === 0;
      });
      const allocated = async () => Number((await stats(ours)).get("allocator.allocated"));
      const before = await allocated();
      const keys = Array.from({ length: 5000 }, (_, i) => `${i}:${"k".repeat(random.below(40))}`);
      await pipeline(
        keys.map((key) => {
          const value = random.bytes(random.below(random.chance(0.05) ? 5000 : 100));
          const expiry = random.chance(0.3) ? ["EX", "1000"] : [];
          return ["SET", key, value, ...expiry];
        }),
      );
      const grown = (await allocated()) - before;
      let sum = 0;
      for (const key of keys) ours.send("MEMORY", "USAGE", key);
      for (const _ of keys) sum += Number(/\d+/.exec((await ours.readReply()).toString())?.[0]);
      // The first chunk of the table was there before the keys.
      assert.ok(sum >= grown && sum - grown < 4096 + keys.length, `${sum} for ${grown}`);
      const memory = await stats(ours);
      assert.equal(memory.get("keys.count"), keys.length);
      const perKey = Number(memory.get("keys.bytes-per-key"));
      assert.ok(Math.abs(perKey - sum / keys.length) < 2, `${perKey} of ${sum}`);
    }));

  test("STATS has the fields of the real one in its order, and of its types in RESP3", async () => {
    for (const client of [ours, real]) {
      await client.call("FLUSHALL");
      await client.call("SET", "a", "1");
      await client.call("SELECT", "3");
      await client.call("SET", "b", "1", "EX", "1000");
      await client.call("SELECT", "0");
      await client.command("HELLO", "3");
    }
    const shapeOf = (reply: Reply): unknown => {
      assert.ok(reply !== null && typeof reply === "object" && "map" in reply);
      assert.ok(Array.isArray(reply.map));
      return reply.map.map(([name, value]) => {
        if (typeof value === "number") return [name, "integer"];
        assert.ok(value !== null && typeof value === "object", String(name));
        return [name, "map" in value ? shapeOf(value) : Object.keys(value)[0]];
      });
    };
    const expected = shapeOf(await real.call("MEMORY", "STATS"));
    const found = shapeOf(await ours.call("MEMORY", "STATS"));
    assert.ok(Array.isArray(expected) && Array.isArray(found));
    assert.deepEqual(found.slice(0, expected.length), expected);
    for (const text of ["DOCTOR", "MALLOC-STATS"]) {
      assert.match((await real.command("MEMORY", text)).toString(), /^=\d+\r\ntxt:/);
      assert.match((await ours.command("MEMORY", text)).toString(), /^=\d+\r\ntxt:/);
    }
    for (const client of [ours, real]) await client.command("HELLO", "2");
  });

  test("MALLOC-STATS adds up to what is allocated", async () => {
    await ours.call("SET", "large", "x".repeat(MEBIBYTE));
    const report = String(await ours.call("MEMORY", "MALLOC-STATS"));
    const rows = report
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((cells) => cells.length === 8 && cells[0] !== "block");
    const totals = rows.pop() ?? [];
    assert.equal(totals[0], "all");
    for (const column of [1, 2, 3, 4, 5, 7]) {
      const sum = rows.reduce((total, cells) => total + Number(cells[column]), 0);
      assert.equal(String(sum), totals[column], `column ${column}`);
    }
    assert.equal(totals[5], String((await stats(ours)).get("allocator.allocated")));
    assert.equal(rows.at(-1)?.[0], "large");
  });

  test("DOCTOR speaks of data when there is some", async () => {
    await ours.call("FLUSHALL");
    await waitFor("little data", async () =>
      String(await ours.call("MEMORY", "DOCTOR")).includes("too little"),
    );
    await ours.call("SET", "large", "x".repeat(20 * MEBIBYTE));
    await waitFor("enough data", async () => {
      return !String(await ours.call("MEMORY", "DOCTOR")).includes("too little");
    });
  });

  test("PURGE gives free pages back to the system", async () => {
    await pipeline(Array.from({ length: 100 }, (_, i) => ["SET", `p${i}`, "x".repeat(300_000)]));
    await ours.call("FLUSHALL");
    await waitFor("everything to be freed", async () => {
      return (await stats(ours)).get("dataset.bytes") === 0;
    });
    assert.equal(await ours.call("MEMORY", "PURGE"), "OK");
    const memory = await stats(ours);
    const kept = Number(memory.get("allocator.resident")) - Number(memory.get("allocator.active"));
    // Runs of fewer than four pages are not worth a system call each.
    assert.ok(kept < MEBIBYTE, String(kept));
  });
});
