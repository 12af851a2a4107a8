// A client that writes random values of all types, at a steady pace or until it is told to stop.

import { setTimeout as delay } from "node:timers/promises";
import type { CommandSource } from "../../parity/grammar";
import type { RawClient } from "../../support/raw-client";

const BATCH = 20;
const PAUSE_MS = 10;

export class AllTypeWriter {
  sent = 0;

  constructor(
    private readonly client: RawClient,
    private readonly source: CommandSource,
  ) {}

  /** Spreads `count` commands over `durationMs`, or takes longer when the server does. */
  async write(count: number, durationMs: number): Promise<void> {
    const begun = performance.now();
    for (let written = 0; written < count; ) {
      const leftMs = begun + (written / count) * durationMs - performance.now();
      if (leftMs > 1) await delay(leftMs);
      const size = Math.min(BATCH, count - written);
      await this.batch(size);
      written += size;
    }
  }

  async writeUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.batch(BATCH);
      await delay(PAUSE_MS);
    }
  }

  /** Sends some commands and waits for their replies, whatever those are. */
  async batch(count: number): Promise<void> {
    for (let left = count; left > 0; left--) this.client.send(...this.source.next());
    for (let left = count; left > 0; left--) await this.client.readReply();
    this.sent += count;
  }
}
