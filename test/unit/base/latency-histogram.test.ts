import assert from "node:assert/strict";
import { test } from "node:test";
import { LatencyHistogram, longestEquivalentNs } from "../../../src/base/latency-histogram";
import { withSeed } from "../../support/seeds";

test("a value is told with two significant digits", async () => {
  await withSeed((random) => {
    for (let round = 0; round < 20_000; round++) {
      const value = 1 + random.below(random.pick([300, 10_000, 1_000_000, 999_999_999]));
      const longest = longestEquivalentNs(value);
      assert.ok(
        longest >= value && longest - value <= value / 128,
        `${value} counts as ${longest}`,
      );
      if (value < 256) assert.equal(longest, value);
      assert.equal(longestEquivalentNs(longest), longest);
    }
  });
});

test("buckets end where a real server's do", () => {
  const ends = [1024, 2048, 4096, 8192, 16_384, 32_768, 262_144].map(longestEquivalentNs);
  assert.deepEqual(ends, [1031, 2063, 4127, 8255, 16_511, 33_023, 264_191]);
});

test("percentiles are those of the sorted values", async () => {
  await withSeed((random) => {
    const histogram = new LatencyHistogram();
    const values: number[] = [];
    for (let index = 0; index < 999; index++) {
      const value = 1 + random.below(random.pick([100, 100_000, 100_000_000]));
      const times = 1 + random.below(3);
      histogram.record(value, times);
      for (let time = 0; time < times; time++) values.push(value);
    }
    values.sort((a, b) => a - b);
    assert.equal(histogram.total, values.length);
    for (const percent of [0.001, 1, 25, 50, 99, 99.9, 100]) {
      const place = Math.max(1, Math.floor((percent / 100) * values.length + 0.5)) - 1;
      const expected = longestEquivalentNs(values[place] ?? 0);
      assert.equal(histogram.valueAtPercentile(percent), expected, `p${percent}`);
    }
    for (const edge of [1, 1024, 1 << 20, 1_000_000_000]) {
      const expected = values.filter((value) => value <= longestEquivalentNs(edge)).length;
      assert.equal(histogram.countUpTo(edge), expected);
    }
  });
});

test("durations out of range count as its ends", () => {
  const histogram = new LatencyHistogram();
  histogram.record(0, 1);
  histogram.record(-5, 1);
  histogram.record(5e9, 1);
  assert.equal(histogram.valueAtPercentile(50), 1);
  assert.equal(histogram.valueAtPercentile(100), longestEquivalentNs(1_000_000_000));
  assert.equal(histogram.total, 3);
});
