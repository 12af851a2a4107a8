// The append only file on a disk that gets full and empty again (R18): a small tmpfs that only the
// server's process sees. Left out where nothing can be mounted.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RawClient } from "../support/raw-client";
import type { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { AOF_ON, SERVERS, untilRewritten } from "./aof-server";
import { dataDir, digest, info, startIn } from "./saved-server";

const MOUNT = 'mount -t tmpfs -o size=1m tmpfs "$0" && cd "$0" && exec "$@"';
const UNSHARE = "/usr/bin/unshare";
const MISCONF = "-MISCONF Errors writing to the AOF file: No space left on device\r\n" as const;
const BLOCK = Buffer.alloc(4096);

function onSmallDisk(dir: string): readonly string[] {
  return [UNSHARE, "-m", "sh", "-c", MOUNT, dir];
}

const canMount = spawnSync(UNSHARE, ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
const skip = canMount ? false : "nothing can be mounted here";

/** The disk as the server sees it: a file that takes all the room there is. */
function fillerOf(server: ServerProcess, dir: string): string {
  return join(`/proc/${server.pid}/root`, dir, "filler");
}

function fillUp(path: string): void {
  const file = openSync(path, "w");
  try {
    for (;;) writeSync(file, BLOCK);
  } catch (error) {
    assert.match(String(error), /ENOSPC/);
  } finally {
    closeSync(file);
  }
}

/** Writes until the server refuses; returns its refusal. */
async function untilRefused(client: RawClient): Promise<string> {
  return waitFor("a refused write", async () => {
    const reply = String(await client.command("APPEND", "text", "x".repeat(1000)));
    return reply.startsWith("-") ? reply : null;
  });
}

for (const [name, options] of SERVERS) {
  test(`${name} refuses writes while the disk is full, and recovers`, { skip }, async (t) => {
    const dir = dataDir(t);
    const { server, client } = await startIn(dir, t, {
      ...options,
      under: onSmallDisk(dir),
      config: AOF_ON,
    });
    const filler = fillerOf(server, dir);
    for (let i = 0; i < 20; i++) await client.call("INCR", "n");
    fillUp(filler);
    assert.equal(await untilRefused(client), MISCONF);
    assert.equal(String(await client.command("PING")), MISCONF);
    assert.equal(await client.call("GET", "n"), "20");
    assert.equal((await info(client)).get("aof_last_write_status"), "err");
    assert.match(
      server.logs(),
      /Error writing to the AOF file: No space|Short write while writing/,
    );
    rmSync(filler);
    await waitFor("writes are taken again", async () => {
      return String(await client.command("INCR", "n")) === ":21\r\n";
    });
    assert.match(server.logs(), /AOF write error looks solved, Redis can write again\./);
    assert.equal((await info(client)).get("aof_last_write_status"), "ok");
    const expected = await digest(client);
    await client.call("DEBUG", "LOADAOF");
    assert.equal(await digest(client), expected, "what was acknowledged is in the file");
    await client.close();
  });
}

test("a rewrite that finds the disk full leaves the old files", { skip }, async (t) => {
  const dir = dataDir(t);
  const { server, client } = await startIn(dir, t, { under: onSmallDisk(dir), config: AOF_ON });
  await client.call("SET", "large", "abcdefghij".repeat(1000));
  for (let i = 0; i < 100; i++)
    await client.call("SETRANGE", `key:${i}`, String(i * 7), `${i * i}`);
  const expected = await digest(client);
  const filler = fillerOf(server, dir);
  fillUp(filler);
  await client.command("BGREWRITEAOF");
  await untilRewritten(client);
  assert.equal((await info(client)).get("aof_last_bgrewrite_status"), "err");
  rmSync(filler);
  await client.call("DEBUG", "LOADAOF");
  assert.equal(await digest(client), expected);
  await client.call("BGREWRITEAOF");
  const fields = await untilRewritten(client);
  assert.equal(fields.get("aof_last_bgrewrite_status"), "ok");
  assert.equal(fields.get("aof_rewrites_consecutive_failures"), "0");
  await client.call("DEBUG", "LOADAOF");
  assert.equal(await digest(client), expected);
  await client.close();
});

for (const [name, options] of SERVERS) {
  test(`${name} ends under appendfsync always when the disk is full`, { skip }, async (t) => {
    const dir = dataDir(t);
    const { server, client } = await startIn(dir, t, {
      ...options,
      under: onSmallDisk(dir),
      config: { ...AOF_ON, appendfsync: "always" },
    });
    fillUp(fillerOf(server, dir));
    for (let i = 0; i < 20; i++) client.send("APPEND", "text", "x".repeat(1000));
    const { code } = await server.exited;
    assert.equal(code, 1);
    assert.match(server.logs(), /Can't recover from AOF write error when the AOF fsync policy is/);
  });
}
