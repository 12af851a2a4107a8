// DEBUG beside a real server: fingerprints of many random data sets, lengths in a file, and what
// its switches do. Replies that need no data are compared in the parity scripts.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import type { Reply } from "../support/reply";
import { type SeededRandom, withSeed } from "../support/seeds";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

const DATABASES = 16;
const FAR_MS = 4_000_000_000_000;

async function bothClients(t: Cleanup): Promise<readonly [RawClient, RawClient]> {
  const config = { "enable-debug-command": "yes" };
  const clients: RawClient[] = [];
  for (const program of [OUR_SERVER, REAL_SERVER]) {
    const server = await ServerProcess.start({ program, config }, t);
    const client = await server.client();
    t.after(() => client.close());
    clients.push(client);
  }
  const [ours, real] = clients;
  assert.ok(ours !== undefined && real !== undefined);
  return [ours, real];
}

/** Sends the same words to both and returns both replies. */
function callBoth(
  clients: readonly [RawClient, RawClient],
  ...words: (string | Buffer)[]
): Promise<[Reply, Reply]> {
  return Promise.all([clients[0].call(...words), clients[1].call(...words)]);
}

async function assertSame(
  clients: readonly [RawClient, RawClient],
  ...words: (string | Buffer)[]
): Promise<Reply> {
  const [ours, real] = await callBoth(clients, ...words);
  assert.deepEqual(ours, real, words.join(" "));
  return ours;
}

function randomValue(random: SeededRandom): Buffer {
  if (random.chance(0.3)) return Buffer.from(String(random.word() * (random.chance(0.5) ? -1 : 1)));
  const length = random.chance(0.1) ? random.below(5000) : random.below(70);
  return random.bytes(length);
}

describe("DEBUG DIGEST and DIGEST-VALUE", () => {
  test("are those of a real server with the same data, step by step", async (t) => {
    const clients = await bothClients(t);
    await withSeed(async (random) => {
      assert.equal(await assertSame(clients, "DEBUG", "DIGEST"), "0".repeat(40));
      const keys: Buffer[] = [];
      for (let round = 0; round < 20; round++) {
        await assertSame(clients, "SELECT", String(random.below(DATABASES)));
        for (let count = 0; count < 25; count++) {
          const key = random.bytes(random.below(40));
          const expiry = random.chance(0.5) ? ["PXAT", String(FAR_MS + random.word())] : [];
          keys.push(key);
          await assertSame(clients, "SET", key, randomValue(random), ...expiry);
        }
        const sample = Array.from({ length: 10 }, () => random.pick(keys));
        await assertSame(clients, "DEBUG", "DIGEST-VALUE", ...sample);
        await assertSame(clients, "APPEND", random.pick(keys), random.bytes(9));
        await assertSame(clients, "DEL", random.pick(keys));
        await assertSame(clients, "PERSIST", random.pick(keys));
        await assertSame(clients, "DEBUG", "DIGEST");
      }
    });
  });

  test("say whether a key expires, and not when", async (t) => {
    const [ours] = await bothClients(t);
    const digest = async (): Promise<Reply> => ours.call("DEBUG", "DIGEST-VALUE", "k");
    await ours.call("SET", "k", "v");
    const forever = await digest();
    await ours.call("PEXPIREAT", "k", String(FAR_MS));
    const expiring = await digest();
    await ours.call("PEXPIREAT", "k", String(FAR_MS + 1));
    assert.deepEqual(await digest(), expiring);
    assert.notDeepEqual(expiring, forever);
  });
});

describe("DEBUG POPULATE", () => {
  test("makes what a real one makes, in the selected database", async (t) => {
    const clients = await bothClients(t);
    await assertSame(clients, "SELECT", "3");
    for (const words of [
      ["20000"],
      ["1000", "other"],
      ["1000", "cut", "3"],
      ["1000", "filled", "200"],
      ["2", ""],
      ["30", "other", "9"],
      ["0"],
      ["-5"],
      ["x"],
      ["5", "p", "x"],
    ]) {
      await assertSame(clients, "DEBUG", "POPULATE", ...words);
    }
    for (const key of ["key:0", "key:19999", "cut:77", "filled:999", ":1", "other:12"]) {
      await assertSame(clients, "GET", key);
      await assertSame(clients, "OBJECT", "ENCODING", key);
    }
    await assertSame(clients, "DBSIZE");
    await assertSame(clients, "DEBUG", "DIGEST");
  });
});

describe("DEBUG OBJECT", () => {
  test("tells the encoding and the length that a value has in a file", async (t) => {
    const clients = await bothClients(t);
    const facts = (line: Reply): string =>
      String(line)
        .replace(/at:0x[0-9a-f]+/, "")
        .replace(/ lru:.*/, "");
    const values = ["", "x", "0", "127", "128", "-128", "-129", "32767", "32768", "-32769"];
    values.push(
      "2147483647",
      "2147483648",
      "-2147483648",
      "9999",
      "10000",
      "007",
      "12345678901234",
    );
    // Without repetitions, since Redis compresses what repeats and is longer than twenty bytes.
    const text = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";
    values.push(text.slice(0, 44), text.slice(0, 45), text.slice(0, 63), text);
    for (const value of values) {
      await assertSame(clients, "SET", "k", value);
      const [ours, real] = await callBoth(clients, "DEBUG", "OBJECT", "k");
      assert.equal(facts(ours), facts(real), value);
    }
  });
});

