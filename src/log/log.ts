/**
 * What the rest of the house knows of the log: levels, the role in front of each line, and where to
 * say something. How lines look and where they go is chosen once, in create-log.ts.
 *
 * What always holds: a text is complete by itself; fields repeat for machines what it says.
 */

/** From the most to the least; `nothing` is no level of a line but silences all of them. */
export const LOG_LEVELS = ["debug", "verbose", "notice", "warning"] as const;
export type LineLevel = (typeof LOG_LEVELS)[number];
export type LogLevel = LineLevel | "nothing";

/**
 * Who speaks. A process that is not a server yet, or works for one, is a child, as in Redis, whose
 * readers look for the letters X, C, S and M.
 */
export type LogRole = "sentinel" | "child" | "replica" | "master";

export type LogFields = Readonly<Record<string, string | number | bigint | boolean>>;

export interface Log {
  readonly level: LogLevel;
  setLevel(level: LogLevel): void;
  setRole(role: LogRole): void;
  /** Whether a line of that level would be written; for texts that are dear to make. */
  writes(level: LineLevel): boolean;

  debug(text: string, fields?: LogFields): void;
  verbose(text: string, fields?: LogFields): void;
  notice(text: string, fields?: LogFields): void;
  warning(text: string, fields?: LogFields): void;

  /** A text of several lines without prefix, such as the banner or a crash report. */
  block(level: LineLevel, text: string): void;
}
