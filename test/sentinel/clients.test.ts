// Client libraries that ask Sentinels for the master keep working through a failover: ioredis,
// node-redis and redis-py, with three of our Sentinels over our servers.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { createSentinel } from "redis";
import { canRun, OUR_SENTINEL, OUR_SERVER } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { Fleet, MASTER_NAME } from "./fleet";

const PYTHON = "/usr/bin/python3";
// This file is compiled to dist/test/sentinel; the script is not.
const SCRIPT = resolve(__dirname, "..", "..", "..", "test", "sentinel", "python-client.py");
const WRITE_EVERY_MS = 20;
const WRITES_ENOUGH = 10;
const GO_ON_TIMEOUT_MS = 15_000;

/** Writes again and again; how many writes were taken so far. */
interface Writing {
  readonly name: string;
  count(): number;
  stop(): Promise<void>;
}

function keepWriting(name: string, write: () => Promise<unknown>, end: () => unknown): Writing {
  let count = 0;
  let isStopped = false;
  const loop = async (): Promise<void> => {
    while (!isStopped) {
      await write().then(
        () => {
          count += 1;
        },
        () => undefined,
      );
      await delay(WRITE_EVERY_MS);
    }
  };
  const done = loop();
  return {
    name,
    count: () => count,
    stop: async () => {
      isStopped = true;
      await end();
      await done;
    },
  };
}

function ioredisWriting(ports: readonly number[]): Writing {
  const redis = new Redis({
    sentinels: ports.map((port) => ({ host: "127.0.0.1", port })),
    name: MASTER_NAME,
    sentinelRetryStrategy: () => 50,
    retryStrategy: () => 50,
  });
  redis.on("error", () => undefined);
  return keepWriting(
    "ioredis",
    () => redis.incr("by:ioredis"),
    () => redis.disconnect(),
  );
}

async function nodeRedisWriting(ports: readonly number[]): Promise<Writing> {
  const sentinel = createSentinel({
    name: MASTER_NAME,
    sentinelRootNodes: ports.map((port) => ({ host: "127.0.0.1", port })),
    scanInterval: 500,
  });
  sentinel.on("error", () => undefined);
  await sentinel.connect();
  const within = <T>(promise: Promise<T>): Promise<T | undefined> =>
    Promise.race([promise, delay(2000).then(() => Promise.reject(new Error("no answer")))]);
  return keepWriting(
    "node-redis",
    () => within(sentinel.incr("by:node-redis")),
    () => sentinel.destroy(),
  );
}

function pythonWriting(ports: readonly number[]): Writing | undefined {
  const hasLibrary =
    existsSync(PYTHON) && spawnSync(PYTHON, ["-c", "import redis.sentinel"]).status === 0;
  if (!hasLibrary) return undefined;
  const words = [SCRIPT, MASTER_NAME, ...ports.map(String)];
  const child: ChildProcess = spawn(PYTHON, words, { stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  child.stdout?.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  return {
    name: "redis-py",
    count: () => text.split("\n").filter((line) => line === "ok").length,
    stop: async () => {
      child.stdin?.end();
      await ended;
    },
  };
}

export async function clientsGoOn(t: Cleanup, server: string, sentinel: string): Promise<void> {
  const fleet = await Fleet.start(
    { servers: [server, server, server], sentinels: [sentinel, sentinel, sentinel] },
    t,
  );
  const ports = fleet.sentinels.map((one) => one.port);
  const python = pythonWriting(ports);
  const writings = [ioredisWriting(ports), await nodeRedisWriting(ports)];
  if (python !== undefined) writings.push(python);
  try {
    const wrote = (before: readonly number[]) =>
      waitFor(
        "each client to have written",
        () => writings.every((one, index) => one.count() >= (before[index] ?? 0) + WRITES_ENOUGH),
        { timeoutMs: GO_ON_TIMEOUT_MS },
      ).catch((error) => {
        const counts = writings.map(
          (one, index) => `${one.name} ${one.count()} (${before[index]})`,
        );
        throw new Error(`${String(error)}: ${counts.join(", ")}`);
      });
    await wrote([]);
    fleet.nodes[0].process.kill("SIGKILL");
    await waitFor(
      "another master",
      async () => (await fleet.masterPortBy(fleet.sentinels[0])) !== fleet.nodes[0].port,
      { timeoutMs: GO_ON_TIMEOUT_MS, intervalMs: 20 },
    );
    await wrote(writings.map((one) => one.count()));
    const newMaster = fleet.nodeAt(await fleet.masterPortBy(fleet.sentinels[0]));
    const client = await newMaster.process.client();
    const keys = await client.call("EXISTS", "by:ioredis", "by:node-redis", "by:python");
    await client.close();
    assert.equal(keys, writings.length);
  } finally {
    await Promise.all(writings.map((one) => one.stop()));
  }
}

describe("clients of Sentinels", { skip: !canRun(OUR_SERVER) || !canRun(OUR_SENTINEL) }, () => {
  test("ioredis, node-redis and redis-py go on after a failover", async (t) => {
    await clientsGoOn(t, OUR_SERVER, OUR_SENTINEL);
  });
});
