// Keys that two servers do not have alike, to find the command to blame.

import type { RawClient } from "./raw-client";

export interface DifferingKey {
  readonly db: string;
  readonly key: string | Buffer;
  /** In quotes, for messages. */
  readonly shown: string;
}

/** Compares values and the times when keys expire. Both clients have the last database selected then. */
export async function differingKeys(
  one: RawClient,
  other: RawClient,
  databases: readonly string[],
): Promise<DifferingKey[]> {
  const found: DifferingKey[] = [];
  for (const db of databases) {
    const keys = new Map<string, string | Buffer>();
    for (const client of [one, other]) {
      await client.call("SELECT", db);
      const names = await client.call("KEYS", "*");
      for (const name of Array.isArray(names) ? names : []) {
        keys.set(JSON.stringify(name), Buffer.isBuffer(name) ? name : String(name));
      }
    }
    for (const [shown, key] of keys) {
      const [here, there] = await Promise.all([described(one, key), described(other, key)]);
      if (here !== there) found.push({ db, key, shown });
    }
  }
  return found;
}

async function described(client: RawClient, key: string | Buffer): Promise<string> {
  const digest = (await client.command("DEBUG", "DIGEST-VALUE", key)).toString();
  return digest + (await client.command("PEXPIRETIME", key)).toString();
}
