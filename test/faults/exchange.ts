// R9: random data sets go from here to the real server and from there to here, as RDB files and value
// by value with DUMP and RESTORE; DEBUG DIGEST is the same each time.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keysOf } from "../persistence/keys-of-node";
import { NodeSender } from "../persistence/node-sender";
import {
  dataCommands,
  digestOf,
  fill,
  type Limits,
  LOW_LIMITS,
  loadInto,
  newNode,
  startReal,
} from "../persistence/random-data";
import { savedBytes } from "../persistence/saved-bytes";
import type { RawClient } from "../support/raw-client";
import { encodeCommand } from "../support/resp-encode";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "./fault-row";
import { digestOfKey } from "./held-value";

const DATA_SETS = 500;
const COMMANDS = 1000;
/** Random commands are to make no longer strings; payloads are longer than the longest string. */
const LONGEST = "proto-max-bulk-len";
const DATABASES = ["0", "1", "2", "3"];
const USUAL_LIMITS: Limits = newNode(1).config.get(LOW_LIMITS.map(([name]) => name));

/** Two nodes in this process and the real server, which are emptied again and again. */
class Exchange {
  readonly #from: NodeSender;
  readonly #to: NodeSender;
  readonly #file: string;

  constructor(
    private readonly client: RawClient,
    dir: string,
    private readonly run: FaultRun,
  ) {
    this.#from = new NodeSender(newNode(run.seed));
    this.#to = new NodeSender(newNode(run.seed + 1));
    this.#file = join(dir, "dump.rdb");
    this.#to.fuzz.set(LONGEST, "512mb");
  }

