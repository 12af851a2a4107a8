/** The rule that most directives share: exactly one argument. */
import type { Parsed } from "../directive";

export function singleArgument<V>(
  args: readonly string[],
  parse: (text: string) => Parsed<V>,
): Parsed<V> {
  return args.length === 1 ? parse(args[0]) : { problem: "wrong number of arguments" };
}
