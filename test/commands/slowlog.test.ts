// SLOWLOG beside the real server: what is logged, how arguments are cut, and the errors.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Reply } from "../support/reply";
import { TwoServers } from "../support/two-servers";

const ARGUMENTS = 3;
const ADDRESS = 4;
const NAME = 5;

describe("SLOWLOG beside the real server", () => {
  let two: TwoServers;
  before(async () => {
    two = await TwoServers.start({ config: { "enable-debug-command": "yes" } });
  });
  after(() => two.stop());

  async function beginAnew(slowerThanUs = 0, mostEntries = 128): Promise<void> {
    await two.same("CONFIG", "SET", "slowlog-log-slower-than", String(slowerThanUs));
    await two.same("CONFIG", "SET", "slowlog-max-len", String(mostEntries));
    await two.same("SLOWLOG", "RESET");
  }

  /** Arguments and client names of the entries of both, which must be the same; newest first. */
  async function entries(...count: string[]): Promise<Reply[]> {
    const { ours, real } = await two.ask("SLOWLOG", "GET", ...count);
    const told = (reply: Reply): Reply[] =>
      (reply as Reply[][]).map((entry) => {
        assert.equal(entry.length, 6);
        assert.match(String(entry[ADDRESS]), /^127\.0\.0\.1:\d+$/);
        return [entry[ARGUMENTS] ?? null, entry[NAME] ?? null];
      });
    assert.deepEqual(told(ours), told(real));
    return ours as Reply[];
  }

  test("every command is logged at a threshold of 0, with its client", async () => {
    await beginAnew();
    await two.same("SET", "k", "v");
    await two.same("GET", "k");
    await two.same("CLIENT", "SETNAME", "me");
    for (let time = 0; time < 5; time++) await two.same("INCR", "n");
    await two.same("INCR", "k");
    await two.same("GET");
    await two.same("NOSUCH", "x");
    await entries();
    await entries("-1");
    await entries("3");
    await entries("0");
    await entries("1000");
    await two.same("SLOWLOG", "LEN");
    await two.same("CLIENT", "SETNAME", "");
  });

  test("pipelined commands are logged one by one", async () => {
    await beginAnew();
    for (const client of [two.clients.ours, two.clients.real]) {
      for (let time = 0; time < 40; time++) client.send("INCR", `n${time % 7}`);
      for (let time = 0; time < 40; time++) await client.readReply();
    }
    assert.equal((await entries("-1")).length, 41);
  });

  test("inline commands are logged", async () => {
    await beginAnew();
    for (const client of [two.clients.ours, two.clients.real]) {
      client.sendRaw("GET a\r\nGET b\r\nSET c 'd e'\r\nGET c\r\n");
      for (let time = 0; time < 4; time++) await client.readReply();
    }
    await entries("-1");
  });

  test("arguments that are long or many are cut", async () => {
    await beginAnew();
    for (const length of [127, 128, 129, 130, 1000, 70_000]) {
      await two.same("ECHO", "x".repeat(length));
    }
    for (const count of [30, 31, 32, 33, 64, 100, 1000]) {
      await two.same("EXISTS", ...Array.from({ length: count }, (_, index) => `key:${index}`));
    }
    await two.same("ECHO", Buffer.from("\x00\xff\r\n", "latin1"));
    await two.same("ECHO", "");
    await entries("-1");
  });

  test("secrets are not logged", async () => {
    await beginAnew();
    await two.ask("AUTH", "secret");
    await two.ask("AUTH", "user", "secret");
    await two.ask("HELLO", "2", "AUTH", "user", "secret", "SETNAME", "x");
    await two.same("CONFIG", "SET", "masterauth", "secret");
    await two.same("CONFIG", "SET", "hz", "10", "requirepass", "");
    const all = JSON.stringify(await entries("-1"));
    assert.ok(!all.includes("secret"), all);
  });

  test("ids go on, and only the newest entries are kept", async () => {
    await beginAnew(0, 3);
    for (let time = 0; time < 10; time++) await two.same("SET", "k", String(time));
    const kept = (await entries("-1")) as number[][];
    assert.equal(kept.length, 3);
    const ids = kept.map(([id]) => id ?? 0);
    assert.deepEqual(ids, [ids[0], (ids[0] ?? 0) - 1, (ids[0] ?? 0) - 2]);
    await two.same("SLOWLOG", "LEN");
    await two.same("SLOWLOG", "RESET");
    const [newest] = (await entries()) as number[][];
    assert.ok((newest?.[0] ?? 0) > (ids[0] ?? 0));
    await beginAnew(0, 0);
    await two.same("GET", "k");
    assert.equal((await entries()).length, 0);
    await two.same("SLOWLOG", "LEN");
  });

  test("only what is slow is logged", async () => {
    await beginAnew(50_000);
    await two.same("SET", "k", "v");
    await two.same("DEBUG", "SLEEP", "0.06");
    await two.same("GET", "k");
    const [slow, ...others] = (await entries()) as Reply[][];
    assert.equal(others.length, 0);
    assert.ok(Number(slow?.[2]) >= 60_000 && Number(slow?.[2]) < 1_000_000, String(slow?.[2]));
    const age = Date.now() / 1000 - Number(slow?.[1]);
    assert.ok(age >= 0 && age < 60);
    await beginAnew(-1);
    await two.same("DEBUG", "SLEEP", "0.06");
    assert.equal((await entries()).length, 0);
  });

  test("errors", async () => {
    await beginAnew(-1);
    for (const words of [
      ["GET", "-2"],
      ["GET", "x"],
      ["GET", "1.5"],
      ["GET", ""],
      ["GET", "9223372036854775807"],
      ["GET", "9223372036854775808"],
      ["GET", "1", "2"],
      ["LEN", "x"],
      ["RESET", "x"],
      ["HELP", "x"],
      ["NOPE"],
      [],
    ]) {
      await two.same("SLOWLOG", ...words);
    }
  });
});
