// The keyspace events that a real server publishes for a command, as `event key`, with ` @db` behind
// where the database is not 0: the form in which CommandEngine notes its own.

import type { RawClient } from "./raw-client";

const LAST_EVENT = "\x00end";

export class PublishedEvents {
  private constructor(
    private readonly client: RawClient,
    private readonly listener: RawClient,
  ) {}

  /** Listens from now on. The server must have notify-keyspace-events set, with E among it. */
  static async listen(client: RawClient, listener: RawClient): Promise<PublishedEvents> {
    await listener.command("PSUBSCRIBE", "__keyevent@*__:*");
    return new PublishedEvents(client, listener);
  }

  /** Sends one command and waits for everything that it publishes. */
  async of(words: readonly Buffer[]): Promise<string[]> {
    await this.client.command(...words);
    // A message of our own marks the end of what the command has published.
    await this.client.command("PUBLISH", "__keyevent@0__:mark", LAST_EVENT);
    const events: string[] = [];
    for (;;) {
      const message = await this.listener.readReply();
      const parts = message.toString("latin1").split("\r\n");
      const [, database = "", event = ""] = /^__keyevent@(\d+)__:(.*)$/.exec(parts[6] ?? "") ?? [];
      const key = parts[8] ?? "";
      if (key === LAST_EVENT) return events;
      events.push(`${event} ${key}${database === "0" ? "" : ` @${database}`}`);
    }
  }
}
