// A master, its replicas and the Sentinels that watch them, as processes: ours, the real ones, or some
// of each. Every data node is reached through a proxy of its own, whose port is the one that the
// Sentinels, the replicas and the clients know, so that any node can be cut off from all of them.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../support/free-port";
import type { RawClient } from "../support/raw-client";
import type { Reply } from "../support/reply";
import { ServerProcess } from "../support/server-process";
import { TcpProxy } from "../support/tcp-proxy";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

export const MASTER_NAME = "mymaster";
const CONFIG_FILE = "redis.conf";
/** A node ends its proxy itself. */
const STOPPED_BY_NODE: Cleanup = { after: () => undefined };
const READY_TIMEOUT_MS = 30_000;

export interface FleetOptions {
  /** Programs of the data nodes; the first is the master at first. */
  readonly servers: readonly string[];
  /** Programs of the Sentinels. */
  readonly sentinels: readonly string[];
  readonly downAfterMs?: number;
  readonly failoverTimeoutMs?: number;
  readonly quorum?: number;
  /** Directives of every data node. */
  readonly config?: Readonly<Record<string, string | number>>;
  /** More directives per data node, by its number. */
  readonly configOf?: (index: number) => Readonly<Record<string, string | number>>;
  /** More lines of each Sentinel's file. */
  readonly sentinelLines?: readonly string[];
}

/** One data node: its process, which may be started anew, and the proxy in front of it. */
export class FleetNode {
  process: ServerProcess;
  readonly proxy: TcpProxy;
  readonly dir: string;

  private constructor(
    process: ServerProcess,
    proxy: TcpProxy,
    dir: string,
    readonly program: string,
  ) {
    this.process = process;
    this.proxy = proxy;
    this.dir = dir;
  }

  static async start(
    program: string,
    lines: readonly string[],
    masterPort: number | undefined,
  ): Promise<FleetNode> {
    const dir = mkdtempSync(join(tmpdir(), "fleet-node-"));
    // The node announces the port of its proxy, which needs the port of the node: so the node is
    // started last, on a port chosen before.
    const port = await freePort();
    const proxy = await TcpProxy.start(port, STOPPED_BY_NODE);
    const text = [
      ...lines,
      `replica-announce-ip 127.0.0.1`,
      `replica-announce-port ${proxy.port}`,
      ...(masterPort === undefined ? [] : [`replicaof 127.0.0.1 ${masterPort}`]),
      "",
    ].join("\n");
    const process = await ServerProcess.start({ program, dir, configFile: text, port });
    return new FleetNode(process, proxy, dir, program);
  }

  /** The port that everybody knows it by. */
  get port(): number {
    return this.proxy.port;
  }

  /** Starts the process again with the file as it is now. */
  async startAgain(): Promise<void> {
    const configFile = readFileSync(join(this.dir, CONFIG_FILE), "utf8");
    const { port } = this.process;
    this.process = await ServerProcess.start({
      program: this.program,
      dir: this.dir,
      configFile,
      port,
    });
  }

