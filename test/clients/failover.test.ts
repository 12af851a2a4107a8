// Applications that write while FAILOVER hands the role of the master to and fro. They know one address,
// which leads to the master; those of the libraries that are told to connect again when they are told
// READONLY go on by themselves. Nothing that was acknowledged is lost.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { suite, test } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { field, linkIsUp } from "../replication/pair";
import type { RawClient } from "../support/raw-client";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { TcpProxy } from "../support/tcp-proxy";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

/** An application that adds numbers to the set `written`, and remembers those that were acknowledged. */
interface Application {
  readonly acknowledged: readonly string[];
  /** Ends when the last number is acknowledged. */
  stop(): Promise<void>;
}

/** To redis-server only to show that the test is right. */
const KINDS = [
  { kind: "ours", program: OUR_SERVER, count: 3 },
  { kind: "redis-server", program: REAL_SERVER, count: 1 },
];
const WRITES_BETWEEN = 30;
const AGAIN_MS = 20;
const PYTHON = "/usr/bin/python3";
const HAS_PYTHON_CLIENT = spawnSync(PYTHON, ["-c", "import redis"]).status === 0;

class Deployment {
  readonly #clients: RawClient[] = [];

  private constructor(
    private readonly servers: readonly ServerProcess[],
    readonly address: TcpProxy,
  ) {}

  static async start(t: Cleanup, program: string): Promise<Deployment> {
    const config = { save: "", "repl-diskless-sync-delay": 0, "shutdown-timeout": 0 };
    const servers = [
      await ServerProcess.start({ program, config }, t),
      await ServerProcess.start({ program, config }, t),
    ];
    const address = await TcpProxy.start(servers[0].port, t);
    const deployment = new Deployment(servers, address);
    for (const server of servers) deployment.#clients.push(await server.client());
    t.after(() => Promise.all(deployment.#clients.map((client) => client.close())));
    await deployment.#clients[1].call("REPLICAOF", "127.0.0.1", String(servers[0].port));
    await linkIsUp(deployment.#clients[1]);
    return deployment;
  }

  /** The other server becomes the master; then the address leads to it. */
  async failOver(): Promise<void> {
    const [first, second] = this.#clients;
    const isFirst = this.address.targetPort === this.servers[0].port;
    const [master, replica] = isFirst ? [first, second] : [second, first];
    await waitFor("FAILOVER to begin", async () => (await master.call("FAILOVER")) === "OK");
    await waitFor("the new master", async () => {
      return (await field(replica, "replication", "role")) === "master";
    });
    this.address.targetPort = this.servers[isFirst ? 1 : 0].port;
    await linkIsUp(master);
  }

  /** What each of the two has of the set. */
  written(): Promise<readonly ReadonlySet<string>[]> {
    return Promise.all(
      this.#clients.map(async (client) => {
        const members = await client.call("SMEMBERS", "written");
        return new Set(Array.isArray(members) ? members.map(String) : []);
      }),
    );
  }
}

/** Writes one number after the other; what fails is tried again. */
class Writing implements Application {
  readonly acknowledged: string[] = [];
  #isOver = false;
  readonly #ended: Promise<void>;

  constructor(
    add: (member: string) => Promise<unknown>,
    private readonly close: () => unknown,
  ) {
    this.#ended = this.#write(add);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
    this.close();
  }

  async #write(add: (member: string) => Promise<unknown>): Promise<void> {
    for (let number = 0; !this.#isOver; number++) {
      const member = String(number);
      await waitFor("a write to be taken", async () => (await add(member)) !== undefined, {
        timeoutMs: 30_000,
        intervalMs: AGAIN_MS,
      });
      this.acknowledged.push(member);
    }
  }
}

function useIoredis(port: number): Application {
  const redis = new Redis(port, "127.0.0.1", {
    reconnectOnError: ({ message }) => (message.startsWith("READONLY") ? 2 : false),
    retryStrategy: () => AGAIN_MS,
  });
  redis.on("error", () => undefined);
  return new Writing(
    (member) => redis.sadd("written", member),
    () => redis.disconnect(),
  );
}

async function useNodeRedis(port: number): Promise<Application> {
  const socket = { host: "127.0.0.1", port, reconnectStrategy: AGAIN_MS } as const;
  const connect = async () => {
    const client = createClient({ socket });
    client.on("error", () => undefined);
    return await client.connect();
  };
  let client = await connect();
  const add = async (member: string) => {
    try {
      return await client.sAdd("written", member);
    } catch (error) {
      // It leaves to the application what to do with a master that is none any more.
      if (String(error).includes("READONLY")) {
        client.destroy();
        client = await connect();
      }
      throw error;
    }
  };
  return new Writing(add, () => client.destroy());
}

const PYTHON_APPLICATION = `
import sys, threading, redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError, ReadOnlyError, TimeoutError
from redis.retry import Retry
client = redis.Redis(
    port=int(sys.argv[1]),
    retry=Retry(ConstantBackoff(${AGAIN_MS / 1000}), 500),
    retry_on_error=[ConnectionError, ReadOnlyError, TimeoutError],
)
over = threading.Event()
def listen():
    sys.stdin.read()
    over.set()
threading.Thread(target=listen, daemon=True).start()
number = 0
while not over.is_set():
    client.sadd("written", number)
    print(number, flush=True)
    number += 1
`;

class PythonApplication implements Application {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #printed = "";
  #errors = "";

  constructor(t: Cleanup, port: number) {
    this.#child = spawn(PYTHON, ["-c", PYTHON_APPLICATION, String(port)], { stdio: "pipe" });
    t.after(() => this.#child.kill("SIGKILL"));
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#printed += chunk.toString();
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.#ended = new Promise((resolve) => this.#child.once("close", resolve));
  }

  get acknowledged(): readonly string[] {
    return this.#printed.split("\n").slice(0, -1);
  }

  async stop(): Promise<void> {
    this.#child.stdin?.end();
    assert.equal(await this.#ended, 0, this.#errors);
  }
}

type Start = (port: number, t: Cleanup) => Application | Promise<Application>;

const APPLICATIONS: readonly (readonly [name: string, start: Start, skip: string | false])[] = [
  ["ioredis", useIoredis, false],
  ["node-redis", useNodeRedis, false],
  [
    "redis-py",
    (port, t) => new PythonApplication(t, port),
    HAS_PYTHON_CLIENT ? false : "there is no python3-redis",
  ],
];

for (const { kind, program, count } of KINDS) {
  suite(`FAILOVER between two of ${kind}`, () => {
    for (const [name, start, skip] of APPLICATIONS) {
      test(`${name} goes on and loses nothing that was acknowledged`, { skip }, async (t) => {
        const deployment = await Deployment.start(t, program);
        const application = await start(deployment.address.port, t);
        const goesOn = async (): Promise<void> => {
          const before = application.acknowledged.length;
          const isOn = () => application.acknowledged.length >= before + WRITES_BETWEEN;
          await waitFor("more writes", isOn, { timeoutMs: 20_000 });
        };
        await goesOn();
        for (let failovers = 0; failovers < count; failovers++) {
          await deployment.failOver();
          await goesOn();
        }
        await application.stop();
        const { acknowledged } = application;
        await waitFor("the replica to have all", async () => {
          const [one, other] = await deployment.written();
          return one.size === other.size;
        });
        for (const written of await deployment.written()) {
          assert.deepEqual(
            acknowledged.filter((member) => !written.has(member)),
            [],
          );
        }
        t.diagnostic(`${acknowledged.length} writes over ${count} failovers`);
      });
    }
  });
}
