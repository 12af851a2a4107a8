/** What the session writes to the log. */
export interface SessionLog {
  /** Whether a line of that level would be written; for texts that are dear to make. */
  writes(level: "debug" | "verbose" | "notice" | "warning"): boolean;
  debug(text: string): void;
  verbose(text: string): void;
  notice(text: string): void;
  warning(text: string): void;
}
