// One state under several Sentinels, one after the other: ours and a real one take over from each other
// by the file that was left, and a state file apart leaves the configuration as it is.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../support/free-port";
import type { Reply } from "../support/reply";
import { OUR_SENTINEL, REAL_SENTINEL, ServerProcess } from "../support/server-process";
import { tempDir } from "../support/temp-dir";

const CONFIG_FILE = "redis.conf";
const ID = "a".repeat(40);

/** Starts a Sentinel in a directory with the file that is there, asks it, and lets it end. */
async function ask(
  program: string,
  dir: string,
  requests: readonly (readonly string[])[],
): Promise<Reply[]> {
  const configFile = readFileSync(join(dir, CONFIG_FILE), "latin1");
  const server = await ServerProcess.start({ program, dir, configFile });
  try {
    const client = await server.client();
    const replies: Reply[] = [];
    for (const words of requests) replies.push(await client.call("SENTINEL", ...words));
    await client.close();
    return replies;
  } finally {
    await server.stop();
  }
}

/** Lines of the state but for those about the Sentinel's own address. */
function stateIn(dir: string): string[] {
  const text = readFileSync(join(dir, CONFIG_FILE), "latin1");
  return text.split("\n").filter((line) => /^(sentinel |#)/.test(line));
}

test("ours and a real Sentinel take over from each other by the file of the other", async (t) => {
  const dir = tempDir(t);
  const port = await freePort();
  const text =
    `# mine\nsentinel monitor m 127.0.0.1 ${port} 2\nsentinel auth-pass m ghost+db@hz2016\n` +
    `sentinel known-slave m 127.0.0.1 1\nsentinel known-sentinel m 127.0.0.1 2 ${ID}\n`;
  writeFileSync(join(dir, CONFIG_FILE), text);
  const vote = ["IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", String(port), "5", ID];
  const [id] = await ask(OUR_SENTINEL, dir, [["MYID"], vote, ["SET", "m", "parallel-syncs", "3"]]);
  const afterOurs = stateIn(dir);
  assert.equal(afterOurs.filter((line) => /127\.0\.0\.1 1$/.test(line)).length, 1);
  const questions = [["MYID"], ["FLUSHCONFIG"], vote];
  const [realId, , realVote] = await ask(REAL_SENTINEL, dir, questions);
  assert.equal(String(realId), String(id));
  assert.equal(String(realVote), "0,*,5");
  assert.deepEqual(stateIn(dir), afterOurs);
  const [ourId, , ourVote] = await ask(OUR_SENTINEL, dir, questions);
  assert.equal(String(ourId), String(id));
  assert.equal(String(ourVote), "0,*,5");
  assert.deepEqual(stateIn(dir), afterOurs);
});

test("a state file apart takes the state, and the configuration stays as it is", async (t) => {
  const dir = tempDir(t);
  const port = await freePort();
  const text =
    `sentinel monitor m 127.0.0.1 ${port} 2\nsentinel auth-pass m secret\n` +
    "sentinel-state-file sentinel.state\n";
  writeFileSync(join(dir, CONFIG_FILE), text);
  const changes = [
    ["MYID"],
    ["SET", "m", "quorum", "3"],
    ["MONITOR", "other", "127.0.0.1", "1", "1"],
    ["IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", String(port), "5", ID],
  ];
  const [id] = await ask(OUR_SENTINEL, dir, changes);
  assert.equal(readFileSync(join(dir, CONFIG_FILE), "latin1"), text);
  const state = readFileSync(join(dir, "sentinel.state"), "latin1");
  assert.doesNotMatch(state, /secret/);
  const questions = [["MYID"], ["MASTER", "m"], ["GET-MASTER-ADDR-BY-NAME", "other"]];
  const [again, master, other] = await ask(OUR_SENTINEL, dir, questions);
  assert.equal(String(again), String(id));
  assert.match(String(master), /,quorum,3,/);
  assert.equal(String(other), "127.0.0.1,1");
  assert.equal(readFileSync(join(dir, CONFIG_FILE), "latin1"), text);
});
