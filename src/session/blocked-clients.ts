import type { Client } from "./client";

/** The clients that wait in a blocking command, as the session's commands see them. */
export interface BlockedClients {
  readonly count: number;
  /** Those whose wait ends at a time. */
  readonly timedCount: number;
  /** Keys that are waited for, and those of them whose end would be told, too (INFO clients). */
  readonly keyCount: number;
  readonly keyCountWhenGone: number;
  /**
   * Ends a client's wait as if its time were over, or with an error, of CLIENT UNBLOCK if it is not
   * told. False when it does not wait.
   */
  unblock(client: Client, withError: boolean, error?: string): boolean;
}

/** For a role without blocking commands. */
export const NOBODY_BLOCKED: BlockedClients = {
  count: 0,
  timedCount: 0,
  keyCount: 0,
  keyCountWhenGone: 0,
  unblock: () => false,
};
