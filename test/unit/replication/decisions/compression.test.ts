import assert from "node:assert/strict";
import { test } from "node:test";
import { DecisionDriver, idOf, MASTER } from "./decision-driver";

const FULL = `+FULLRESYNC ${idOf("a")} 100`;

/** Up to the answer to PSYNC, with that answer to the offer of compression. */
function offered(node: DecisionDriver, answer: string): void {
  node.settings = { ...node.settings, offersCompression: true };
  node.after({ kind: "follow", master: MASTER });
  node.after({ kind: "connected" });
  assert.ok(node.line("+PONG").some((action) => action.includes("REPLCONF capa lz4")));
  for (let i = 0; node.state.link.phase !== "compression"; i++) {
    assert.ok(i < 9, node.state.link.phase);
    node.line("+OK");
  }
  node.line(answer);
  assert.equal(node.state.link.phase, "psync");
}

function isDecompressed(actions: readonly string[]): boolean {
  return actions.some((action) => action.includes("decompress"));
}

test("what follows the answer to PSYNC is compressed when the master has said so", () => {
  const node = new DecisionDriver();
  offered(node, "+OK lz4");
  assert.equal(isDecompressed(node.line(FULL)), true);
});

test("it is not where the master has only said OK, or does not know what was offered", () => {
  for (const answer of ["+OK", "-ERR Unrecognized REPLCONF option: capa"]) {
    const node = new DecisionDriver();
    offered(node, answer);
    assert.equal(isDecompressed(node.line(FULL)), false);
  }
});

test("each connection is agreed upon anew", () => {
  const node = new DecisionDriver();
  offered(node, "+OK lz4");
  node.closed();
  node.settings = { ...node.settings, offersCompression: false };
  node.upToPsync();
  assert.equal(isDecompressed(node.line(FULL)), false);
});
