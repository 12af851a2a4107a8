// Nodes hold the very bytes of Redis's listpacks, so that files can take them as they are, and a
// stream can be made of them again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ENTRY_VALUE, wordOf } from "../../../../src/keyspace/entry";
import { Arena } from "../../../../src/memory/arena";
import { forEachEntry } from "../../../../src/structures/dict-walk";
import { NodeReader } from "../../../../src/types/stream/node-reader";
import { Stream } from "../../../../src/types/stream/stream";
import { streamCommands } from "../../../../src/types/stream/stream-commands";
import { StreamId } from "../../../../src/types/stream/stream-id";
import { StreamLimits } from "../../../../src/types/stream/stream-limits";
import { MAX_ID, StreamReader, ZERO_ID } from "../../../../src/types/stream/stream-reader";
import { streamType } from "../../../../src/types/stream/stream-type";
import { CommandEngine } from "../../../support/command-engine";
import { type SeededRandom, withSeed } from "../../../support/seeds";
import { REAL_SERVER, ServerProcess } from "../../../support/server-process";

const ENTRIES = 400;
const VALUES = ["", "a", "-1", "127", "128", "70000", "-9007199254740993", "007", "x".repeat(5000)];

function filling(random: SeededRandom): string[][] {
  const commands: string[][] = [];
  let ms = 1_700_000_000_000;
  for (let i = 0; i < ENTRIES; i++) {
    ms += random.pick([0, 1, 1, 200, 100_000, 5_000_000_000]);
    const pairs = random.chance(0.7)
      ? ["f", "g"]
      : ["f", String(random.below(300))].slice(0, 1 + random.below(2));
    const values = pairs.flatMap((field) => [field, random.pick(VALUES)]);
    commands.push(["XADD", "s", `${ms}-*`, ...values]);
    if (random.chance(0.1)) commands.push(["XDEL", "s", String(ms)]);
  }
  commands.push(["XTRIM", "s", "MAXLEN", "300"]);
  return commands;
}

interface Node {
  readonly id: StreamId;
  readonly elements: Buffer;
}

function nodesOf(engine: CommandEngine): Node[] {
  const { memory, call } = engine;
  const nodes: Node[] = [];
  forEachEntry(memory, call.db.dict.ref, (entry) => {
    const stream = new StreamReader(memory).openStream(wordOf(memory, entry, ENTRY_VALUE));
    stream.forEachNode((ref) => {
      const reader = new NodeReader(memory).openNode(ref);
      const id = new StreamId().copy(reader.master);
      nodes.push({ id, elements: reader.bytesOfElements() });
    });
  });
  return nodes;
}

test("each node is a listpack of the real server's DUMP, byte for byte", async (t) => {
  const real = await ServerProcess.start(
    { program: REAL_SERVER, config: { rdbcompression: "no" } },
    t,
  );
  const client = await real.client();
  await withSeed(async (random) => {
    const limits = new StreamLimits();
    limits.nodeMaxEntries = random.pick([7, 100, 300]);
    await client.call("FLUSHALL");
    await client.call("CONFIG", "SET", "stream-node-max-entries", String(limits.nodeMaxEntries));
    const engine = new CommandEngine({ commands: streamCommands(limits), types: [streamType] });
    for (const command of filling(random)) {
      assert.deepEqual(engine.run(...command), await client.command(...command));
    }
    const dump = await client.command("DUMP", "s");
    const nodes = nodesOf(engine);
    assert.ok(nodes.length > 1);
    for (const { elements } of nodes)
      assert.ok(dump.includes(elements), "a node that is not there");
  });
  await client.close();
});

test("a stream made of the nodes of another has its entries", () =>
  withSeed((random) => {
    const engine = new CommandEngine({
      commands: streamCommands(new StreamLimits()),
      types: [streamType],
    });
    for (const command of filling(random)) engine.run(...command);
    const memory = new Arena({ poison: true });
    const stream = new Stream(memory, new StreamLimits()).createStream();
    for (const { id, elements } of nodesOf(engine)) {
      stream.adoptNode(id, elements, 0, elements.length);
    }
    let entries = 0;
    stream.seekRange(ZERO_ID, MAX_ID);
    while (stream.next()) entries++;
    assert.equal(entries, 300);
    stream.seekRangeEnd(ZERO_ID, MAX_ID);
    assert.equal(stream.countPrevious(1000), 300);
  }));
