/**
 * Directives whose value is any text: names, paths, passwords, lists that another room reads.
 *
 * The value is byte text. An absent value and an empty one look the same to CONFIG GET; the
 * attribute EMPTY_IS_UNSET says whether a rewritten file shows `""` or leaves the line out.
 */
import { quoteByteText } from "../byte-text";
import { type Directive, EMPTY_IS_UNSET, type Extras } from "../directive";
import { singleArgument } from "./single-argument";

export interface TextExtras extends Extras {
  /** The reason for refusing a value, or undefined. */
  readonly check?: (text: string) => string | undefined;
}

export function text<N extends string>(
  name: N,
  standard: string,
  extras: TextExtras = {},
): Directive<N, string> {
  const attributes = extras.attributes ?? 0;
  const emptyIsUnset = (attributes & EMPTY_IS_UNSET) !== 0;
  return {
    name,
    alias: extras.alias,
    attributes,
    standard,
    parse: (args) =>
      singleArgument(args, (value) => {
        const problem = extras.check?.(value);
        return problem === undefined ? { value } : { problem };
      }),
    show: (value) => value,
    same: (one, other) => one === other,
    lines: (value) =>
      value === "" && emptyIsUnset
        ? []
        : [{ text: quoteByteText(value), forced: value !== standard }],
  };
}
