// R18: a disk of a few megabytes is full while the server appends, saves or rewrites. Writes are
// refused with MISCONF and reads go on; when there is room again, all goes on; what was acknowledged is
// there after the next start.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { info, untilSaved } from "../persistence/saved-server";
import type { RawClient } from "../support/raw-client";
import { OUR_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "./fault-row";
import { NumberedWriter } from "./numbered-writer";

const MOUNT = "/usr/bin/mount";
const UNMOUNT = "/usr/bin/umount";
const DISK_MB = 4;
const BLOCK_BYTES = 4096;
const NUMBERS = 200;
const PATIENCE_MS = 30_000;
const BALLAST = "ballast";
/** Of syncing the append only file; none saves by files alone. */
const POLICIES = ["none", "everysec", "always", "no"];

/** A file system in memory with little room; undefined where nobody may mount one. */
function smallDisk(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), "full-disk-"));
  try {
    execFileSync(MOUNT, ["-t", "tmpfs", "-o", `size=${DISK_MB}m`, "tmpfs", dir], {
      stdio: "ignore",
    });
    return dir;
  } catch {
    rmSync(dir, { recursive: true, force: true });
    return undefined;
  }
}

function removeDisk(dir: string): void {
  execFileSync(UNMOUNT, ["-l", dir]);
  rmSync(dir, { recursive: true, force: true });
}

/** Leaves room for so many bytes. */
function fillDisk(dir: string, leftBytes: number): void {
  const { bavail, bsize } = statfsSync(dir);
  const bytes = Math.max(0, bavail * bsize - leftBytes);
  writeFileSync(join(dir, BALLAST), Buffer.alloc(bytes - (bytes % BLOCK_BYTES)));
}

const freeDisk = (dir: string): void => rmSync(join(dir, BALLAST), { force: true });

class FullDisk {
  readonly told: string[] = [];
  readonly #writer = new NumberedWriter(0);

  constructor(
    private readonly run: FaultRun,
    private readonly dir: string,
    private readonly policy: string,
  ) {}

