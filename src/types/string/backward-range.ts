import type { Arguments } from "../../command/arguments";

/** What Arguments.clampedInteger makes of the far end of the numbers. */
const CLAMPED_MIN = -(2 ** 62);

/**
 * Whether both ends of a range count from the end of a string and the first comes later, told before
 * either is counted, as Redis does: afterwards both may be the beginning, which is a range of one.
 * @param startIndex the argument of the start, that of the end behind it.
 * @param start the start as `clampedInteger` gives it; `end` likewise.
 */
export function isBackward(
  args: Arguments,
  startIndex: number,
  start: number,
  end: number,
): boolean {
  if (start >= 0 || end >= 0) return false;
  if (start !== CLAMPED_MIN || end !== CLAMPED_MIN) return start > end;
  return (args.int64(startIndex) ?? 0n) > (args.int64(startIndex + 1) ?? 0n);
}