describe("the switches of DEBUG", () => {
  test("SET-ACTIVE-EXPIRE leaves expired keys in memory until it is on again", async (t) => {
    const [client] = await bothClients(t);
    const nowUs = async (): Promise<number> => {
      const [seconds, microseconds] = (await client.call("TIME")) as string[];
      return Number(seconds) * 1_000_000 + Number(microseconds);
    };
    await client.call("CONFIG", "SET", "hz", "100");
    assert.equal(await client.call("DEBUG", "SET-ACTIVE-EXPIRE", "0"), "OK");
    await client.call("SET", "k", "v", "PX", "1");
    const startUs = await nowUs();
    await waitFor(
      "ten ticks of the server's clock",
      async () => (await nowUs()) > startUs + 100_000,
    );
    assert.equal(await client.call("DBSIZE"), 1);
    assert.equal(await client.call("DEBUG", "SET-ACTIVE-EXPIRE", "1"), "OK");
    await waitFor("removal", async () => (await client.call("DBSIZE")) === 0);
  });

  test("SLEEP stops everybody for as long as it says", async (t) => {
    const [client] = await bothClients(t);
    const startMs = performance.now();
    assert.equal(await client.call("DEBUG", "SLEEP", "0.2"), "OK");
    assert.ok(performance.now() - startMs >= 195);
  });

  test("LOG writes a line, with nothing in it that could be another one", async (t) => {
    const server = await ServerProcess.start({ config: { "enable-debug-command": "yes" } }, t);
    const client = await server.client();
    await client.call("DEBUG", "LOG", "grüße\n1:M forged");
    await waitFor("line", () => / # DEBUG LOG: grüße\\n1:M forged\n/.test(server.logs()));
    await client.close();
  });

  test("what is not there says so, with its reason", async (t) => {
    const [client] = await bothClients(t);
    for (const word of ["LEAK", "DROP-CLUSTER-PACKET-FILTER"]) {
      assert.match(
        String(await client.command("DEBUG", word)),
        new RegExp(`^-ERR DEBUG ${word} is not supported by this server: there (is|are) no `),
      );
    }
  });

  test("STRINGMATCH-TEST survives, and HTSTATS tells how full a dictionary is", async (t) => {
    const clients = await bothClients(t);
    await assertSame(clients, "DEBUG", "STRINGMATCH-TEST");
    await clients[0].call("DEBUG", "POPULATE", "1000");
    await clients[0].call("EXPIRE", "key:1", "1000");
    assert.match(
      String((await clients[0].call("DEBUG", "HTSTATS", "0")) as string),
      /^\[Dictionary HT\]\n[\s\S]* number of elements: 1000\n[\s\S]*\[Expires HT\]\n.*\n number of elements: 1\n$/,
    );
  });
});

describe("enable-debug-command", () => {
  test("no refuses everything, local lets this machine in, as in Redis", async (t) => {
    const seen: Reply[][] = [];
    for (const program of [OUR_SERVER, REAL_SERVER]) {
      const replies: Reply[] = [];
      for (const permission of ["no", "local"]) {
        const config = { "enable-debug-command": permission };
        const server = await ServerProcess.start({ program, config }, t);
        const client = await server.client();
        for (const words of [["SLEEP", "0"], ["NOSUCH"], []]) {
          replies.push(await client.call("DEBUG", ...words));
        }
        await client.close();
      }
      seen.push(replies);
    }
    assert.deepEqual(seen[0], seen[1]);
  });
});

describe("LOLWUT and TIME", () => {
  test("LOLWUT draws something new each time, within the size it is given", async (t) => {
    const [client] = await bothClients(t);
    const draw = async (...words: string[]): Promise<string> =>
      String(await client.call("LOLWUT", ...words));
    const first = await draw();
    assert.match(first, /Redis ver\. 7\.2\.4\n$/);
    assert.notEqual(await draw(), first);
    const small = (await draw("VERSION", "5", "10", "2")).split("\n");
    assert.deepEqual(
      small.slice(0, 4).map((line) => line.length),
      [10, 10, 10, 10],
    );
    assert.equal((await draw("VERSION", "5", "99999999", "99999999")).split("\n")[0]?.length, 200);
  });

  test("TIME is the wall clock and goes on", async (t) => {
    const [client] = await bothClients(t);
    const read = async (): Promise<number> => {
      const [seconds, microseconds] = (await client.call("TIME")) as string[];
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    };
    const before = Date.now();
    const [first, second] = [await read(), await read()];
    assert.ok(before - 5 <= first && first <= second && second <= Date.now() + 5);
  });
});
