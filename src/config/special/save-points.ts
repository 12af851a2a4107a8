/**
 * The directive `save`: after how many seconds and changes the data set is saved by itself.
 *
 * In a file the first `save` replaces the default rules, each further one adds to them, and
 * `save ""` clears them; CONFIG SET always replaces them all.
 */
import { type Directive, type ParseContext, type Parsed, SEVERAL_ARGUMENTS } from "../directive";
import { INT_MAX } from "../kinds/integer";
import { lenientInteger } from "./lenient-integer";

export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

const PROBLEM = "Invalid save parameters";
/** Longer than the age of anything, and far inside the safe integers. */
const SECONDS_MAX = 10 ** 14;

export const saveDirective: Directive<"save", readonly SavePoint[]> = {
  name: "save",
  alias: undefined,
  attributes: SEVERAL_ARGUMENTS,
  standard: [
    { seconds: 3600, changes: 1 },
    { seconds: 300, changes: 100 },
    { seconds: 60, changes: 10_000 },
  ],
  parse: parseSavePoints,
  show: (value) => value.map(showPoint).join(" "),
  same: (one, other) => one.map(showPoint).join() === other.map(showPoint).join(),
  lines: (value) =>
    value.length === 0
      ? [{ text: '""', forced: true }]
      : value.map((point) => ({ text: showPoint(point), forced: true })),
};

function showPoint(point: SavePoint): string {
  return `${point.seconds} ${point.changes}`;
}

function parseSavePoints(
  args: readonly string[],
  context: ParseContext<readonly SavePoint[]>,
): Parsed<readonly SavePoint[]> {
  if (args.length === 0 || (args.length === 1 && args[0] === "")) return { value: [] };
  if (args.length % 2 !== 0) return { problem: PROBLEM };
  const points = context.fromFile && context.repeated ? [...context.previous] : [];
  for (let at = 0; at < args.length; at += 2) {
    const seconds = lenientInteger(args[at], 1, SECONDS_MAX);
    const changes = lenientInteger(args[at + 1], 0, INT_MAX);
    if (seconds === undefined || changes === undefined) return { problem: PROBLEM };
    points.push({ seconds, changes });
  }
  return { value: points };
}
