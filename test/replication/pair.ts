// Pairs of master and replica for tests: one of them ours, the other the real server, and what is
// asked of both again and again.

import assert from "node:assert/strict";
import { CommandSource, GRAMMARS } from "../parity/grammar";
import type { RawClient } from "../support/raw-client";
import type { SeededRandom } from "../support/seeds";
import { REAL_SERVER, type ServerOptions, ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

// A small longest string keeps data sets small enough for digests.
const CONFIG = {
  "enable-debug-command": "yes",
  save: "",
  "proto-max-bulk-len": "1mb",
  // A listpack has no minus zero and a skiplist has one, so that in Redis, too, a copy may differ.
  "zset-max-listpack-entries": 0,
};
const FAST_SYNC = { "repl-diskless-sync-delay": 0 };

export async function startMaster(t: Cleanup, config = {}): Promise<ServerProcess> {
  const all = { ...CONFIG, ...FAST_SYNC, ...config };
  return await ServerProcess.start({ program: REAL_SERVER, config: all }, t);
}

export async function startReplica(
  t: Cleanup,
  port: number,
  config = {},
  options: ServerOptions = {},
): Promise<ServerProcess> {
  const all = { ...CONFIG, replicaof: ["127.0.0.1", String(port)], ...config };
  return await ServerProcess.start({ ...options, config: all }, t);
}

export async function field(client: RawClient, section: string, name: string): Promise<string> {
  const reply = await client.command("INFO", section);
  const line = reply
    .toString("latin1")
    .split("\r\n")
    .find((text) => text.startsWith(`${name}:`));
  return line?.slice(name.length + 1) ?? "";
}

export async function linkIsUp(client: RawClient): Promise<void> {
  await waitFor(
    "the link to be up",
    async () => (await field(client, "replication", "master_link_status")) === "up",
  );
}

/** A replica of redis-server, to compare ours with; see `assertEqualData`. */
export async function startRealReplica(t: Cleanup, port: number): Promise<RawClient> {
  const config = { ...CONFIG, replicaof: ["127.0.0.1", String(port)] };
  const client = await (await ServerProcess.start({ program: REAL_SERVER, config }, t)).client();
  await linkIsUp(client);
  return client;
}

/** The replica has all that the master has done. */
export async function assertEqualOffsets(master: RawClient, replica: RawClient): Promise<void> {
  await waitFor("equal offsets", async () => {
    const offsets = await Promise.all(
      [master, replica].map((client) => field(client, "replication", "master_repl_offset")),
    );
    return offsets[0] === offsets[1];
  });
}

/**
 * The replica has all that the master has done, and the same data as `beside`: the master itself, or
 * after random commands another replica of it. For redis-server's own replicas do not have its data
 * after every sequence of commands (seeds 23 and 27 with 6000 of them, for instance).
 */
export async function assertEqualData(
  master: RawClient,
  replica: RawClient,
  beside = master,
): Promise<void> {
  let shown = "";
  await waitFor("equal offsets and digests", async () => {
    const offsets = await Promise.all([
      field(master, "replication", "master_repl_offset"),
      field(replica, "replication", "master_repl_offset"),
      field(beside, "replication", "master_repl_offset"),
    ]);
    if (offsets.some((offset) => offset !== offsets[0])) return false;
    const digests = await Promise.all(
      [beside, replica].map((client) => client.command("DEBUG", "DIGEST")),
    );
    shown = digests.join(" ");
    // A key may expire between the two questions; then they are asked again.
    return String(digests[0]) === String(digests[1]);
  }).catch((error: unknown) => assert.fail(`${String(error)}: ${shown}`));
}

/** Random commands of all types, with what the grammars draw for them. */
export async function sendRandom(
  client: RawClient,
  random: SeededRandom,
  count: number,
): Promise<void> {
  const source = new CommandSource(random, GRAMMARS);
  for (let sent = 0; sent < count; sent += 50) {
    const batch = Array.from({ length: 50 }, () => source.next()).filter(isHarmless);
    for (const words of batch) client.send(...words);
    for (const _ of batch) await client.readReply();
  }
}

/** Neither ends the connection nor changes how it replies, and is over at once. */
function isHarmless(words: readonly Buffer[]): boolean {
  const name = words[0].toString("latin1").toLowerCase();
  return !/^(hello|quit|reset|client|subscribe|psubscribe|ssubscribe|monitor|auth|debug)$/.test(
    name,
  );
}
