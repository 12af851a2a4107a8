/**
 * The directive `bind`: the addresses to listen on, each with its `-` prefix (an address that may
 * be missing) still in front. Whether an address exists is for net/ to find out.
 */
import { wordByteText } from "../byte-text";
import { type Directive, type Parsed, SEVERAL_ARGUMENTS } from "../directive";

const ADDRESSES_MAX = 16;
const STANDARD: readonly string[] = ["*", "-::*"];

export const bindDirective: Directive<"bind", readonly string[]> = {
  name: "bind",
  alias: undefined,
  attributes: SEVERAL_ARGUMENTS,
  standard: STANDARD,
  parse: parseAddresses,
  show: (value) => value.join(" "),
  same: sameAddresses,
  lines: (value) => {
    if (sameAddresses(value, STANDARD)) return [];
    const words = value.map(wordByteText).join(" ");
    return [{ text: value.length === 0 ? '""' : words, forced: true }];
  },
};

function sameAddresses(one: readonly string[], other: readonly string[]): boolean {
  return one.join(" ") === other.join(" ");
}

function parseAddresses(args: readonly string[]): Parsed<readonly string[]> {
  if (args.length > ADDRESSES_MAX) return { problem: "Too many bind addresses specified." };
  return { value: args.length === 1 && args[0] === "" ? [] : [...args] };
}
