import type { NativeAddon } from "./addon";
import type { BitOperations } from "./bit-operations";
import { PortableBitOperations } from "./portable-bit-operations";

/**
 * Bit operations through the addon, which passes short ranges to the twin.
 *
 * A crossing costs about 0.1 us, with eight arguments 0.17 us, so below the sizes here the twin is
 * faster (bench/micro/native/bit-operations.ts): at 32 bytes count 88 ns against 97, findOther
 * 47 against 114; at 64 bytes combine 390 against 176. From 64 KiB on the addon is 10 to 40 times
 * as fast.
 */
const COUNT_NATIVELY_BYTES = 32;
const FIND_NATIVELY_BYTES = 32;
const COMBINE_NATIVELY_BYTES = 64;

/** Bit operations by the addon where there is one, else by the twin alone. */
export function bitOperations(addon: NativeAddon | undefined): BitOperations {
  const twin = new PortableBitOperations();
  return addon === undefined ? twin : new NativeBitOperations(addon, twin);
}

class NativeBitOperations implements BitOperations {
  readonly #addon: NativeAddon;
  readonly #twin: PortableBitOperations;

  constructor(addon: NativeAddon, twin: PortableBitOperations) {
    this.#addon = addon;
    this.#twin = twin;
  }

  count(bytes: Uint8Array, at: number, length: number): number {
    if (length < COUNT_NATIVELY_BYTES) return this.#twin.count(bytes, at, length);
    return this.#addon.bitCount(bytes, at, length);
  }

  findOther(bytes: Uint8Array, at: number, length: number, byte: number): number {
    if (length < FIND_NATIVELY_BYTES) return this.#twin.findOther(bytes, at, length, byte);
    return this.#addon.bitFindOther(bytes, at, length, byte);
  }

  combine(
    operation: number,
    target: Uint8Array,
    targetAt: number,
    a: Uint8Array,
    aAt: number,
    b: Uint8Array,
    bAt: number,
    length: number,
  ): void {
    if (length < COMBINE_NATIVELY_BYTES) {
      this.#twin.combine(operation, target, targetAt, a, aAt, b, bAt, length);
    } else {
      this.#addon.bitCombine(operation, target, targetAt, a, aAt, b, bAt, length);
    }
  }
}
