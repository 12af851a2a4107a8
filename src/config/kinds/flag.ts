/**
 * Directives that are `yes` or `no`.
 * What always holds: the value is a boolean and both words are accepted in either case.
 */
import type { Directive, Extras, Parsed } from "../directive";
import { singleArgument } from "./single-argument";

export function flag<N extends string>(
  name: N,
  standard: boolean,
  extras: Extras = {},
): Directive<N, boolean> {
  return {
    name,
    alias: extras.alias,
    attributes: extras.attributes ?? 0,
    standard,
    parse: (args) => singleArgument(args, parseFlag),
    show,
    same: (one, other) => one === other,
    lines: (value) => [{ text: show(value), forced: value !== standard }],
  };
}

function parseFlag(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (word === "yes") return { value: true };
  if (word === "no") return { value: false };
  return { problem: "argument must be 'yes' or 'no'" };
}

function show(value: boolean): string {
  return value ? "yes" : "no";
}
