// A reply of a command that writes never leaves before its effect is passed on, however large it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { latin1Text } from "../../../src/base/bytes";
import { FuzzNode } from "../../fuzz/fuzz-node";
import { encodeCommand } from "../../support/resp-encode";

const LARGE = "v".repeat(300_000);

/**
 * What happens with a request, once those before it are done: replies that are sent or only moved,
 * and requests passed on.
 */
function happenings(request: string[], before: string[][] = []): string[] {
  const fuzz = new FuzzNode(1);
  const { transport } = fuzz;
  const seen: string[] = [];
  const connection = transport.connect(
    () => undefined,
    () => undefined,
  );
  const send = (words: string[]): void => transport.send(connection, encodeCommand(words));
  send(["SET", "large", LARGE]);
  for (const words of before) send(words);
  while (transport.hasWork) transport.turn();
  fuzz.node.call.effects.addSink({
    takesMessages: false,
    append: (bytes, at, length) => {
      seen.push(latin1Text(bytes, at, length).replaceAll(/\r\n/g, " ").trim());
    },
  });
  const flush = transport.flush.bind(transport);
  transport.flush = (runs: number, waits = false) => {
    seen.push(waits ? "moved" : "sent");
    flush(runs);
  };
  send(request);
  while (transport.hasWork) transport.turn();
  return seen.filter((text, i) => text !== seen[i - 1]);
}

test("what a command that writes replies only moves until its effect is passed on", () => {
  const effect = "*2 $6 SELECT $1 0 *2 $3 DEL $5 large";
  assert.deepEqual(happenings(["GETDEL", "large"]).slice(0, 2), ["moved", effect]);
});

test("a transaction is passed on as a whole before what it replies is sent", () => {
  const seen = happenings(["EXEC"], [["MULTI"], ["SET", "a", "1"], ["GET", "large"]]);
  assert.deepEqual(seen.slice(0, 2), ["moved", "*2 $6 SELECT $1 0 *3 $3 SET $1 a $1 1"]);
});

test("what only reads is sent at once", () => {
  assert.deepEqual(happenings(["GET", "large"]), ["sent"]);
});