  /** @throws when a digest is not what it was. */
  async fromHere(): Promise<void> {
    await this.#empty();
    const { random } = this.run;
    const { fuzz } = this.#from;
    fill(fuzz, random, COMMANDS);
    const digest = digestOf(fuzz);
    const file = savedBytes(fuzz, {
      version: random.pick([9, 10]),
      compresses: random.chance(0.5),
      hasChecksum: random.chance(0.7),
      access: random.pick(["none", "idle", "frequency"]),
    });
    writeFileSync(this.#file, file);
    await this.#ask("DEBUG", "RELOAD", "NOSAVE");
    expect("the file from here", await this.#realDigest(), digest);
    await this.#ask("SAVE");
    expect("the file from there and back", this.#loaded(), digest);
    await this.#ask("FLUSHALL");
    for (const { db, key, ttl } of keysOf(fuzz)) {
      this.#from.send("SELECT", db);
      await this.#ask("SELECT", db);
      await this.#ask("RESTORE", key, ttl, this.#from.bulk("DUMP", key), "ABSTTL");
    }
    expect("the values from here", await this.#realDigest(), digest);
  }

  /** @throws when a digest is not what it was. */
  async fromThere(): Promise<void> {
    await this.#empty();
    const source = dataCommands(this.run.random);
    const commands = Array.from({ length: COMMANDS }, () => encodeCommand(source.next()));
    await this.#ask("CONFIG", "SET", LONGEST, "1mb");
    this.client.sendRaw(Buffer.concat(commands));
    for (let left = COMMANDS; left > 0; left--) await this.client.readReply();
    await this.#ask("CONFIG", "SET", LONGEST, "512mb");
    // Minus zero stays one in a skiplist only, also in redis-server itself.
    await this.#ask("DEBUG", "RELOAD");
    const digest = await this.#realDigest();
    const loaded = this.#loaded();
    if (loaded !== digest) throw new Error(`the file from there: ${await this.#differing()}`);
    this.#flush(this.#to);
    for (const db of DATABASES) {
      await this.#ask("SELECT", db);
      this.#to.send("SELECT", db);
      const keys = await this.client.call("KEYS", "*");
      for (const key of Array.isArray(keys) ? keys : []) await this.#restoreHere(key);
    }
    expect("the values from there", digestOf(this.#to.fuzz), digest);
  }

  async #restoreHere(name: unknown): Promise<void> {
    const key = Buffer.isBuffer(name) ? name : String(name);
    const ttl = (await this.client.command("PEXPIRETIME", key)).toString().slice(1, -2);
    const dumped = await this.client.command("DUMP", key);
    const payload = dumped.subarray(dumped.indexOf("\n") + 1, -2);
    const reply = this.#to.send("RESTORE", key, ttl === "-1" ? "0" : ttl, payload, "ABSTTL");
    expect("the reply to RESTORE", reply.toString(), "+OK\r\n");
  }

  /** The digest of the file of the real server, read here. */
  #loaded(): string {
    this.#flush(this.#to);
    loadInto(this.#to.fuzz, readFileSync(this.#file));
    return digestOf(this.#to.fuzz);
  }

  async #empty(): Promise<void> {
    for (const sender of [this.#from, this.#to]) this.#flush(sender);
    await this.#ask("FLUSHALL");
    const limits = this.run.random.chance(0.5) ? LOW_LIMITS : USUAL_LIMITS;
    for (const [name, value] of limits) {
      for (const { fuzz } of [this.#from, this.#to]) fuzz.set(name, value);
      await this.#ask("CONFIG", "SET", name, value);
    }
  }

  /** Its time goes on as the real server's does. */
  #flush(sender: NodeSender): void {
    const { clock, node } = sender.fuzz;
    const { lazyFree } = node.keyspace;
    clock.advance(Date.now() - clock.nowMs());
    sender.send("FLUSHALL");
    while (lazyFree.hasWork) lazyFree.work(1000);
  }

  /** Databases and keys that the last node and the real server do not have alike. */
  async #differing(): Promise<string> {
    const found: string[] = [];
    for (const { db, key, ttl } of keysOf(this.#to.fuzz)) {
      await this.#ask("SELECT", db);
      const there = (await this.client.command("PEXPIRETIME", key)).toString().slice(1, -2);
      const replied = (await this.client.command("DEBUG", "DIGEST-VALUE", key)).toString();
      const isSame =
        digestOfKey(this.#to.fuzz, key, Number(db)) === /[0-9a-f]{40}/.exec(replied)?.[0];
      if (!isSame) found.push(`${db} ${key}, which expires at ${ttl} here, ${there} there`);
    }
    return found.length === 0 ? "keys that are not here" : found.join("; ");
  }

  async #realDigest(): Promise<string> {
    return (await this.client.command("DEBUG", "DIGEST")).toString().slice(1, -2);
  }

  /** @throws on an error. */
  async #ask(...words: (string | Buffer)[]): Promise<void> {
    const reply = (await this.client.command(...words)).toString("latin1");
    if (reply.startsWith("-")) throw new Error(`${words.slice(0, 3).join(" ")}: ${reply}`);
  }
}

function expect(what: string, found: string, expected: string): void {
  if (found !== expected) throw new Error(`${what}: ${found}, not ${expected}`);
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const count = sharedCount(DATA_SETS, run);
  const dir = mkdtempSync(join(tmpdir(), "exchange-"));
  const real = await startReal(dir);
  const client = await real.client();
  const misses = new Misses();
  const equal = { fromHere: 0, fromThere: 0 };
  try {
    const exchange = new Exchange(client, dir, run);
    for (let round = 1; round <= count; round++) {
      for (const way of ["fromHere", "fromThere"] as const) {
        try {
          await exchange[way]();
          equal[way]++;
        } catch (error) {
          misses.add(`round ${round}: ${String(error)}`);
        }
      }
      if (round % 50 === 0) run.progress(`${round} rounds`);
    }
  } finally {
    await client.close();
    await real.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  return {
    text:
      `random data sets by RDB and by RESTORE with equal digests: ${equal.fromHere}/${count} to ` +
      `redis-server and back, ${equal.fromThere}/${count} from redis-server`,
    misses: misses.texts,
  };
}

export const EXCHANGE: FaultRow = {
  id: "R9",
  summary: "random data sets to the real server and from it, with equal digests",
  run,
};