  /** What went wrong, in a sentence each. */
  async try(): Promise<string[]> {
    const { dir, run, policy } = this;
    const config: Record<string, string> =
      policy === "none"
        ? { save: "3600 1" }
        : { appendonly: "yes", appendfsync: policy, "auto-aof-rewrite-percentage": "0" };
    const options = { program: run.subject, dir, config };
    const server = await ServerProcess.start(options);
    const client = await server.client();
    const wrong = policy === "none" ? await this.#save(client) : await this.#append(server, client);
    if (policy === "none") await client.call("SAVE");
    server.kill("SIGKILL");
    await server.exited;
    await client.close();
    const again = await ServerProcess.start(options);
    const reader = await again.client();
    wrong.push(...(await this.#writer.compare(reader)));
    await reader.close();
    await again.stop();
    return wrong;
  }

  async #save(client: RawClient): Promise<string[]> {
    const { dir, run } = this;
    const writer = this.#writer;
    await writer.write(client, run.random, () => writer.sent >= NUMBERS);
    await client.call("SAVE");
    await client.call("SET", "large", run.random.bytes(500_000));
    fillDisk(dir, 100_000);
    await client.call("BGSAVE");
    const status = (await untilSaved(client)).get("rdb_last_bgsave_status");
    const wrong = status === "err" ? [] : ["BGSAVE succeeds on a full disk"];
    wrong.push(...(await this.#refused(client)));
    const left = readdirSync(dir).filter((name) => name.startsWith("temp-"));
    if (left.length > 0) wrong.push(`${left.join(" ")} is left behind`);
    freeDisk(dir);
    await client.call("BGSAVE");
    await untilSaved(client);
    wrong.push(...(await this.#taken(client)));
    return wrong;
  }

  async #append(server: ServerProcess, client: RawClient): Promise<string[]> {
    const { dir, run, policy } = this;
    const writer = this.#writer;
    await writer.write(client, run.random, () => writer.sent >= NUMBERS);
    // 7.0.15 cuts a half write off at the wrong place in a file that it has begun for a rewrite.
    const wrong = run.subject === OUR_SERVER ? await this.#rewrite(client) : [];
    fillDisk(dir, 20_000);
    await writer.write(client, run.random, () => writer.sent >= 50 * NUMBERS);
    if (writer.refusal === "" && server.running() && writer.sent >= 50 * NUMBERS) {
      wrong.push("nothing is refused");
    }
    if (!server.running() || policy === "always") {
      // The real one ends, which is right, too: nothing was acknowledged that is not there.
      const isEnded = await waitFor("end", () => !server.running(), { timeoutMs: 500 }).catch(
        () => false,
      );
      if (isEnded) {
        this.told.push(`${policy}: ended`);
        freeDisk(dir);
        return wrong;
      }
    }
    wrong.push(...(await this.#refused(client)));
    freeDisk(dir);
    writer.sent = writer.acknowledged;
    wrong.push(...(await this.#taken(client)));
    const last = writer.acknowledged + NUMBERS;
    await writer.write(client, run.random, () => writer.sent >= last);
    if (writer.refusal !== "") wrong.push(`with room again: ${writer.refusal}`);
    return wrong;
  }

  /** A rewrite that finds no room fails and leaves nothing, and the next succeeds. */
  async #rewrite(client: RawClient): Promise<string[]> {
    const { dir, run } = this;
    await client.call("SET", "large", run.random.bytes(600_000));
    fillDisk(dir, 200_000);
    const wrong: string[] = [];
    if ((await statusOfRewrite(client)) !== "err") wrong.push("a rewrite succeeds on a full disk");
    freeDisk(dir);
    if ((await statusOfRewrite(client)) !== "ok")
      wrong.push("a rewrite fails though there is room");
    return wrong;
  }

  async #refused(client: RawClient): Promise<string[]> {
    const wrong: string[] = [];
    const reply = JSON.stringify(await client.call("SET", "small", "1"));
    if (!reply.includes("MISCONF")) wrong.push(`a write is answered ${reply}`);
    if (!Array.isArray(await client.call("LRANGE", "numbers:0", "0", "5"))) {
      wrong.push("a read is refused");
    }
    this.told.push(`${this.policy}: refused`);
    return wrong;
  }

  async #taken(client: RawClient): Promise<string[]> {
    const isTaken = async () => (await client.call("SET", "small", "1")) === "OK";
    return waitFor("writes to be taken again", isTaken, { timeoutMs: PATIENCE_MS }).then(
      () => [],
      (error) => [String(error)],
    );
  }
}

async function statusOfRewrite(client: RawClient): Promise<string | undefined> {
  await client.call("BGREWRITEAOF");
  const fields = await waitFor(
    "end of the rewrite",
    async () => {
      const found = await info(client);
      return found.get("aof_rewrite_in_progress") === "0" ? found : null;
    },
    { timeoutMs: PATIENCE_MS },
  );
  return fields.get("aof_last_bgrewrite_status");
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const told: string[] = [];
  const policies = run.share < 1 ? [run.random.pick(POLICIES)] : POLICIES;
  for (const policy of policies) {
    const dir = smallDisk();
    if (dir === undefined) return { text: "nobody may mount a small disk here", misses: [] };
    try {
      const disk = new FullDisk(run, dir, policy);
      for (const wrong of await disk.try()) misses.add(`${policy}: ${wrong}`);
      told.push(...disk.told);
    } catch (error) {
      misses.add(`${policy}: ${String(error)}`);
    } finally {
      removeDisk(dir);
    }
  }
  return {
    text: `a full disk while saving, appending and rewriting (${told.join(", ")}), ${misses.count} wrong`,
    misses: misses.texts,
  };
}

export const FULL_DISK: FaultRow = {
  id: "R18",
  summary: "a full disk: writes are refused, reads go on, and all recovers when there is room",
  run,
};
