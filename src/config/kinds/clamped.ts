/**
 * Numbers that Redis takes but keeps only within narrower bounds: `hz 9999` is read and becomes
 * 500, which CONFIG GET shows. What is outside the directive's own range is still refused.
 */
import type { Directive } from "../directive";
import type { Integer } from "./integer";

export function clamped<N extends string>(
  directive: Directive<N, Integer>,
  least: Integer,
  most: Integer,
): Directive<N, Integer> {
  return {
    ...directive,
    parse: (args, context) => {
      const parsed = directive.parse(args, context);
      if ("problem" in parsed) return parsed;
      if (parsed.value < least) return { value: least };
      return parsed.value > most ? { value: most } : parsed;
    },
  };
}
