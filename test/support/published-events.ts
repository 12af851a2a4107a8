// The keyspace events that a real server publishes for a command, as `event key`, with ` @db` behind
// where the database is not 0: the form in which CommandEngine notes its own.

import assert from "node:assert/strict";
import { splitArguments } from "../../src/base/quoting";
import type { CommandEngine } from "./command-engine";
import type { RawClient } from "./raw-client";
import { REAL_SERVER, ServerProcess } from "./server-process";
import type { Cleanup } from "./temp-dir";

const LAST_EVENT = "\x00end";

/**
 * Runs lines of commands on an engine and on a real server that expires nothing by itself, and
 * compares the events and the number of changes after each.
 */
export async function compareEvents(
  cleanup: Cleanup,
  engine: CommandEngine,
  commands: string,
): Promise<void> {
  const config = { "notify-keyspace-events": "EAnm", "enable-debug-command": "yes" };
  const real = await ServerProcess.start({ program: REAL_SERVER, config }, cleanup);
  const client = await real.client();
  const listener = await real.client();
  const published = await PublishedEvents.listen(client, listener);
  await client.command("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  const lines = commands.split("\n").map((line) => line.trim());
  for (const line of lines.filter((text) => text !== "")) {
    const words = wordsOf(line);
    const expected = await published.of(words);
    engine.run(...words);
    assert.deepEqual(engine.events.splice(0), expected, line);
    assert.equal(engine.keyspace.stats.changes, await changesOf(client), `changes after ${line}`);
  }
  await client.close();
  await listener.close();
}

/** The words of a line, quoted as redis-cli has it. */
export function wordsOf(line: string): Buffer[] {
  const bytes = Buffer.from(line);
  return (splitArguments(bytes, 0, bytes.length) ?? []).map((word) => Buffer.from(word));
}

async function changesOf(client: RawClient): Promise<number> {
  const text = String(await client.call("INFO", "persistence"));
  return Number(/rdb_changes_since_last_save:(\d+)/.exec(text)?.[1]);
}

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
