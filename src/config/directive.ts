/**
 * The form of one configuration directive: its name, its default, and how its value is read from
 * arguments, shown by CONFIG GET, and written back into a file.
 *
 * It is not the table of directives (rows/) and holds no current value (config.ts does).
 * What always holds: a directive is a constant without state, and `parse` changes nothing.
 *
 * Arguments and shown values are *byte text*: strings with one character (0-255) per byte, so that
 * passwords and file names of any bytes survive unchanged. See byte-text.ts.
 */

/** Can only be given at start: CONFIG SET answers that it cannot be set. */
export const IMMUTABLE = 1;
/** CONFIG SET needs the permission of `enable-protected-configs`. */
export const PROTECTED = 2;
/** Holds a secret: its new value must not reach SLOWLOG, MONITOR or a log. */
export const SENSITIVE = 4;
/** Answers to its exact name only, never to a pattern. */
export const HIDDEN = 8;
/** CONFIG SET is refused while the data set is being loaded. */
export const DENY_LOADING = 16;
/** Accepted, kept and shown for compatibility, but nothing in this server acts on it. */
export const NO_MEANING = 32;
/** Takes any number of arguments; a single argument is split at its spaces. */
export const SEVERAL_ARGUMENTS = 64;
/** An empty value means "not given", so CONFIG REWRITE drops the line instead of writing "". */
export const EMPTY_IS_UNSET = 128;

/** A value, or the reason for its refusal in the words that Redis uses. */
export type Parsed<V> = { readonly value: V } | { readonly problem: string };

/** Where arguments come from; some directives add to what the same file said before. */
export interface ParseContext<V> {
  /** From a file, standard input or the command line; otherwise from CONFIG SET. */
  readonly fromFile: boolean;
  /** True when this file run gave the directive before. */
  readonly repeated: boolean;
  readonly previous: V;
}

export interface Directive<N extends string = string, V = unknown> {
  readonly name: N;
  /** The older name that stays accepted, or undefined. */
  readonly alias: string | undefined;
  readonly attributes: number;
  readonly standard: V;
  parse(args: readonly string[], context: ParseContext<V>): Parsed<V>;
  /** The value as CONFIG GET shows it. */
  show(value: V): string;
  same(one: V, other: V): boolean;
  /** The lines of a rewritten file; lines that the old file has beyond these are taken out. */
  lines(value: V): readonly DirectiveLine[];
  /** Which part of a value a line sets, when lines set parts that must not change places. */
  partOf?(args: readonly string[]): string | undefined;
}

export interface DirectiveLine {
  readonly part?: string;
  /** What stands behind the name. */
  readonly text: string;
  /** Added to a file that does not have it; otherwise it only replaces a line that is there. */
  readonly forced: boolean;
}

/** What most directives leave out. */
export interface Extras {
  readonly alias?: string;
  readonly attributes?: number;
}

/** True when the directive has every bit of `attributes`. */
export function hasAttribute(directive: Directive, attributes: number): boolean {
  return (directive.attributes & attributes) === attributes;
}
