// In which words MIGRATE fails, beside the real server.

import assert from "node:assert/strict";
import { test } from "node:test";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { PretendedTarget } from "./pretended-target";

const HOST = "127.0.0.1";
/** A timeout that is to pass. */
const SHORT_MS = "150";

/** Requests that fail, in the order in which both servers are asked. */
function failing(dead: PretendedTarget, port: string): string[][] {
  const silent = String(dead.port);
  return [
    [HOST, port, "nope", "0", "100"],
    [HOST, port, "a", "x", "100"],
    [HOST, port, "a", "0", "x"],
    [HOST, port, "a", "99", "1000"],
    [HOST, port, "a", "0", "1000", "KEYS", "b"],
    [HOST, port, "", "0", "1000"],
    [HOST, port, "", "0", "1000", "KEYS"],
    [HOST, port, "a", "0", "1000", "NOPE"],
    [HOST, port, "a", "0", "1000", "AUTH"],
    [HOST, port, "a", "0", "1000", "AUTH2", "x"],
    [HOST, port, "a", "0", "1000", "AUTH", "x"],
    [HOST, port, "a", "0", "1000", "AUTH2", "x", "y"],
    [HOST, "1", "a", "0", "1000"],
    [HOST, "abc", "a", "0", "1000"],
    [HOST, "99999", "a", "0", "1000"],
    [HOST, "-1", "a", "0", "1000"],
    ["", "1", "a", "0", "1000"],
    ["nohost.invalid", "1", "a", "0", "1000"],
    [HOST, silent, "a", "0", SHORT_MS],
    [HOST, silent, "", "3", SHORT_MS, "COPY", "KEYS", "a", "b"],
  ];
}

test("it fails in the words of the real server", { skip: !canRun(REAL_SERVER) }, async () => {
  const silent = await PretendedTarget.listen();
  const replies: string[][] = [];
  for (const program of [OUR_SERVER, REAL_SERVER]) {
    const source = await ServerProcess.start({ program, config: { save: "" } });
    const target = await ServerProcess.start({ program: REAL_SERVER, config: { save: "" } });
    const client = await source.client();
    await client.call("MSET", "a", "1", "b", "2");
    const texts: string[] = [];
    for (const words of failing(silent, String(target.port))) {
      const reply = await client.command("MIGRATE", ...words);
      texts.push(`${words.slice(2).join(" ")}: ${reply.toString("latin1")}`);
    }
    texts.push(`still there: ${await client.call("EXISTS", "a", "b")}`);
    replies.push(texts);
    await client.close();
    await source.stop();
    await target.stop();
  }
  await silent.close();
  assert.deepEqual(replies[0], replies[1]);
});
