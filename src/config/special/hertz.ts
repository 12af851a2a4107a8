/** The directive `hz`: any number is taken, but kept only as 1 to 500 runs per second. */
import type { Directive } from "../directive";
import { INT_MAX, type Integer, integer } from "../kinds/integer";

const LEAST = 1;
const MOST = 500;

const plain = integer("hz", 10, 0, INT_MAX);

export const hertzDirective: Directive<"hz", Integer> = {
  ...plain,
  parse: (args, context) => {
    const parsed = plain.parse(args, context);
    if ("problem" in parsed) return parsed;
    return { value: Math.min(Math.max(Number(parsed.value), LEAST), MOST) };
  },
};
