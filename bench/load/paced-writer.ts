// Writes to a server at a fixed rate all the while something else goes on, and tells how long the
// writes took. The writing is done by a thread of its own.

import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { PacedReport, PacedWriting } from "./paced-writer-thread";

export class PacedWriter {
  readonly #worker: Worker;
  readonly #failed: Promise<never>;

  private constructor(writing: PacedWriting) {
    this.#worker = new Worker(join(__dirname, "paced-writer-thread.js"), { workerData: writing });
    this.#failed = once(this.#worker, "error").then(([error]) => {
      throw error;
    });
    this.#failed.catch(() => {});
  }

  static async start(writing: PacedWriting): Promise<PacedWriter> {
    const writer = new PacedWriter(writing);
    await writer.#answer();
    return writer;
  }

  /** What was answered since the last report, or the start. */
  report(): Promise<PacedReport> {
    const answer = this.#answer();
    this.#worker.postMessage("report");
    return answer;
  }

  /** What was answered in so long a time, after as long a time that does not count. */
  async steadyReport(lengthMs: number): Promise<PacedReport> {
    await delay(lengthMs);
    await this.report();
    await delay(lengthMs);
    return await this.report();
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  async #answer(): Promise<PacedReport> {
    const [message] = await Promise.race([once(this.#worker, "message"), this.#failed]);
    return message as PacedReport;
  }
}
