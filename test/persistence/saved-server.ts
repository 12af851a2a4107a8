// What tests of saving and loading do again and again with a server: fill it, take its fingerprint,
// wait for the end of a save, start another one on the same files.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RawClient } from "../support/raw-client";
import { REAL_SERVER, type ServerOptions, ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

const CONFIG = { "enable-debug-command": "yes", "enable-protected-configs": "yes" };

/** Removed after the test. */
export function dataDir(t: Cleanup): string {
  const dir = mkdtempSync(join(tmpdir(), "snapshots-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function startIn(
  dir: string,
  t: Cleanup,
  options: ServerOptions = {},
): Promise<{ server: ServerProcess; client: RawClient }> {
  const config = { ...CONFIG, ...options.config };
  const server = await ServerProcess.start({ ...options, dir, config }, t);
  return { server, client: await server.client() };
}

export const REAL: ServerOptions = { program: REAL_SERVER };

/** Keys of several types, with and without expiry, in two databases. */
export async function fill(client: RawClient, keys: number): Promise<void> {
  await client.call("SELECT", "3");
  await client.call("SET", "elsewhere", "x".repeat(300));
  await client.call("SELECT", "0");
  await client.call("DEBUG", "POPULATE", String(keys), "key", "40");
  await client.call("SET", "__proto__", Buffer.from([0, 255, 13, 10]));
  await client.call("SET", "", "empty name");
  await client.call("SET", "big", "text ".repeat(60_000));
  await client.call("SET", "soon", "v", "PX", "100000000");
  await client.call("RPUSH", "list", ...Array.from({ length: 500 }, (_, i) => `element ${i}`));
  await client.call("SADD", "numbers", "1", "2", "300000");
  await client.call("SADD", "words", ...Array.from({ length: 300 }, (_, i) => `word ${i}`));
  await client.call("HSET", "hash", "field", "value", "other", "17");
  for (let i = 0; i < 200; i++) await client.call("ZADD", "zset", String(i / 3), `member ${i}`);
}

export async function digest(client: RawClient): Promise<string> {
  return String(await client.call("DEBUG", "DIGEST"));
}

/** The fields of INFO persistence and stats. */
export async function info(client: RawClient): Promise<ReadonlyMap<string, string>> {
  const text = String(await client.call("INFO", "everything"));
  const pairs = text.split("\r\n").map((line) => line.split(":") as [string, string]);
  return new Map(pairs);
}

export async function untilSaved(client: RawClient): Promise<ReadonlyMap<string, string>> {
  return waitFor("end of the background save", async () => {
    const fields = await info(client);
    return fields.get("rdb_bgsave_in_progress") === "0" ? fields : null;
  });
}
