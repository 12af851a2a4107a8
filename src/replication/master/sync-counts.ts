/** What was done for replicas since the start or CONFIG RESETSTAT, for INFO stats. */
export class SyncCounts {
  full = 0;
  /** Partial synchronisations granted and refused. */
  partialOk = 0;
  partialErr = 0;
  /** Bytes of the stream and of copies that were given to sockets. */
  sentBytes = 0;

  reset(): void {
    this.full = 0;
    this.partialOk = 0;
    this.partialErr = 0;
    this.sentBytes = 0;
  }
}
