/** What reading `sentinel ...` lines asks of the world; tests answer from memory. */
export interface LineContext {
  /** Of the monotonic clock that steps are given. */
  readonly nowMs: number;
  /**
   * The address that a host name stands for; undefined when nobody knows it. Asked only where
   * `resolve-hostnames` allows names.
   */
  resolve(host: string): string | undefined;
  /** Whether this user may run the file (a path as byte text). */
  isExecutable(path: string): boolean;
  /** A sentence for the log, at level warning. */
  warn(sentence: string): void;
}
