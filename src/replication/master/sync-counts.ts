import { InstantRate } from "../../session/instant-rate";

/** What was done for replicas, and came from a master, since the start or CONFIG RESETSTAT. */
export class SyncCounts {
  full = 0;
  /** Partial synchronisations granted and refused. */
  partialOk = 0;
  partialErr = 0;
  /** Bytes of the stream and of copies that were given to sockets. */
  sentBytes = 0;
  /** Of the stream and of copies, from this server's master. */
  receivedBytes = 0;
  readonly #sent = new InstantRate();
  readonly #received = new InstantRate();

  get sentKibPerSecond(): number {
    return this.#sent.perSecond / 1024;
  }

  get receivedKibPerSecond(): number {
    return this.#received.perSecond / 1024;
  }

  /** Called ten times a second. */
  sample(monotonicMs: number): void {
    this.#sent.sample(this.sentBytes, monotonicMs);
    this.#received.sample(this.receivedBytes, monotonicMs);
  }

  reset(): void {
    this.full = 0;
    this.partialOk = 0;
    this.partialErr = 0;
    this.sentBytes = 0;
    this.receivedBytes = 0;
    this.#sent.reset();
    this.#received.reset();
  }
}
