// Waiting clients as others see them: on time, in CLIENT LIST, INFO, SLOWLOG and statistics. Who is
// served with what is compared line by line in test/parity/scripts/blocking.ts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { encodeCommand } from "../support/resp-encode";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

/** How late a timeout may be on two busy cores; the timer itself is late by a millisecond or two. */
const LATE_MS = 20;
/** Redis looks when it has something to do, at the latest at its next tick. */
const REAL_LATE_MS = 120;
const ATTEMPTS = 5;

for (const program of [OUR_SERVER, REAL_SERVER]) {
  describe(`waiting in ${program}`, { skip: !canRun(program) }, () => {
    const lateMs = program === OUR_SERVER ? LATE_MS : REAL_LATE_MS;
    let server: ServerProcess;
    let admin: RawClient;
    let client: RawClient;
    before(async () => {
      server = await ServerProcess.start({ program });
      admin = await server.client();
      client = await server.client();
    });
    after(async () => {
      await admin?.close();
      await client?.close();
      await server?.stop();
    });

    async function info(section: string, field: string): Promise<number> {
      const text = String(await admin.call("INFO", section));
      return Number(new RegExp(`\n${field}:(\\d+)`).exec(text)?.[1]);
    }

    async function untilWaiting(count: number): Promise<void> {
      await waitFor(`${count} clients to wait`, async () => {
        return (await info("clients", "blocked_clients")) === count;
      });
    }

    async function ask(of: RawClient, ...words: string[]): Promise<void> {
      const count = await info("clients", "blocked_clients");
      of.send(...words);
      await untilWaiting(count + 1);
    }

    async function fields(of: RawClient, id: string): Promise<Map<string, string>> {
      assert.notEqual(of, admin);
      const line = String(await admin.call("CLIENT", "LIST", "ID", id));
      return new Map(line.split(" ").map((pair) => pair.split("=") as [string, string]));
    }

    test("a wait ends at its time, not before and not much later", async () => {
      const ends: number[] = [];
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        for (const seconds of [0.005, 0.05, 0.12]) {
          const start = performance.now();
          assert.equal(await client.call("BLPOP", "none", String(seconds)), null);
          ends.push(performance.now() - start - seconds * 1000);
        }
      }
      assert.ok(Math.min(...ends) > -1.5, `early by ${-Math.min(...ends)} ms`);
      // A machine that is busy with something else may be late once, not always.
      const median = ends.sort((a, b) => a - b)[Math.floor(ends.length / 2)] ?? 0;
      assert.ok(median < lateMs, `late by ${ends.join(" ")} ms`);
    });

    test("many that wait end each at its own time", async (t) => {
      const count = 50;
      const many = await Promise.all(Array.from({ length: count }, () => server.client()));
      t.after(() => Promise.all(many.map((one) => one.close())));
      const start = performance.now();
      const ends = await Promise.all(
        many.map(async (one, i) => {
          const timeoutMs = 50 + ((i * 37) % count) * 4;
          assert.equal(await one.call("BRPOP", "none", String(timeoutMs / 1000)), null);
          return performance.now() - start - timeoutMs;
        }),
      );
      const median = ends.sort((a, b) => a - b)[count / 2] ?? 0;
      assert.ok(median > -1.5 && median < lateMs + 30, `late by ${median} ms`);
      assert.equal(await info("clients", "clients_in_timeout_table"), 0);
    });

    test("CLIENT LIST and INFO tell who waits", async () => {
      const id = String(await client.call("CLIENT", "ID"));
      await ask(client, "BLPOP", "k1", "k2", "100");
      const waiting = await fields(client, id);
      assert.equal(waiting.get("flags"), "b");
      assert.equal(waiting.get("cmd"), "blpop");
      assert.equal(waiting.get("argv-mem"), "12");
      assert.equal(await info("clients", "clients_in_timeout_table"), 1);
      if (program === OUR_SERVER) assert.equal(await info("clients", "total_blocking_keys"), 2);
      await admin.call("RPUSH", "k2", "x");
      assert.equal(String(await client.readReply()), "*2\r\n$2\r\nk2\r\n$1\r\nx\r\n");
      const served = await fields(client, id);
      assert.deepEqual([served.get("flags"), served.get("argv-mem")], ["N", "0"]);
      assert.equal(await info("clients", "blocked_clients"), 0);
      if (program === OUR_SERVER) assert.equal(await info("clients", "total_blocking_keys"), 0);
    });

    // 7.0 counts it when it begins, 7.2 when it ends, as we do.
    test("a wait is one call, however it ends", async () => {
      const id = String(await client.call("CLIENT", "ID"));
      await admin.call("CONFIG", "RESETSTAT");
      const calls = async (): Promise<string> => {
        const text = String(await admin.call("INFO", "commandstats"));
        const found = /cmdstat_blpop:calls=(\d+).*failed_calls=(\d+)/.exec(text);
        return found === null ? "none" : `${found[1]} ${found[2]}`;
      };
      await ask(client, "BLPOP", "k", "0");
      assert.equal(await calls(), program === OUR_SERVER ? "none" : "1 0");
      await admin.call("RPUSH", "k", "x");
      await client.readReply();
      assert.equal(await calls(), "1 0");
      assert.equal(await client.call("BLPOP", "k", "0.001"), null);
      assert.equal(await calls(), "2 0");
      await ask(client, "BLPOP", "k", "0");
      await admin.call("CLIENT", "UNBLOCK", id, "ERROR");
      await client.readReply();
      assert.equal(await calls(), "3 1");
    });

    test("SLOWLOG holds the command that was served behind the one that served it", async () => {
      await admin.call("CONFIG", "SET", "slowlog-log-slower-than", "0");
      await ask(client, "BLPOP", "slow", "0");
      await admin.call("SLOWLOG", "RESET");
      await admin.call("RPUSH", "slow", "x");
      await admin.call("CONFIG", "SET", "slowlog-log-slower-than", "-1");
      await client.readReply();
      const entries = (await admin.call("SLOWLOG", "GET")) as unknown as [0, 0, 0, string[]][];
      const names = entries.map((entry) => entry[3].join(" "));
      assert.ok(names.includes("BLPOP slow 0"), names.join(", "));
      assert.ok(names.indexOf("BLPOP slow 0") < names.indexOf("RPUSH slow x"), names.join(", "));
    });

    test("its time goes on while clients are paused", async () => {
      await ask(client, "BLPOP", "k", "0.03");
      assert.equal(await admin.call("CLIENT", "PAUSE", "100000", "WRITE"), "OK");
      assert.equal(String(await client.readReply()), "*-1\r\n");
      client.send("BLPOP", "k", "0");
      await untilWaiting(1);
      const id = await admin.call("CLIENT", "LIST", "TYPE", "normal");
      assert.match(String(id), /flags=b/);
      assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
      await admin.call("RPUSH", "k", "x");
      assert.equal(String(await client.readReply()), "*2\r\n$1\r\nk\r\n$1\r\nx\r\n");
    });

    test("a long request that waits is run again as it was", async () => {
      const keys = Array.from({ length: 2000 }, (_, i) => `${"key".repeat(20)}${i}`);
      await ask(client, "BLPOP", ...keys, "0");
      await admin.call("RPUSH", keys[1500] as string, "x");
      const reply = String(await client.readReply());
      assert.equal(reply, `*2\r\n$${keys[1500]?.length}\r\n${keys[1500]}\r\n$1\r\nx\r\n`);
      const large = "x".repeat(200_000);
      await ask(client, "BLMOVE", "k", large, "LEFT", "LEFT", "0");
      await admin.call("RPUSH", "k", "y");
      assert.equal(String(await client.readReply()), "$1\r\ny\r\n");
      assert.equal(await admin.call("LLEN", large), 1);
    });

    test("inline requests wait, too, and what is behind them in the same line of bytes", async () => {
      const other = await server.client();
      other.sendRaw('BLPOP "in line" 0\r\nPING\r\n');
      await untilWaiting(1);
      client.sendRaw('RPUSH "in line" "a value"\r\nPING\r\n');
      assert.equal(String(await client.readReply()), ":1\r\n");
      assert.equal(String(await client.readReply()), "+PONG\r\n");
      assert.equal(String(await other.readReply()), "*2\r\n$7\r\nin line\r\n$7\r\na value\r\n");
      assert.equal(String(await other.readReply()), "+PONG\r\n");
      await other.close();
    });

    test("pushes and pops in one piece serve everybody once", async (t) => {
      const count = 30;
      const many = await Promise.all(Array.from({ length: count }, () => server.client()));
      t.after(() => Promise.all(many.map((one) => one.close())));
      for (const one of many) one.send("BLPOP", "queue", "0");
      await untilWaiting(count);
      const pushes = Array.from({ length: count }, (_, i) =>
        encodeCommand(i % 2 === 0 ? ["RPUSH", "queue", String(i), "a"] : ["LPOP", "queue"]),
      );
      client.sendRaw(Buffer.concat(pushes));
      for (let i = 0; i < count; i++) await client.readReply();
      for (const one of many) {
        assert.match(String(await one.readReply()), /^\*2\r\n\$5\r\nqueue\r\n/);
      }
      assert.equal(await admin.call("EXISTS", "queue"), 0);
      assert.equal(await info("clients", "blocked_clients"), 0);
    });

    test("who waits is not idle, and is gone at once when it leaves", async (t) => {
      const strict = await ServerProcess.start({ program, config: { timeout: 1 } }, t);
      const waiting = await strict.client();
      assert.equal(await waiting.call("BLPOP", "k", "2.2"), null);
      const other = await strict.client();
      waiting.send("BLPOP", "k", "0");
      const isWaiting = async (): Promise<boolean> =>
        String(await other.call("INFO", "clients")).includes("blocked_clients:1");
      await waitFor("the wait to begin", isWaiting);
      await waiting.close();
      await waitFor("the client to be gone", async () => !(await isWaiting()));
      await other.close();
    });
  });
}

describe("waiting without the addon", { skip: !canRun(OUR_SERVER) }, () => {
  test("requests behind a wait are kept, and a wait ends at its time", async (t) => {
    const server = await ServerProcess.start({ env: { REDIS_NATIVE_ADDON: "off" } }, t);
    const waiting = await server.client();
    const writer = await server.client();
    waiting.sendRaw("BLPOP k 0\r\nPING\r\nBLPOP none 0.02\r\nECHO end\r\n");
    await waitFor("the wait", async () =>
      String(await writer.call("INFO", "clients")).includes("blocked_clients:1"),
    );
    assert.equal(waiting.unreadReplies(), 0);
    assert.equal(await writer.call("RPUSH", "k", "x"), 1);
    const replies: string[] = [];
    for (let i = 0; i < 4; i++) replies.push(String(await waiting.readReply()));
    const [served, pong, late, end] = replies;
    assert.equal(served, "*2\r\n$1\r\nk\r\n$1\r\nx\r\n");
    assert.deepEqual([pong, late, end], ["+PONG\r\n", "*-1\r\n", "$3\r\nend\r\n"]);
    await Promise.all([waiting.close(), writer.close()]);
  });
});
