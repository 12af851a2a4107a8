// `npm run test:big [keys]`: 20 million keys, then as many insertions and removals, snapshots
// meanwhile, then removal of all. No single operation of the dictionary may take more than 1 ms of
// its own, and neither may freeze and thaw. Takes some minutes and 2 GB; not part of `npm test`.
//
// The system charges interrupts (the network traffic of other processes) to the thread it
// interrupts, so that even a lookup is now and then charged with milliseconds. But the same numbers
// give the same operations in the same memory: what is slow of its own is slow each time. So the
// whole is run twice, each time in a process of its own, and a step fails that is slow both times.

import { fork } from "node:child_process";
import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { HalfSipHash } from "../../src/base/half-sip-hash.js";
import { Arena } from "../../src/memory/arena.js";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../src/memory/block-memory.js";
import { Dict } from "../../src/structures/dict.js";
import { verifyDict } from "../../src/structures/dict-verify.js";
import { SeededRandom } from "../support/seeds.js";
import { OpTimer, type SlowOperation } from "./op-timer.js";

const LIMIT_MS = 1;
const KEY_AT = 16;
const KEY_BYTES = 16;
const VALUE_BYTES = 32;
const SLICE = 500_000;
const RELEASED_AT_ONCE = 250;
const SHOWN = 8;

class Churn {
  readonly #arena = new Arena();
  readonly #dict = new Dict(this.#arena, KEY_AT).create();
  readonly #hasher = new HalfSipHash(0x01234567, 0x76543210);
  readonly #key = new Uint8Array(KEY_BYTES);
  readonly #random = new SeededRandom(1);
  readonly #timer = new OpTimer();
  /** Numbers of the keys that are there. */
  readonly #ids: Int32Array;
  readonly #slow: SlowOperation[] = [];
  readonly #size: number;
  #count = 0;
  #nextId = 0;

  constructor(size: number) {
    this.#size = size;
    this.#ids = new Int32Array(size + 1);
  }

  /** Returns the operations over the limit. */
  async run(): Promise<SlowOperation[]> {
    await this.#warmUp();
    await this.#phase("nothing", this.#size, () => undefined);
    await this.#phase("insert", this.#size, () => this.#insertNew());
    await this.#phase("find", this.#size, () => this.#findSome());
    await this.#phase("churn", this.#size, (step) => this.#churn(step));
    await this.#snapshots();
    this.#verify();
    await this.#phase("remove", this.#size, () => this.#removeSome());
    this.#verify();
    this.#timer.close();
    return this.#slow.filter(({ ownMs }) => ownMs > LIMIT_MS);
  }

  /** Lets the compiler see every path before anything is timed. */
  async #warmUp(): Promise<void> {
    const run = (operation: (step: number) => void) => this.#timeSlice(0, 100_000, operation);
    for (let round = 0; round < 4; round++) {
      run(() => undefined);
      run(() => this.#insertNew());
      run(() => this.#findSome());
      run((step) => this.#churn(step));
      this.#arena.freeze();
      run((step) => this.#churn(step));
      this.#arena.thaw();
      run(() => void this.#arena.releaseParked(RELEASED_AT_ONCE));
      run(() => this.#removeSome());
    }
    await this.#timer.endPhase("");
    this.#timer.takeHistogram();
  }

  async #phase(name: string, count: number, operation: (step: number) => void): Promise<void> {
    const cpu = process.cpuUsage();
    for (let done = 0; done < count; done += SLICE) {
      this.#timer.resume();
      this.#timeSlice(done, Math.min(SLICE, count - done), operation);
      // The collections of the slice are reported between slices.
      await nextTurn();
    }
    const used = process.cpuUsage(cpu);
    const nsEach = ((used.user + used.system) * 1000) / count;
    console.log(
      `${name}: ${count} operations, ${nsEach.toFixed(0)} ns of CPU each (clock included)`,
    );
    console.log(`  ${this.#timer.takeHistogram()}`);
    const slow = await this.#timer.endPhase(name);
    this.#slow.push(...slow);
    for (const operation of slow.slice(0, SHOWN)) console.log(`  ${shown(operation)}`);
  }

  #timeSlice(first: number, count: number, operation: (step: number) => void): void {
    const { words } = this.#arena;
    for (let step = first; step < first + count; step++) {
      const chunks = this.#dict.chunks;
      const segments = words.length;
      const start = performance.now();
      operation(step);
      const end = performance.now();
      this.#timer.add(
        step,
        start,
        end,
        noteOf(this.#dict.chunks - chunks, words.length - segments),
      );
    }
  }

  async #snapshots(): Promise<void> {
    for (let snapshot = 0; snapshot < 3; snapshot++) {
      this.#timeRoot(`freeze ${snapshot}`, () => this.#arena.freeze());
      await this.#phase(`churn in snapshot ${snapshot}`, this.#size >>> 3, (step) =>
        this.#churn(step),
      );
      console.log(`  ${this.#arena.parkedCount} blocks parked`);
      this.#timeRoot(`thaw ${snapshot}`, () => this.#arena.thaw());
      // The last freeze comes at once, with everything still to be given back.
      if (snapshot === 1) continue;
      const rounds = Math.ceil(this.#arena.parkedCount / RELEASED_AT_ONCE);
      await this.#phase(`release after snapshot ${snapshot}`, rounds, () => {
        this.#arena.releaseParked(RELEASED_AT_ONCE);
      });
    }
    while (this.#arena.releaseParked(1 << 20) > 0);
  }

  #timeRoot(phase: string, operation: () => void): void {
    const timed = this.#timer.once(phase, operation);
    console.log(`${phase}: ${shown(timed)}`);
    this.#slow.push(timed);
  }

