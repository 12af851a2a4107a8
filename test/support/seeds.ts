// Seeds and a small reproducible random source for tests and load. Not for anything secret.
// The same seed always gives the same sequence, on every machine and Node version.

import { randomInt } from "node:crypto";

const WORD_RANGE = 2 ** 32;

/** The seed in `REDIS_TEST_SEED`, else a fresh one. */
export function chooseSeed(environment: NodeJS.ProcessEnv = process.env): number {
  const wanted = environment.REDIS_TEST_SEED;
  if (wanted === undefined || wanted === "") return randomInt(WORD_RANGE);
  const seed = Number(wanted);
  if (!/^\d+$/.test(wanted) || seed >= WORD_RANGE) {
    throw new Error(`REDIS_TEST_SEED must be a whole number below 2^32, not '${wanted}'`);
  }
  return seed;
}

/** Runs `body` with a seed; when it fails, the error says how to run the same again. */
export async function withSeed<T>(
  body: (random: SeededRandom, seed: number) => T | Promise<T>,
  seed = chooseSeed(),
): Promise<T> {
  try {
    return await body(new SeededRandom(seed), seed);
  } catch (error) {
    throw new Error(`failed with REDIS_TEST_SEED=${seed}: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Mulberry32: 32 bits of state, good enough to choose test input. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to 2^32 - 1. */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor((this.word() / WORD_RANGE) * bound);
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.word() / WORD_RANGE < probability;
  }

  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new Error("nothing to pick from");
    return choices[this.below(choices.length)] as T;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let index = 0; index < length; index++) bytes[index] = this.below(256);
    return bytes;
  }
}
