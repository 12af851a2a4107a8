// Rewrites of the append only file on real processes, ours and the real one: what is answered and
// told, when one comes by itself, and what becomes of one at the end of the process.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { waitFor } from "../support/wait-for";
import { AOF_ON as ON, SERVERS, untilRewritten } from "./aof-server";
import { dataDir, info, startIn, untilSaved } from "./saved-server";

describe("BGREWRITEAOF", () => {
  for (const [name, options] of SERVERS) {
    test(`${name} answers and counts`, async (t) => {
      const config = { ...ON, "rdb-key-save-delay": "1000" };
      const { client } = await startIn(dataDir(t), t, { ...options, config });
      await client.call("DEBUG", "POPULATE", "300");
      const answers: unknown[] = [];
      const ask = async (...words: string[]): Promise<void> => {
        answers.push(await client.command(...words).then(String));
      };
      await ask("BGREWRITEAOF");
      await ask("BGREWRITEAOF");
      await ask("BGSAVE");
      await ask("BGSAVE", "SCHEDULE");
      const during = await info(client);
      answers.push(during.get("aof_rewrite_in_progress"), during.get("aof_rewrites"));
      await client.call("CONFIG", "SET", "rdb-key-save-delay", "0");
      await untilRewritten(client);
      await waitFor(
        "the scheduled save",
        async () => (await info(client)).get("rdb_saves") === "1",
      );
      await untilSaved(client);
      await client.call("CONFIG", "SET", "rdb-key-save-delay", "1000");
      await ask("BGSAVE");
      await ask("BGREWRITEAOF");
      answers.push((await info(client)).get("aof_pending_rewrite"));
      await waitFor("the rewrite", async () => (await info(client)).get("aof_rewrites") === "2");
      await untilRewritten(client);
      await ask("MULTI");
      await ask("INCR", "n");
      await ask("BGREWRITEAOF");
      await ask("EXEC");
      await untilRewritten(client);
      assert.deepEqual(answers, [
        "+Background append only file rewriting started\r\n",
        "-ERR Background append only file rewriting already in progress\r\n",
        "-ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE " +
          "in order to schedule a BGSAVE whenever possible.\r\n",
        "+Background saving scheduled\r\n",
        "1",
        "1",
        "+Background saving started\r\n",
        "+Background append only file rewriting scheduled\r\n",
        "1",
        "+OK\r\n",
        "+QUEUED\r\n",
        "+QUEUED\r\n",
        "*2\r\n:1\r\n+Background append only file rewriting scheduled\r\n",
      ]);
      await client.close();
    });
  }

  test("comes by itself when the file has grown", async (t) => {
    const config = { ...ON, "auto-aof-rewrite-min-size": "2000" };
    const { server, client } = await startIn(dataDir(t), t, { config });
    for (let i = 0; i < 200; i++) await client.call("SET", "key", `value ${i}`);
    const fields = await waitFor("an automatic rewrite", async () => {
      const now = await info(client);
      return now.get("aof_rewrites") === "1" && now.get("aof_rewrite_in_progress") === "0"
        ? now
        : null;
    });
    assert.match(server.logs(), /Starting automatic rewriting of AOF on \d+% growth/);
    assert.ok(Number(fields.get("aof_base_size")) > 0);
    await client.close();
  });
});

describe("the end of the process", () => {
  for (const [name, options] of SERVERS) {
    test(`${name} is put off until the first base is written`, async (t) => {
      const config = { "rdb-key-save-delay": "5000" };
      const { server, client } = await startIn(dataDir(t), t, { ...options, config });
      await client.call("DEBUG", "POPULATE", "400");
      await client.call("CONFIG", "SET", "appendonly", "yes");
      const answer = await client.command("SHUTDOWN");
      assert.equal(String(answer), "-ERR Errors trying to SHUTDOWN. Check logs.\r\n");
      assert.match(server.logs(), /Writing initial AOF, can't exit/);
      client.send("SHUTDOWN", "FORCE");
      await server.exited;
      assert.match(server.logs(), /Writing initial AOF. Exit anyway\./);
      assert.match(server.logs(), /There is a child rewriting the AOF. Killing it!/);
      assert.match(server.logs(), /Calling fsync\(\) on the AOF file\./);
    });
  }
});
