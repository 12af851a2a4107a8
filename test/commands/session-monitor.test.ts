// MONITOR: what its lines look like, whom they reach, and what they do not show.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { quoteBytes } from "../../src/base/quoting";
import type { RawClient } from "../support/raw-client";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";

for (const program of [OUR_SERVER, REAL_SERVER]) {
  describe(`MONITOR of ${program}`, { skip: !canRun(program) }, () => {
    let server: ServerProcess;
    let client: RawClient;
    before(async () => {
      server = await ServerProcess.start({ program });
      client = await server.client();
    });
    after(async () => {
      await client?.close();
      await server?.stop();
    });

    async function monitor(): Promise<RawClient> {
      const watching = await server.client();
      assert.equal(await watching.call("MONITOR"), "OK");
      return watching;
    }

    test("a line has time, database, address and quoted arguments", async (t) => {
      const watching = await monitor();
      t.after(() => watching.close());
      const before = Date.now() / 1000;
      await client.call("SELECT", "3");
      await client.call("SET", "k", Buffer.from('a\0"\\\n\r\t\x07\b\xff', "latin1"));
      const { localAddress, localPort } = client.socket;
      const from = `${localAddress}:${localPort}`;
      const first = String(await watching.readReply());
      const time = Number(/^\+(\d+\.\d{6}) /.exec(first)?.[1]);
      assert.ok(time >= before - 0.002 && time <= Date.now() / 1000 + 0.002, `${before} ${time}`);
      assert.equal(first.slice(first.indexOf("[")), `[3 ${from}] "SELECT" "3"\r\n`);
      const second = String(await watching.readReply());
      const shown = `[3 ${from}] "SET" "k" "a\\x00\\"\\\\\\n\\r\\t\\a\\b\\xff"\r\n`;
      assert.equal(second.slice(second.indexOf("[")), shown);
      await client.call("SELECT", "0");
    });

    test("every monitor gets every line, in the order of the commands", async (t) => {
      const watching = await Promise.all([monitor(), monitor(), monitor()]);
      t.after(() => Promise.all(watching.map((one) => one.close())));
      const requests = Array.from({ length: 200 }, (_, index) => `ECHO ${index}\r\n`);
      client.sendRaw(requests.join(""));
      for (let index = 0; index < 200; index++) await client.readReply();
      for (const one of watching) {
        for (let index = 0; index < 200; index++) {
          assert.match(String(await one.readReply()), new RegExp(` "ECHO" "${index}"\r\n$`));
        }
      }
    });

    test("arguments longer than a string of escapes may be are shown whole", async (t) => {
      const watching = await monitor();
      t.after(() => watching.close());
      const value = Buffer.alloc(300_001, '\xff\0"a', "latin1");
      await client.call("SET", "big", value);
      const line = (await watching.readReply()).toString("latin1");
      const quoted = quoteBytes(value, 0, value.length);
      assert.equal(line.slice(line.indexOf("]") + 2), `"SET" "big" ${quoted}\r\n`);
    });

    test("secrets, administration and what was refused are not shown", async (t) => {
      const watching = await monitor();
      t.after(() => watching.close());
      await client.call("AUTH", "default", "secret");
      await client.call("HELLO", "2", "SETNAME", "me", "AUTH", "nobody", "secret");
      await client.call("CLIENT", "LIST");
      await client.call("GET");
      await client.call("NOSUCH");
      await client.call("CLIENT", "GETNAME");
      const lines = [];
      for (let index = 0; index < 3; index++) {
        const line = String(await watching.readReply());
        lines.push(line.slice(line.indexOf("]") + 2, -2));
      }
      assert.deepEqual(lines, [
        '"AUTH" "(redacted)" "(redacted)"',
        '"HELLO" "2" "SETNAME" "me" "AUTH" "(redacted)" "(redacted)"',
        '"CLIENT" "GETNAME"',
      ]);
    });

    test("a monitor may ask, but not for data, and RESET ends it", async (t) => {
      const watching = await monitor();
      t.after(() => watching.close());
      const refusal = { error: "ERR Replica can't interact with the keyspace" };
      assert.deepEqual(await watching.call("GET", "k"), refusal);
      assert.deepEqual(await watching.call("SET", "k", "v"), refusal);
      assert.equal(await watching.call("PING"), "PONG");
      assert.match(String(await watching.readReply()), / "PING"\r\n$/);
      watching.send("MONITOR");
      assert.equal(await watching.call("RESET"), "RESET");
      await client.call("SET", "k", "v");
      assert.equal(await watching.call("GET", "k"), "v");
    });
  });
}
