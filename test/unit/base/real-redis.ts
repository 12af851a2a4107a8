/**
 * Starts Debian's redis-server on a unix socket in a folder of its own, as the authority that the
 * property tests of this room ask. Not a test, and not for tests of this project's own server.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** A reason to skip, or false: given to node:test as `skip`. */
export const withoutRealRedis: string | false =
  spawnSync("redis-server", ["--version"]).status === 0 ? false : "no redis-server installed";

export interface RealRedis {
  /** A RESP2 client; `callBuffer` gives replies as bytes. */
  readonly client: Redis;
  readonly socketPath: string;
  stop(): Promise<void>;
}

/** Resolves when the server accepts connections; rejects with its output when it ends before. */
export async function startRealRedis(): Promise<RealRedis> {
  const folder = mkdtempSync(join(tmpdir(), "base-redis-"));
  const socketPath = join(folder, "redis.sock");
  const options = ["--port", "0", "--unixsocket", socketPath, "--dir", folder, "--save", ""];
  const child = spawn("redis-server", [...options, "--enable-debug-command", "yes"]);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let output = "";
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`redis-server ended: ${output}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("latin1");
      if (output.includes("ready to accept connections")) resolve();
    });
  });
  const client = new Redis({ path: socketPath });
  return {
    client,
    socketPath,
    async stop() {
      client.disconnect();
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
