/**
 * The directive `dir`: the working directory. Its value is a path as byte text; Config changes the
 * directory of the process through its host and then keeps the absolute path.
 *
 * What always holds: a rewritten file names the directory, because relative paths depend on it.
 */
import { quoteByteText } from "../byte-text";
import { DENY_LOADING, type Directive, PROTECTED } from "../directive";
import { singleArgument } from "../kinds/single-argument";

export const directoryDirective: Directive<"dir", string> = {
  name: "dir",
  alias: undefined,
  attributes: PROTECTED | DENY_LOADING,
  standard: "",
  parse: (args) => singleArgument(args, (value) => ({ value })),
  show: (value) => value,
  same: (one, other) => one === other,
  lines: (value) => [{ text: quoteByteText(value), forced: true }],
};
