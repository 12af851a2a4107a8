// Masters that are broken or hostile: our replica refuses what they say, tells it, keeps its data and
// goes on asking.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import type { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { FakeMaster } from "./fake-master";

const ID = "a".repeat(40);
const LF = "\n";

/** Follows the fake master until it has been asked `times` times; what the log says then. */
async function logAfter(
  t: TestContext,
  answer: (socket: Socket) => void,
  times = 2,
): Promise<string> {
  const master = await FakeMaster.start(t, answer);
  const replica = await ServerProcess.start({ config: { save: "" } }, t);
  const client = await replica.client();
  await client.call("SET", "kept", "1");
  await client.call("REPLICAOF", "127.0.0.1", String(master.port));
  await waitFor("it to ask again", () => master.attempts >= times);
  assert.equal(String(await client.command("GET", "kept")), "$1\r\n1\r\n");
  await client.call("REPLICAOF", "NO", "ONE");
  assert.deepEqual(
    readdirSync(replica.dir).filter((name) => name.startsWith("temp-")),
    [],
  );
  await client.close();
  return replica.logs();
}

const full = `+FULLRESYNC ${ID} 1000\r\n`;

test("answers to PSYNC that are none", async (t) => {
  const log = await logAfter(t, (socket) => socket.write("+FULLRESYNC abc\r\n"));
  assert.match(log, /# Master replied with wrong \+FULLRESYNC syntax\./);
});

test("+CONTINUE to another history than asked for keeps the data", async (t) => {
  const log = await logAfter(t, (socket) => socket.end(`+CONTINUE ${ID}\r\n*-x\r\n`), 2);
  assert.match(log, /Connection with master lost/);
});

test("a header that begins no file", async (t) => {
  const log = await logAfter(t, (socket) => socket.write(`${full}hello\r\n`));
  assert.match(log, /Bad protocol from MASTER, the first byte is not '\$' \(we received 'hello'\)/);
});

test("a line that does not end", async (t) => {
  await logAfter(t, (socket) => socket.write("+".repeat(100_000)));
});

test("a huge size of which little comes", async (t) => {
  const log = await logAfter(t, (socket) => socket.end(`${full}$1000000000000\r\nREDIS0010`));
  assert.match(log, /I\/O error trying to sync with MASTER: connection lost/);
});

test("a file that is none", async (t) => {
  const log = await logAfter(t, (socket) => socket.write(`${full}$500\r\n${"A".repeat(500)}`));
  assert.match(log, /Wrong signature in the copy/);
});

test("a file with a wrong checksum", async (t) => {
  const file = `REDIS0010${"\0".repeat(100)}\xff${"12345678"}`;
  const log = await logAfter(t, (socket) => {
    socket.write(Buffer.from(`${full}$${file.length}\r\n${file}`, "latin1"));
  });
  assert.match(log, /Wrong RDB checksum in the copy/);
});

test("line ends before the answer are patience", async (t) => {
  const log = await logAfter(t, (socket) => {
    socket.write(LF.repeat(5));
    socket.write("-NOMASTERLINK not yet\r\n");
  });
  assert.match(log, /Master is currently unable to PSYNC but should be in the future/);
});