  #insertNew(): void {
    const id = this.#nextId++;
    const hash = this.#prepareKey(id);
    if (this.#dict.find(hash, this.#key, 0, KEY_BYTES) !== 0) throw new Error(`${id} is there`);
    const arena = this.#arena;
    const entry = arena.alloc(KEY_AT + KEY_BYTES + VALUE_BYTES);
    const words = arena.words[entry >>> SEGMENT_SHIFT];
    const at = (entry & GRANULE_MASK) << 2;
    words[at] = hash;
    words[at + 1] = KEY_BYTES;
    words[at + 2] = 0;
    words[at + 3] = VALUE_BYTES;
    const bytes = arena.bytes[entry >>> SEGMENT_SHIFT];
    const keyAt = (at << 2) + KEY_AT;
    for (let i = 0; i < KEY_BYTES; i++) bytes[keyAt + i] = this.#key[i];
    for (let i = 0; i < VALUE_BYTES / 4; i++) words[((keyAt + KEY_BYTES) >>> 2) + i] = id;
    this.#dict.insert(entry);
    this.#ids[this.#count++] = id;
  }

  #findSome(): void {
    const id = this.#ids[this.#random.below(this.#count)];
    const hash = this.#prepareKey(id);
    if (this.#dict.find(hash, this.#key, 0, KEY_BYTES) === 0) throw new Error(`${id} is missing`);
  }

  #removeSome(): void {
    const index = this.#random.below(this.#count);
    const id = this.#ids[index];
    this.#ids[index] = this.#ids[--this.#count];
    const hash = this.#prepareKey(id);
    const entry = this.#dict.find(hash, this.#key, 0, KEY_BYTES);
    if (entry === 0) throw new Error(`${id} is missing`);
    this.#dict.removeFound();
    this.#arena.free(entry);
  }

  /** Every other step inserts, every other removes. */
  #churn(step: number): void {
    if ((step & 1) === 0) this.#insertNew();
    else this.#removeSome();
  }

  /** Writes the key of a number; returns its hash. */
  #prepareKey(id: number): number {
    let rest = id;
    for (let i = KEY_BYTES - 1; i >= 4; i--) {
      const tens = (rest / 10) | 0;
      this.#key[i] = 0x30 + rest - tens * 10;
      rest = tens;
    }
    this.#key[0] = 0x6b;
    return this.#hasher.hash(this.#key, 0, KEY_BYTES);
  }

  #verify(): void {
    const arena = this.#arena;
    let reachable = 0;
    const figures = verifyDict(arena, this.#dict.ref, {
      keyAt: KEY_AT,
      hashOf: (bytes, at, length) => this.#hasher.hash(bytes, at, length),
      eachBlock: (ref) => {
        reachable += arena.capacityOf(ref);
      },
    });
    arena.verify();
    if (figures.entries !== this.#count) throw new Error(`${figures.entries} of ${this.#count}`);
    if (arena.usedBytes !== reachable) throw new Error(`${arena.usedBytes - reachable} B leaked`);
    const each = (reachable / Math.max(figures.entries, 1)).toFixed(1);
    console.log(`verified ${figures.entries} keys, ${each} B each`, JSON.stringify(figures));
  }
}

/** What a slow operation did besides: chunks that came or went, and segments that came. */
function noteOf(chunks: number, segments: number): number {
  return (chunks !== 0 ? 1 : 0) | (segments !== 0 ? 2 : 0);
}

function shown({ wallMs, ownMs, gcMs, waitedMs, note }: SlowOperation): string {
  const times = `own at most ${ownMs.toFixed(3)}, gc ${gcMs.toFixed(3)}, waited ${waitedMs.toFixed(3)}`;
  const notes = [
    (note & 1) !== 0 ? ", split or merge" : "",
    (note & 2) !== 0 ? ", new segment" : "",
  ];
  return `${wallMs.toFixed(3)} ms, ${times}${notes.join("")}`;
}

/** One run in a process of its own; resolves to its operations over the limit. */
function runOnce(size: number): Promise<SlowOperation[]> {
  return new Promise((resolve, reject) => {
    let slow: SlowOperation[] | undefined;
    const child = fork(__filename, [String(size), "once"], { execArgv: ["--no-warnings"] });
    child.once("message", (message: SlowOperation[]) => {
      slow = message;
    });
    child.once("exit", (code) => {
      if (slow === undefined) reject(new Error(`the run failed with exit code ${code}`));
      else resolve(slow);
    });
  });
}

/** How much of an operation was its own in every run: what the best of them shows. */
function commonTo(first: SlowOperation[], second: SlowOperation[]): SlowOperation[] {
  const keyOf = ({ phase, step }: SlowOperation) => `${phase}/${step}`;
  const before = new Map(first.map((operation) => [keyOf(operation), operation]));
  return second.filter((operation) => before.has(keyOf(operation)));
}

async function runTwice(size: number): Promise<void> {
  const first = await runOnce(size);
  console.log(`${first.length} operations over ${LIMIT_MS} ms`);
  if (first.length === 0) return;
  const second = await runOnce(size);
  console.log(`${second.length} operations over ${LIMIT_MS} ms`);
  const tooSlow = commonTo(first, second);
  for (const operation of tooSlow) {
    console.log(`TOO SLOW: ${operation.phase}, step ${operation.step}: ${shown(operation)}`);
  }
  console.log(`${tooSlow.length} of them the same`);
  process.exitCode = tooSlow.length === 0 ? 0 : 1;
}

const size = Number(process.argv[2] ?? 20_000_000);
if (process.argv[3] === "once") new Churn(size).run().then((slow) => process.send?.(slow));
else void runTwice(size);
