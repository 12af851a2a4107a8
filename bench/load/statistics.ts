// Numbers about samples. All functions refuse an empty list rather than invent a number for it.

export function median(values: readonly number[]): number {
  const sorted = sortedCopy(values);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function geometricMean(values: readonly number[]): number {
  refuseEmpty(values);
  const logSum = values.reduce((sum, value) => sum + Math.log(value), 0);
  return Math.exp(logSum / values.length);
}

/** Smallest and largest value: the spread that stands beside every median. */
export function spread(values: readonly number[]): readonly [least: number, most: number] {
  const sorted = sortedCopy(values);
  return [sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN];
}

/** The value below which the given share (0..1) of the samples lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = sortedCopy(values);
  const index = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1);
  return sorted[Math.max(0, index)] ?? Number.NaN;
}

function sortedCopy(values: readonly number[]): number[] {
  refuseEmpty(values);
  return [...values].sort((a, b) => a - b);
}

function refuseEmpty(values: readonly number[]): void {
  if (values.length === 0) throw new Error("no samples");
}
