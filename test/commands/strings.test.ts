// String commands against the real server, where the parity scripts do not reach: every pair of
// options, numbers at the edges of 64 bits, and the limits of proto-max-bulk-len.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import type { Argument } from "../support/resp-encode";
import { withSeed } from "../support/seeds";
import { REAL_SERVER, ServerProcess } from "../support/server-process";

const MEBIBYTE = 1024 * 1024;
const CONFIG = { "proto-max-bulk-len": String(MEBIBYTE) };

describe("strings beside the real server", () => {
  let ours: RawClient;
  let real: RawClient;
  const servers: ServerProcess[] = [];

  before(async () => {
    for (const program of [undefined, REAL_SERVER]) {
      const options = program === undefined ? { config: CONFIG } : { program, config: CONFIG };
      servers.push(await ServerProcess.start(options));
    }
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

  /** Sends to both; the reply, which must be the same in every byte. */
  async function same(...words: Argument[]): Promise<string> {
    const [our, expected] = await Promise.all([ours.command(...words), real.command(...words)]);
    const shown = words.map((word) => word.toString().slice(0, 40)).join(" ");
    assert.equal(our.toString("latin1"), expected.toString("latin1"), shown);
    return our.toString("latin1");
  }

  test("every pair of options of SET is taken or refused alike", async () => {
    const options: Argument[][] = [
      ["NX"],
      ["xx"],
      ["GET"],
      ["KEEPTTL"],
      ["EX", "100"],
      ["PX", "100000"],
      ["ExAt", "33177117420"],
      ["PXAT", "33177117420000"],
      ["PERSIST"],
      ["EX"],
      ["EX", "0"],
      ["PX", "x"],
      [""],
      ["NXX"],
      ["N"],
    ];
    for (const first of options) {
      for (const second of options) {
        for (const key of ["there", "absent"]) {
          await same("SET", "there", "old", "EX", "1000");
          await same("GETDEL", "absent");
          await same("SET", key, "new", ...first, ...second);
          await same("GET", key);
          await same("GETEX", key, ...first, ...second);
        }
      }
    }
  });

  test("random options of SET and GETEX", async () => {
    const words = ["NX", "XX", "GET", "KEEPTTL", "EX", "PX", "EXAT", "PXAT", "PERSIST", "100"];
    await withSeed(async (random) => {
      for (let round = 0; round < 1500; round++) {
        const drawn = Array.from({ length: random.below(6) }, () => random.pick(words));
        // Moments in the past would make the two depend on who is quicker.
        const options = drawn.map((word) => (word === "100" ? "33177117420000" : word));
        const key = random.pick(["a", "b", "c"]);
        await same("SET", key, String(round), ...options);
        await same("GETEX", random.pick(["a", "b", "c"]), ...options);
        if (random.chance(0.2)) await same("GETDEL", key);
      }
    });
  });

  test("counters and offsets at the edges of 64 bits and of 2^53", async () => {
    const edges = [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 62n, 2n ** 63n, 2n ** 64n];
    const numbers = edges.flatMap((edge) =>
      [edge - 1n, edge, edge + 1n, -edge - 1n, -edge, -edge + 1n].map(String),
    );
    for (const value of numbers) {
      for (const amount of numbers) {
        for (const command of ["INCRBY", "DECRBY"]) {
          await same("SET", "n", value);
          await same(command, "n", amount);
          await same("GET", "n");
        }
      }
      await same("SET", "n", value);
      await same("INCR", "n");
      await same("SET", "n", value);
      await same("DECR", "n");
      await same("GETDEL", "n");
      await same("INCRBY", "n", value);
      await same("GETDEL", "n");
      await same("DECRBY", "n", value);
      await same("SET", "s", "Hello");
      await same("GETRANGE", "s", value, "-1");
      await same("GETRANGE", "s", "0", value);
      await same("GETRANGE", "s", value, value);
      await same("SETRANGE", "s", value, "x");
      await same("SETRANGE", "s", value, "");
    }
  });

  test("times at the edges of 64 bits", async () => {
    const edges = [2n ** 53n, 2n ** 63n, (2n ** 63n - 1n) / 1000n, 2n ** 63n - BigInt(Date.now())];
    for (const edge of edges) {
      // A distance that the clock cannot cross while the two servers are asked.
      for (const offset of [-10_000_000n, 0n, 1n, 10_000_000n]) {
        const time = String(edge + offset);
        for (const option of ["EX", "PX", "EXAT", "PXAT"]) {
          if (offset < 2n && edge > 2n ** 62n && edge < 2n ** 63n - 2n && option === "PX") continue;
          await same("SET", "t", "v", option, time);
          await same("SET", "t", "v");
          await same("GETEX", "t", option, time);
        }
        await same("SETEX", "t", time, "v");
        if (edge > 2n ** 62n && edge < 2n ** 63n - 2n && offset < 2n) continue;
        await same("PSETEX", "t", time, "v");
      }
    }
  });

  test("strings end at proto-max-bulk-len", async () => {
    const full = Buffer.alloc(MEBIBYTE, "x");
    await same("SET", "full", full);
    await same("APPEND", "full", "y");
    await same("APPEND", "full", "");
    await same("STRLEN", "full");
    await same("SETRANGE", "full", String(MEBIBYTE - 1), "y");
    await same("SETRANGE", "full", String(MEBIBYTE), "y");
    await same("SETRANGE", "full", String(MEBIBYTE), "");
    await same("SETRANGE", "absent", String(MEBIBYTE), "y");
    await same("SETRANGE", "absent", "9223372036854775807", "y");
    await same("SET", "short", "x");
    await same("APPEND", "short", full);
    await same("GETRANGE", "full", "-3", "-1");
  });

  test("LCS refuses what would need more than proto-max-bulk-len", async () => {
    for (const [a, b] of [
      [511, 511],
      [511, 512],
      [512, 511],
      [0, 262_142],
      [0, 262_144],
      [1, 131_071],
      [131_071, 1],
      [131_072, 1],
    ] as const) {
      await same("MSET", "a", Buffer.alloc(a, "abcde"), "b", Buffer.alloc(b, "cdaeb"));
      await same("LCS", "a", "b");
      await same("LCS", "a", "b", "LEN");
      await same("LCS", "a", "b", "IDX", "WITHMATCHLEN");
    }
  });

  test("values of every size come back", async () => {
    for (const size of [0, 1, 31, 32, 159, 160, 161, 16_383, 16_384, 32_768, 65_536, MEBIBYTE]) {
      const value = Buffer.alloc(size, "0123456789abcdef");
      await same("SET", "v", value, "GET");
      await same("GET", "v");
      await same("MGET", "v", "v", "absent");
      await same("GETRANGE", "v", "1", "-2");
      await same("SET", "v", "w", "GET");
      await same("GETSET", "v", value);
      await same("GETEX", "v");
      await same("APPEND", "v", value.subarray(0, MEBIBYTE - size));
      await same("GETDEL", "v");
    }
  });

  test("what no option of a command says is left as it is", async () => {
    await withSeed(async (random) => {
      for (let round = 0; round < 800; round++) {
        const value = random.bytes(random.below(60));
        const key = random.pick(["p", "q"]);
        await same("LCS", "p", "q", ...(random.chance(0.5) ? ["IDX"] : []));
        await same(random.pick(["SETNX", "GETSET", "APPEND"]), key, value);
        await same("SETRANGE", key, String(random.below(200)), value);
        await same(
          "GETRANGE",
          key,
          String(random.between(-99, 99)),
          String(random.between(-99, 99)),
        );
        if (random.chance(0.1)) await same("GETDEL", key);
        if (random.chance(0.1)) await same("MSETNX", "p", "1", "q", value);
      }
    });
  });
});
