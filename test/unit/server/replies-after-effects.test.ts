// A reply of a command that writes never leaves before its effect is passed on, however large it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { latin1Text } from "../../../src/base/bytes";
import { RawClient } from "../../support/raw-client";
import { RecordingNode } from "../../support/recording-node";

/** More than the output of a turn holds. */
const LARGE = "v".repeat(40_000_000);

/** What is seen while the last request is run: replies that are moved or sent, and effects. */
async function happenings(...requests: string[][]): Promise<string[]> {
  const seen: string[] = [];
  const node = new RecordingNode({
    takesMessages: false,
    append: (bytes, at, length) => {
      seen.push(latin1Text(bytes, at, length).replaceAll(/\r\n/g, " ").trim());
    },
  });
  const { transport } = node;
  const flush = transport.flush.bind(transport);
  transport.flush = (runs: number, waits = false) => {
    seen.push(waits ? "moved" : "sent");
    flush(runs, waits);
  };
  await node.start();
  const client = await RawClient.connect(node);
  await client.command("SET", "large", LARGE);
  for (const words of requests) {
    seen.length = 0;
    await client.command(...words);
  }
  await client.close();
  await node.stop();
  return seen.filter((text, i) => text !== seen[i - 1]);
}

test("what a command that writes replies only moves until its effect is passed on", async () => {
  assert.deepEqual(await happenings(["GETDEL", "large"]), ["moved", "*2 $3 DEL $5 large"]);
});

test("a transaction is passed on as a whole before what it replies is sent", async () => {
  const seen = await happenings(["MULTI"], ["SET", "a", "1"], ["GET", "large"], ["EXEC"]);
  assert.deepEqual(seen, ["moved", "*3 $3 SET $1 a $1 1"]);
});

test("what only reads is sent at once", async () => {
  assert.deepEqual(await happenings(["GET", "large"]), ["sent"]);
});
