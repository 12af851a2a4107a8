/**
 * How long the one thread that serves clients was busy at a stretch: with a turn, with a slice of
 * background work, with a tick of periodic work. What a client waits in the worst case for reasons
 * that lie in this process is the longest of them.
 *
 * What always holds: each stretch is counted once, from its first command to the moment its replies
 * are handed to the transport.
 */
export class TurnTimes {
  count = 0;
  totalMs = 0;
  /** Since the start or the last CONFIG RESETSTAT. */
  longestMs = 0;

  add(durationMs: number): void {
    this.count++;
    this.totalMs += durationMs;
    if (durationMs > this.longestMs) this.longestMs = durationMs;
  }

  reset(): void {
    this.count = 0;
    this.totalMs = 0;
    this.longestMs = 0;
  }
}
