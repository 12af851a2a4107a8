/**
 * The directive `latency-tracking-info-percentiles`: which percentiles INFO shows per command.
 * Values are shown with at most six decimals, as Redis shows them.
 */
import { type Directive, type Parsed, SEVERAL_ARGUMENTS } from "../directive";

const NAME = "latency-tracking-info-percentiles";
const STANDARD: readonly number[] = [50, 99, 99.9];
const DECIMALS = 6;
/** Longer texts name no percentile that anybody could mean. */
const TEXT_MAX = 64;

export const percentilesDirective: Directive<typeof NAME, readonly number[]> = {
  name: NAME,
  alias: undefined,
  attributes: SEVERAL_ARGUMENTS,
  standard: STANDARD,
  parse: parsePercentiles,
  show: (value) => value.map(showPercentile).join(" "),
  same: (one, other) => one.join() === other.join(),
  lines: (value) => [
    {
      text: value.length === 0 ? '""' : value.map(showPercentile).join(" "),
      forced: value.join() !== STANDARD.join(),
    },
  ],
};

/** Without the zeros at the end: 99.9, 50, 0.00001. */
export function showPercentile(value: number): string {
  return value.toFixed(DECIMALS).replace(/\.?0+$/, "");
}

function parsePercentiles(args: readonly string[]): Parsed<readonly number[]> {
  if (args.length === 1 && args[0] === "") return { value: [] };
  const values: number[] = [];
  for (const arg of args) {
    const value = parseDecimal(arg);
    if (value === undefined) return { problem: `Invalid ${NAME} parameters` };
    if (value < 0 || value > 100) {
      return { problem: `${NAME} parameters should sit between [0.0,100.0]` };
    }
    values.push(value);
  }
  return { value: values };
}

/** A decimal number with optional exponent; no spaces, no hexadecimal, no `nan`. */
function parseDecimal(text: string): number | undefined {
  if (text.length > TEXT_MAX) return undefined;
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) return undefined;
  // Adding zero turns -0 into 0.
  return Number(text) + 0;
}
