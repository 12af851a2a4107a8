// The allocator of the input's big region against a list of ranges.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BigPlaces, PLACE_GRANULE_BYTES } from "../../../src/net/big-places";
import { INPUT_BIG_AT, INPUT_SCRATCH_AT } from "../../../src/net/transport";
import { withSeed } from "../../support/seeds";

const FROM = INPUT_BIG_AT;
const END = FROM + 64 * PLACE_GRANULE_BYTES;

test("places lie apart, first fit, and all is free again when all are freed", () =>
  withSeed((random) => {
    const places = new BigPlaces(FROM, END);
    const taken = new Map<number, number>();
    const isFree = (from: number, end: number, except = -1) =>
      [...taken].every(([start, size]) => start === except || end <= start || from >= start + size);
    const granules = (sizeBytes: number) =>
      Math.ceil(sizeBytes / PLACE_GRANULE_BYTES) * PLACE_GRANULE_BYTES;
    const firstFit = (size: number) => {
      for (let at = FROM; at + size <= END; at += PLACE_GRANULE_BYTES) {
        if (isFree(at, at + size)) return at;
      }
      return -1;
    };
    for (let step = 0; step < 5000; step++) {
      const sizeBytes = random.between(1, 12 * PLACE_GRANULE_BYTES);
      const size = granules(sizeBytes);
      const some = [...taken.keys()][random.below(taken.size + 1)];
      if (some === undefined) {
        const at = places.allocate(sizeBytes);
        assert.equal(at, firstFit(size));
        if (at >= 0) taken.set(at, size);
      } else if (random.chance(0.5)) {
        const fits = some + size <= END && isFree(some, some + size, some);
        assert.equal(places.extend(some, sizeBytes), fits);
        if (fits) taken.set(some, Math.max(taken.get(some) ?? 0, size));
        assert.equal(places.capacityOf(some), taken.get(some));
      } else {
        places.free(some);
        taken.delete(some);
      }
    }
    for (const at of taken.keys()) places.free(at);
    assert.equal(places.allocate(END - FROM), FROM);
    assert.equal(places.allocate(1), -1);
  }));

test("an offset where no place begins is an error, not a guess", () => {
  const places = new BigPlaces(INPUT_BIG_AT, INPUT_SCRATCH_AT);
  const at = places.allocate(3 * PLACE_GRANULE_BYTES);
  assert.throws(() => places.free(at + PLACE_GRANULE_BYTES), RangeError);
  assert.throws(() => places.capacityOf(at - 1), RangeError);
});
