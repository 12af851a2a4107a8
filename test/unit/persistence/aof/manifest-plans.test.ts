// Random lives of an append only file on a disk that forgets: killed in front of every step, cut off
// from power, or let down by a failing disk, it must tell what was written.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AofFiles } from "../../../../src/persistence/aof/aof-files";
import { temporaryIncrementName } from "../../../../src/persistence/aof/aof-names";
import type { AofOutput } from "../../../../src/persistence/aof/aof-output";
import { formatManifest, type Manifest } from "../../../../src/persistence/aof/manifest";
import {
  lastIncrement,
  type ManifestPlan,
  planCollection,
  planNextIncrement,
  planRewritten,
  planStart,
} from "../../../../src/persistence/aof/manifest-plans";
import { SeededRandom, withSeed } from "../../../support/seeds";
import { Killed, SimulatedDisk } from "./simulated-disk";

const NAME = "old.aof";
const DIRECTORY = "appenddir";
const TEMPORARY_BASE = "temp-rewriteaof-bg-1.aof";
const LIVES = 150;
const STARTS = 6;
const LONGEST_LIFE = 60;
const EVENTS = 40;

type End = "kill" | "power";

function nothing(): void {
  // The log of a simulated server is read by nobody.
}

/**
 * A data set is the numbers from 0: a base tells how many there are, an increment tells each one. It
 * is what the server does around plans, with a rewrite that is over when the test says so.
 */
class Life {
  readonly disk: SimulatedDisk;
  readonly #random: SeededRandom;
  readonly #syncsAlways: boolean;
  #files: AofFiles;
  #output: AofOutput | undefined;
  #count = 0;
  /** How many of the numbers a loss of power, and a kill, must leave. */
  #synced = 0;
  #kept = 0;
  /** What the base tells that is being written. */
  #rewriting: number | undefined;
  /** The append only file is being turned on: the old files are of no use, new ones not there. */
  #isWaiting = false;

  constructor(random: SeededRandom, syncsAlways: boolean) {
    this.#random = random;
    this.#syncsAlways = syncsAlways;
    this.disk = new SimulatedDisk(random, DIRECTORY);
    this.#files = this.#newFiles();
  }

  /** A file of an older Redis with so many numbers. */
  addOldFile(count: number): void {
    this.disk.writeWhole("server", NAME, `base ${count}\n`);
    this.disk.now({ do: "sync-directory", place: "server" });
    this.#count = count;
    this.#synced = count;
    this.#kept = count;
  }

