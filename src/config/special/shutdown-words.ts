/**
 * The directives `shutdown-on-sigint` and `shutdown-on-sigterm`: the options that SHUTDOWN takes
 * when a signal asks for it, as bits; no bit is `default`.
 */
import { type Directive, type Parsed, SEVERAL_ARGUMENTS } from "../directive";
import { choiceProblem } from "../kinds/choice";

export const SHUTDOWN_SAVE = 1;
export const SHUTDOWN_NOSAVE = 2;
export const SHUTDOWN_NOW = 4;
export const SHUTDOWN_FORCE = 8;

const WORDS: readonly (readonly [word: string, bit: number])[] = [
  ["default", 0],
  ["save", SHUTDOWN_SAVE],
  ["nosave", SHUTDOWN_NOSAVE],
  ["now", SHUTDOWN_NOW],
  ["force", SHUTDOWN_FORCE],
];
const BITS: ReadonlyMap<string, number> = new Map(WORDS);

export function shutdownWords<N extends string>(name: N): Directive<N, number> {
  return {
    name,
    alias: undefined,
    attributes: SEVERAL_ARGUMENTS,
    standard: 0,
    parse: parseWords,
    show,
    same: (one, other) => one === other,
    lines: (value) => [{ text: show(value), forced: value !== 0 }],
  };
}

function show(value: number): string {
  const words = WORDS.filter(([, bit]) => (value & bit) !== 0).map(([word]) => word);
  return words.length === 0 ? "default" : words.join(" ");
}

function parseWords(args: readonly string[]): Parsed<number> {
  let value = 0;
  for (const arg of args) {
    const bit = BITS.get(arg.toLowerCase());
    if (bit === undefined) return { problem: wordsProblem() };
    value |= bit;
  }
  if (args.length === 0) return { problem: wordsProblem() };
  if ((value & SHUTDOWN_SAVE) !== 0 && (value & SHUTDOWN_NOSAVE) !== 0) {
    return { problem: "shutdown options SAVE and NOSAVE can't be used simultaneously" };
  }
  return { value };
}

function wordsProblem(): string {
  return choiceProblem(WORDS.map(([word]) => word));
}
