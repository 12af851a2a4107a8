/**
 * The directive `oom-score-adj-values`: what is added to the kernel's OOM score of a master, of a
 * replica, and of what saves in the background. Ascending values make sense, others are allowed.
 */
import { type Directive, type Parsed, SEVERAL_ARGUMENTS } from "../directive";
import { lenientInteger } from "./lenient-integer";

export type OomScoreValues = readonly [master: number, replica: number, background: number];

const LIMIT = 2000;
const STANDARD: OomScoreValues = [0, 200, 800];

export const oomScoreValuesDirective: Directive<"oom-score-adj-values", OomScoreValues> = {
  name: "oom-score-adj-values",
  alias: undefined,
  attributes: SEVERAL_ARGUMENTS,
  standard: STANDARD,
  parse: parseValues,
  show: (value) => value.join(" "),
  same: (one, other) => one.join() === other.join(),
  lines: (value) => [{ text: value.join(" "), forced: value.join() !== STANDARD.join() }],
};

function parseValues(args: readonly string[]): Parsed<OomScoreValues> {
  if (args.length !== STANDARD.length) return { problem: "wrong number of arguments" };
  const values = args.map((arg) => lenientInteger(arg, -LIMIT, LIMIT));
  const [master, replica, background] = values;
  if (master === undefined || replica === undefined || background === undefined) {
    const range = `between -${LIMIT} and ${LIMIT}`;
    return { problem: `Invalid oom-score-adj-values, elements must be ${range}.` };
  }
  return { value: [master, replica, background] };
}
