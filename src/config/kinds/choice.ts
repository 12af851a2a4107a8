/**
 * Directives with one word out of a list.
 * What always holds: the value is the list's own lower-case word, whatever case the user wrote.
 */
import type { Directive, Extras, Parsed } from "../directive";
import { singleArgument } from "./single-argument";

export interface ChoiceExtras<C extends string> extends Extras {
  /** Word -> the earlier word of the list that means the same and is shown for it. */
  readonly synonyms?: ReadonlyMap<string, C>;
}

export function choice<N extends string, C extends string>(
  name: N,
  standard: NoInfer<C>,
  words: readonly C[],
  extras: ChoiceExtras<NoInfer<C>> = {},
): Directive<N, C> {
  const parseWord = (argument: string): Parsed<C> => {
    const asked = argument.toLowerCase();
    const word = words.find((candidate) => candidate === asked);
    if (word === undefined) return { problem: choiceProblem(words) };
    return { value: extras.synonyms?.get(word) ?? word };
  };
  return {
    name,
    alias: extras.alias,
    attributes: extras.attributes ?? 0,
    standard,
    parse: (args) => singleArgument(args, parseWord),
    show: (value) => value,
    same: (one, other) => one === other,
    lines: (value) => [{ text: value, forced: value !== standard }],
  };
}

export function choiceProblem(words: readonly string[]): string {
  return `argument(s) must be one of the following: ${words.join(", ")}`;
}
