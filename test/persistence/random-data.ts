// Random data sets of every family on a node in this process, for what writes and reads them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatasetLoader } from "../../src/persistence/rdb/dataset-loader";
import { BytesSource, RdbReader } from "../../src/rdb/rdb-reader";
import { DatasetDigest } from "../../src/server/commands/debug/dataset-digest";
import { valueLoaders } from "../../src/server/value-codecs";
import { forEachEntry } from "../../src/structures/dict-walk";
import { ZsetReader } from "../../src/types/zset/zset-reader";
import { FuzzClient } from "../fuzz/fuzz-client";
import { FuzzNode } from "../fuzz/fuzz-node";
import { CommandSource, GRAMMARS } from "../parity/grammar";
import { encodeCommand } from "../support/resp-encode";
import type { SeededRandom } from "../support/seeds";
import { REAL_SERVER, ServerProcess } from "../support/server-process";

const COMMANDS = 1500;
/** They would end the node or its data. */
const LEFT_OUT = ["SHUTDOWN", "CLIENT", "HELLO", "FLUSHALL", "FLUSHDB"];

export type Limits = readonly (readonly [name: string, value: string])[];

/** So low that values of every encoding come up among a few elements; redis-server has them too. */
export const LOW_LIMITS: Limits = [
  ["hash-max-listpack-entries", "8"],
  ["set-max-intset-entries", "8"],
  ["zset-max-listpack-entries", "8"],
  ["list-max-listpack-size", "6"],
  ["list-compress-depth", "1"],
  ["stream-node-max-entries", "5"],
];

/** Its time is ours, so that what it expires and what redis-server expires is the same. */
export function newNode(seed: number, limits: Limits = []): FuzzNode {
  const fuzz = new FuzzNode(seed);
  for (const [name, value] of limits) fuzz.set(name, value);
  fuzz.clock.advance(Date.now() - fuzz.clock.nowMs());
  return fuzz;
}

export function filled(random: SeededRandom, seed: number, limits: Limits = []): FuzzNode {
  const fuzz = newNode(seed, limits);
  fill(fuzz, random);
  return fuzz;
}

/** Random commands on all types. */
export function dataCommands(random: SeededRandom): CommandSource {
  return new CommandSource(
    random,
    GRAMMARS.filter(({ name }) => !LEFT_OUT.includes(name)),
  );
}

/** Runs random commands on a node. */
export function fill(fuzz: FuzzNode, random: SeededRandom, commands = COMMANDS): void {
  const client = new FuzzClient(fuzz.transport);
  const source = dataCommands(random);
  for (let left = commands; left > 0; left--) {
    client.write(encodeCommand(source.next()));
    client.sendRest();
    fuzz.transport.turn();
  }
  dropMinusZeros(fuzz, client);
  client.hangUp();
  fuzz.transport.turn();
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

/** A node with the data of an RDB file. */
export function loaded(
  file: Buffer,
  seed: number,
  limits: Limits = [],
  dropsExpired = false,
): FuzzNode {
  const fuzz = newNode(seed, limits);
  loadInto(fuzz, file, dropsExpired);
  return fuzz;
}

/** Reads an RDB file into a node that has no data. */
export function loadInto(fuzz: FuzzNode, file: Buffer, dropsExpired = false): void {
  const { keyspace } = fuzz.node;
  const loader = new DatasetLoader(new RdbReader(new BytesSource(file, 0, file.length)), {
    keyspace,
    loaders: valueLoaders(keyspace, fuzz.config, fuzz.node.context.fieldExpiry),
    dropsExpired,
    onAux: () => undefined,
    onFunction: () => undefined,
  });
  while (loader.step(7));
}

/** DEBUG DIGEST of a node. */
export const digestOf = ({ node }: FuzzNode) => new DatasetDigest(node.keyspace).ofAll();

/** As DEBUG DIGEST-VALUE, by key, where two nodes differ. */
export function differences(one: FuzzNode, other: FuzzNode): string[] {
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

export async function withDirectory(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "round-trip-"));
  try {
    await body(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** A redis-server that takes its data from a directory. */
export function startReal(dir: string, limits: Limits = []): Promise<ServerProcess> {
  return ServerProcess.start({
    program: REAL_SERVER,
    dir,
    config: { ...Object.fromEntries(limits), "enable-debug-command": "yes" },
  });
}