  async stop(): Promise<void> {
    this.proxy.stop();
    this.process.kill("SIGKILL");
    this.process.kill("SIGCONT");
    await this.process.exited;
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export class FleetSentinel {
  process: ServerProcess;

  constructor(
    process: ServerProcess,
    readonly dir: string,
    readonly program: string,
  ) {
    this.process = process;
  }

  get port(): number {
    return this.process.port;
  }

  get file(): string {
    return join(this.dir, CONFIG_FILE);
  }

  async startAgain(): Promise<void> {
    const configFile = readFileSync(this.file, "utf8");
    const { program, dir, port } = this;
    this.process = await ServerProcess.start({ program, dir, configFile, port });
  }

  async ask(...words: string[]): Promise<Reply> {
    const client = await this.process.client();
    try {
      return await client.call(...words);
    } finally {
      await client.close();
    }
  }

  async stop(): Promise<void> {
    this.process.kill("SIGKILL");
    this.process.kill("SIGCONT");
    await this.process.exited;
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export class Fleet {
  readonly nodes: FleetNode[] = [];
  readonly sentinels: FleetSentinel[] = [];

  static async start(options: FleetOptions, cleanup?: Cleanup): Promise<Fleet> {
    const fleet = new Fleet();
    cleanup?.after(() => fleet.stop());
    try {
      await fleet.#start(options);
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.nodes, ...this.sentinels].map((one) => one.stop()));
    this.nodes.length = 0;
    this.sentinels.length = 0;
  }

  nodeAt(port: number): FleetNode {
    const node = this.nodes.find((one) => one.port === port);
    if (node === undefined) throw new Error(`no node is known by port ${port}`);
    return node;
  }

  /** The port of the master as this Sentinel names it. */
  async masterPortBy(sentinel: FleetSentinel): Promise<number> {
    const client = await sentinel.process.client();
    try {
      return await masterPort(client);
    } finally {
      await client.close();
    }
  }

  /** Every Sentinel knows all replicas and all other Sentinels, and every replica follows. */
  async untilKnown(): Promise<void> {
    const replicas = this.nodes.length - 1;
    const others = this.sentinels.length - 1;
    for (const sentinel of this.sentinels) {
      await waitFor(
        `Sentinel on port ${sentinel.port} to know all others`,
        async () => {
          const facts = await masterFacts(sentinel);
          return (
            facts.get("num-slaves") === String(replicas) &&
            facts.get("num-other-sentinels") === String(others) &&
            facts.get("flags") === "master" &&
            (await this.#areReplicasUp(sentinel))
          );
        },
        { timeoutMs: READY_TIMEOUT_MS, intervalMs: 50 },
      );
    }
  }

  async #areReplicasUp(sentinel: FleetSentinel): Promise<boolean> {
    const reply = await sentinel.ask("SENTINEL", "REPLICAS", MASTER_NAME);
    return (
      Array.isArray(reply) && reply.every((one) => fieldsOf(one).get("master-link-status") === "ok")
    );
  }

  async #start(options: FleetOptions): Promise<void> {
    for (const [index, program] of options.servers.entries()) {
      const config = { ...options.config, ...options.configOf?.(index) };
      const lines = Object.entries(config).map(([name, value]) => `${name} ${value}`);
      const master = this.nodes[0]?.port;
      this.nodes.push(await FleetNode.start(program, lines, master));
    }
    for (const program of options.sentinels) {
      const dir = mkdtempSync(join(tmpdir(), "fleet-sentinel-"));
      const text = [
        `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${this.nodes[0].port} ${options.quorum ?? 2}`,
        `sentinel down-after-milliseconds ${MASTER_NAME} ${options.downAfterMs ?? 1000}`,
        ...(options.failoverTimeoutMs === undefined
          ? []
          : [`sentinel failover-timeout ${MASTER_NAME} ${options.failoverTimeoutMs}`]),
        ...(options.sentinelLines ?? []),
        "",
      ].join("\n");
      const process = await ServerProcess.start({ program, dir, configFile: text });
      this.sentinels.push(new FleetSentinel(process, dir, program));
    }
    await this.untilKnown();
  }
}

/** The port of the master as the Sentinel of this connection names it. */
export async function masterPort(sentinel: RawClient): Promise<number> {
  const reply = await sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME);
  if (!Array.isArray(reply)) throw new Error(`no address: ${JSON.stringify(reply)}`);
  return Number(String(reply[1]));
}

/** SENTINEL MASTER as names and values. */
export async function masterFacts(sentinel: FleetSentinel): Promise<Map<string, string>> {
  return fieldsOf(await sentinel.ask("SENTINEL", "MASTER", MASTER_NAME));
}

export function fieldsOf(reply: Reply): Map<string, string> {
  if (!Array.isArray(reply)) throw new Error(`no fields: ${JSON.stringify(reply)}`);
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < reply.length; at += 2) {
    fields.set(String(reply[at]), String(reply[at + 1]));
  }
  return fields;
}