  start(): void {
    this.#files = this.#newFiles();
    this.#rewriting = undefined;
    this.#isWaiting = false;
    this.#files.readManifest();
    if (!this.#files.adoptOldFile()) throw new Killed();
    const loaded = this.#loaded();
    const plan = planStart(this.#files.manifest, NAME, "rdb");
    const writeBase = (name: string): boolean => {
      this.disk.writeWhole("aof", name, `base ${loaded}\n`);
      return true;
    };
    if (!this.#files.carryOut(plan, writeBase) || this.disk.isDead) throw new Killed();
    this.#output = this.#files.openIncrement();
    this.#truncate();
  }

  /** Starts again after its end. What was written is there, as far as the end allows. */
  startAgain(end: End): void {
    this.start();
    const found = this.#loaded();
    const least = end === "kill" ? this.#kept : this.#synced;
    assert.ok(found >= least && found <= this.#count, `${found} of ${least} to ${this.#count}`);
    this.#count = found;
    this.#kept = found;
    // The server knows no more of what was synced before it was started.
    this.#synced = Math.min(this.#synced, found);
    this.#sync();
  }

  async live(): Promise<void> {
    for (let i = 0; i < EVENTS; i++) {
      const event = this.#random.below(20);
      if (event < 10) this.#write();
      else if (event < 12) this.#sync();
      else if (event < 15) await this.#beginRewrite();
      else if (event < 18) await this.#endRewrite();
      else if (event < 19) await this.#change((manifest) => planCollection(manifest, NAME));
      else if (this.#rewriting === undefined) this.#turnOffAndOn();
      this.#checkManifest();
    }
  }

  /** What the files tell: all of the numbers, in order and each once. */
  #loaded(): number {
    const { base, increments } = this.#files.manifest;
    const names = [...(base === undefined ? [] : [base]), ...increments].map(({ name }) => name);
    const text = names.map((name) => this.disk.read("aof", name).toString()).join("");
    let count = 0;
    // A line that was cut is no number.
    for (const line of text.split("\n").slice(0, -1)) {
      if (line.startsWith("base ")) count = Number(line.slice("base ".length));
      else assert.equal(Number(line), count++);
    }
    return count;
  }

  /** What was cut off by a loss of power is taken away, as by the loading of a real server. */
  #truncate(): void {
    const name = lastIncrement(this.#files.manifest).name;
    const whole = this.disk.read("aof", name).lastIndexOf("\n") + 1;
    this.#output?.truncate(whole);
  }

  #newFiles(): AofFiles {
    const log = { debug: nothing, notice: nothing, warning: nothing };
    return new AofFiles({ disk: this.disk, log, aofName: NAME, directoryName: DIRECTORY });
  }

  #checkManifest(): void {
    const onDisk = this.disk.read("aof", `${NAME}.manifest`).toString();
    assert.equal(formatManifest(this.#files.manifest).toString(), onDisk);
  }

  #write(): void {
    const bytes = Buffer.from(`${this.#count}\n`);
    this.#output?.write(bytes, 0, bytes.length);
    this.#count++;
    if (!this.#isWaiting) this.#kept = this.#count;
    if (this.#syncsAlways) this.#sync();
  }

  #sync(): void {
    this.#output?.sync();
    if (!this.#isWaiting) this.#synced = this.#count;
  }

  async #beginRewrite(): Promise<void> {
    if (this.#rewriting !== undefined) return;
    this.#sync();
    if (this.#isWaiting) {
      const name = temporaryIncrementName(NAME);
      if (!this.#files.createIncrement(name)) return;
      this.#output = this.#files.openIncrement(name);
    } else {
      if (!(await this.#change((manifest) => planNextIncrement(manifest, NAME)))) return;
      this.#output = this.#files.openIncrement();
    }
    this.#rewriting = this.#count;
  }

  async #endRewrite(): Promise<void> {
    const count = this.#rewriting;
    if (count === undefined) return;
    this.#rewriting = undefined;
    const isDone = this.#random.chance(0.8) && (await this.#switchTo(count));
    if (!this.#isWaiting) return;
    if (isDone) this.#isWaiting = false;
    else this.#output = undefined;
    if (isDone) this.#kept = this.#count;
    if (isDone && this.#syncsAlways) this.#synced = this.#count;
  }

  #switchTo(count: number): Promise<boolean> {
    this.disk.writeWhole("server", TEMPORARY_BASE, `base ${count}\n`);
    return this.#change((manifest) =>
      planRewritten(manifest, NAME, {
        format: this.#random.chance(0.5) ? "rdb" : "aof",
        temporaryBase: TEMPORARY_BASE,
        isWriting: true,
        hasTemporaryIncrement: this.#isWaiting,
      }),
    );
  }

  /** What happens before the next rewrite is in memory only. */
  #turnOffAndOn(): void {
    this.#isWaiting = true;
    this.#output = undefined;
  }

  /** Some changes take their time, others are made at once, as at the start. */
  async #change(planFor: (manifest: Manifest) => ManifestPlan): Promise<boolean> {
    const isDone = this.#random.chance(0.5)
      ? await this.#files.carryOutLater(planFor)
      : this.#files.carryOut(planFor(this.#files.manifest));
    if (this.disk.isDead) throw new Killed();
    return isDone;
  }
}

async function untilKilled(life: Life): Promise<void> {
  try {
    life.start();
    await life.live();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

/** The process begins again and again, and each time ends in front of some step. */
async function lead(seed: number, end: End, failureChance: number): Promise<void> {
  const random = new SeededRandom(seed);
  const life = new Life(random, random.chance(0.5));
  if (random.chance(0.3)) life.addOldFile(5);
  for (let starts = 0; starts < STARTS; starts++) {
    life.disk.stepsToLive = random.below(LONGEST_LIFE);
    life.disk.failureChance = failureChance;
    await untilKilled(life);
    life.disk.stepsToLive = Number.POSITIVE_INFINITY;
    life.disk.failureChance = 0;
    if (end === "power") life.disk.losePower();
    life.startAgain(end);
  }
}

async function leadMany(end: End, failureChance = 0): Promise<void> {
  await withSeed(async (random) => {
    for (let i = 0; i < LIVES; i++) {
      const seed = random.word();
      await lead(seed, end, failureChance).catch((error) => {
        throw new Error(`life ${seed}: ${error.message}`, { cause: error });
      });
    }
  });
}

describe("an append only file", () => {
  test("tells all that was written after a kill in front of any step", () => leadMany("kill"));

  test("tells all that was synced after a loss of power at any step", () => leadMany("power"));

  test("tells all that was written though any step may fail", () => leadMany("kill", 0.2));
});
