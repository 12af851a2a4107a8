// Arguments longer than a JS string can be (2^29 - 24 bytes): proto-max-bulk-len lets them in, and
// an exception in a handler would end the process. The input memory is never touched, so that the
// half gigabyte costs nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nameHash } from "../../src/protocol/name-hash";
import { FuzzClient } from "./fuzz-client";
import { FuzzNode } from "./fuzz-node";

const ENDLESS_BYTES = 512 * 1024 * 1024;
const ENDLESS_AT = 1 << 20;
const TABLE_WORD = 100;

test("a name longer than any string is nobody's name, and no crash", () => {
  const { node, transport } = new FuzzNode(1);
  const client = new FuzzClient(transport);
  transport.turn();
  const { args, reply } = node.call;
  const run = (words: readonly string[]): string => {
    let at = 0;
    words.forEach((word, index) => {
      args.table[TABLE_WORD + index * 2] = word === "" ? ENDLESS_AT : at;
      args.table[TABLE_WORD + index * 2 + 1] = word === "" ? ENDLESS_BYTES : word.length;
      args.input.set(Buffer.from(word), at);
      at += word.length;
    });
    args.set(TABLE_WORD, words.length);
    node.call.client = node.call.clients.bySlot[client.connection.slot] ?? node.call.client;
    reply.begin(client.connection.slot);
    const { length } = words[0];
    node.pipeline.execute(node.call, nameHash(args.input, 0, length));
    transport.flush(reply.endTurn());
    return client.lastReply.toString("latin1", 0, 40);
  };
  assert.equal(run(["set", "k", "v"]), "+OK\r\n");
  assert.match(run(["command", "info", ""]), /^\*1\r\n/);
  assert.equal(run(["command", "docs", ""]), "*0\r\n");
  assert.match(run(["command", "list", "filterby", "aclcat", ""]), /^[*-]/);
  assert.equal(run(["info", ""]), "$0\r\n\r\n");
  assert.equal(run(["scan", "0", "type", ""]), "*2\r\n$1\r\n0\r\n*0\r\n");
  assert.match(run(["expire", "k", "100", ""]), /^-ERR Unsupported option/);
  assert.match(run(["client", "setname", ""]), /^-ERR /);
  assert.match(run(["client", ""]), /^-ERR unknown subcommand/);
  assert.match(run(["echo", "still here"]), /^\$10\r\nstill here/);
});
