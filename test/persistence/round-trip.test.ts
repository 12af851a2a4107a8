// Random data sets of every family on a node in this process, written as an RDB file that
// redis-server reads, and read from one that it has written: DEBUG DIGEST is equal each time.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { DatasetLoader } from "../../src/persistence/rdb/dataset-loader";
import { DatasetWriter, type SavedData } from "../../src/persistence/rdb/dataset-writer";
import { BytesSource, RdbReader } from "../../src/rdb/rdb-reader";
import { RdbWriter } from "../../src/rdb/rdb-writer";
import { DatasetDigest } from "../../src/server/commands/debug/dataset-digest";
import { valueLoaders, valueSavers } from "../../src/server/value-codecs";
import { forEachEntry } from "../../src/structures/dict-walk";
import { ZsetReader } from "../../src/types/zset/zset-reader";
import { FuzzClient } from "../fuzz/fuzz-client";
import { FuzzNode } from "../fuzz/fuzz-node";
import { CommandSource, GRAMMARS } from "../parity/grammar";
import { STREAM_GRAMMARS } from "../parity/grammars/streams";
import { encodeCommand } from "../support/resp-encode";
import { type SeededRandom, withSeed } from "../support/seeds";
import { canRun, REAL_SERVER, ServerProcess } from "../support/server-process";

const NO_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
const ROUNDS = 6;
const COMMANDS = 1500;
const VERSION = 10;
/** Values of the types that can be written so far, and keys of any type. */
const LEFT_OUT = ["SHUTDOWN", "CLIENT", "HELLO", "FLUSHALL", "FLUSHDB"];

/** Its time is ours, so that what it expires and what redis-server expires is the same. */
function newNode(seed: number): FuzzNode {
  const fuzz = new FuzzNode(seed);
  fuzz.clock.advance(Date.now() - fuzz.clock.nowMs());
  return fuzz;
}

function filled(random: SeededRandom, seed: number): FuzzNode {
  const fuzz = newNode(seed);
  const client = new FuzzClient(fuzz.transport);
  const usable = GRAMMARS.filter(
    (grammar) => !LEFT_OUT.includes(grammar.name) && !STREAM_GRAMMARS.includes(grammar),
  );
  const source = new CommandSource(random, usable);
  for (let left = COMMANDS; left > 0; left--) {
    client.write(encodeCommand(source.next()));
    client.sendRest();
    fuzz.transport.turn();
  }
  dropMinusZeros(fuzz, client);
  return fuzz;
}

/**
 * Removes the members whose score is minus zero: it becomes zero, in Redis as here, where a skiplist
 * is read into a listpack.
 */
function dropMinusZeros({ node: { keyspace }, transport }: FuzzNode, client: FuzzClient): void {
  const zset = new ZsetReader(keyspace.memory);
  const commands: (string | Buffer)[][] = [];
  for (const database of keyspace.databases) {
    commands.push(["SELECT", String(database.index)]);
    forEachEntry(keyspace.memory, database.dict.ref, (entry) => {
      if (keyspace.typeOf(entry).name !== "zset") return;
      zset.open(entry);
      for (let more = zset.seekFirst(); more; more = zset.next()) {
        const { memberBytes, memberAt, memberLength } = zset;
        const member = Buffer.from(memberBytes.slice(memberAt, memberAt + memberLength));
        if (!Object.is(zset.score, -0)) continue;
        commands.push(["ZREM", Buffer.from(keyspace.keyOf(entry)), member]);
      }
    });
  }
  for (const command of commands) client.write(encodeCommand(command));
  client.sendRest();
  transport.turn();
}

function saved({ node }: FuzzNode, random: SeededRandom): Buffer {
  const parts: Buffer[] = [];
  const options = { compresses: random.chance(0.5), hasChecksum: random.chance(0.7) };
  const writer = new RdbWriter((bytes, length) => {
    parts.push(Buffer.from(bytes.slice(0, length)));
  }, options);
  const data: SavedData = {
    version: VERSION,
    aux: [["redis-ver", "7.2.4"]],
    functions: [],
    databases: node.keyspace.databases.map(({ index, size, expiring, dict }) => ({
      index,
      size,
      expiring,
      header: dict.ref,
    })),
    access: random.pick(["none", "idle", "frequency"]),
    clockSeconds: Math.floor(node.keyspace.nowMs / 1000),
  };
  new DatasetWriter(node.memory, valueSavers(node.memory), writer, data).write();
  return Buffer.concat(parts);
}

function loaded(file: Buffer, seed: number): FuzzNode {
  const fuzz = newNode(seed);
  const { keyspace } = fuzz.node;
  const loader = new DatasetLoader(new RdbReader(new BytesSource(file, 0, file.length)), {
    keyspace,
    loaders: valueLoaders(keyspace, fuzz.config, fuzz.node.context.fieldExpiry),
    dropsExpired: false,
    onAux: () => undefined,
    onFunction: () => undefined,
  });
  while (loader.step(7));
  return fuzz;
}

const digestOf = ({ node }: FuzzNode) => new DatasetDigest(node.keyspace).ofAll();

/** As DEBUG DIGEST-VALUE, by key, where two nodes differ. */
function differences(one: FuzzNode, other: FuzzNode): string[] {
  const values = [one, other].map(({ node: { keyspace } }) => {
    const digest = new DatasetDigest(keyspace);
    const found = new Map<string, string>();
    for (const database of keyspace.databases) {
      forEachEntry(keyspace.memory, database.dict.ref, (entry) => {
        const key = Buffer.from(keyspace.keyOf(entry)).toString("latin1");
        const type = keyspace.typeOf(entry);
        found.set(`${database.index} ${key}`, `${type.name} ${digest.ofValue(entry)}`);
      });
    }
    return found;
  });
  const [left, right] = values;
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys]
    .filter((key) => left.get(key) !== right.get(key))
    .map((key) => `${key}: ${left.get(key)} | ${right.get(key)}`);
}

async function withRealServer(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "round-trip-"));
  try {
    await body(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test("what is written is read again", () =>
  withSeed((random, seed) => {
    for (let round = 0; round < ROUNDS; round++) {
      const fuzz = filled(random, seed + round);
      const again = loaded(saved(fuzz, random), seed + round);
      assert.deepEqual(differences(again, fuzz), []);
      assert.equal(digestOf(again), digestOf(fuzz));
      again.node.memory.verify();
    }
  }));

test("redis-server reads what is written, and what it writes is read", { skip: NO_SERVER }, () =>
  withRealServer((dir) =>
    withSeed(async (random, seed) => {
      for (let round = 0; round < ROUNDS; round++) {
        const fuzz = filled(random, seed + round);
        const file = join(dir, "dump.rdb");
        writeFileSync(file, saved(fuzz, random));
        const real = await ServerProcess.start({
          program: REAL_SERVER,
          dir,
          config: { "enable-debug-command": "yes" },
        });
        const client = await real.client();
        try {
          const digest = (await client.command("DEBUG", "DIGEST")).toString().slice(1, -2);
          assert.equal(digest, digestOf(fuzz));
          await client.command("SAVE");
          assert.equal(digestOf(loaded(readFileSync(file), seed + round)), digest);
        } finally {
          await client.close();
          await real.stop();
        }
      }
    }),
  ),
);
