/**
 * How often which duration was seen, from 1 ns to 1 s, with two significant digits.
 *
 * Buckets are those of an HdrHistogram with 256 sub-buckets: below 256 ns each value has its own,
 * and every doubling above has 128 of equal width. Durations outside the range count as its ends.
 *
 * What always holds: `total` is the sum of all counts. Counting allocates nothing. 24 KiB each.
 */

const SUB_BUCKET_BITS = 8;
const HALF_BUCKET_SHIFT = SUB_BUCKET_BITS - 1;
const SUB_BUCKET_MASK = (1 << SUB_BUCKET_BITS) - 1;
const LEAST_NS = 1;
const MOST_NS = 1_000_000_000;
/** One more than the index of MOST_NS. */
const BUCKETS = 24 << HALF_BUCKET_SHIFT;

export class LatencyHistogram {
  total = 0;
  readonly #counts = new Float64Array(BUCKETS);

  /** Counts `times` durations of the same length. */
  record(durationNs: number, times: number): void {
    const clamped = Math.min(Math.max(Math.round(durationNs), LEAST_NS), MOST_NS);
    this.#counts[indexOf(clamped)] += times;
    this.total += times;
  }

  /** How many durations were at most as long as the longest that shares a bucket with this one. */
  countUpTo(durationNs: number): number {
    const last = indexOf(durationNs);
    let count = 0;
    for (let index = 0; index <= last; index++) count += this.#counts[index];
    return count;
  }

  /** The duration in ns that so many percent of all do not exceed, as the end of its bucket. */
  valueAtPercentile(percent: number): number {
    const wanted = Math.max(1, Math.floor((Math.min(percent, 100) / 100) * this.total + 0.5));
    let index = 0;
    for (let count = this.#counts[0]; count < wanted && index < BUCKETS - 1; ) {
      count += this.#counts[++index];
    }
    return percent === 0 ? lowestOf(index) : highestOf(index);
  }
}

/** The longest duration that cannot be told from this one. */
export function longestEquivalentNs(durationNs: number): number {
  return highestOf(indexOf(durationNs));
}

/** The bucket of a whole number of ns below 2^31; the last one for what is beyond all buckets. */
function indexOf(durationNs: number): number {
  const shift = 31 - Math.clz32(durationNs | SUB_BUCKET_MASK) - HALF_BUCKET_SHIFT;
  return Math.min((shift << HALF_BUCKET_SHIFT) + (durationNs >> shift), BUCKETS - 1);
}

function lowestOf(index: number): number {
  const shift = shiftOf(index);
  return (index - (shift << HALF_BUCKET_SHIFT)) << shift;
}

function highestOf(index: number): number {
  return lowestOf(index) + (1 << shiftOf(index)) - 1;
}

/** The width of a bucket is two to this. */
function shiftOf(index: number): number {
  return Math.max(0, (index >> HALF_BUCKET_SHIFT) - 1);
}
