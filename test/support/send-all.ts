// Many commands in pipelines, each reply checked: for tests that need a data set of some size.

import assert from "node:assert/strict";
import type { RawClient } from "./raw-client";

const PIPELINE = 1000;

/** Sends `count` commands and checks that every reply is as it should be. */
export async function sendAll(
  client: RawClient,
  count: number,
  words: (index: number) => readonly (string | Buffer)[],
  expected: RegExp = /^\+OK\r\n$/,
): Promise<void> {
  for (let start = 0; start < count; start += PIPELINE) {
    const end = Math.min(start + PIPELINE, count);
    for (let index = start; index < end; index++) client.send(...words(index));
    for (let index = start; index < end; index++) {
      const reply = (await client.readReply()).toString("latin1");
      assert.match(reply, expected, `reply to ${words(index).join(" ").slice(0, 100)}`);
    }
  }
}
