// R11: five servers that are hung together anew again and again, as trees of any shape: another master
// by REPLICAOF NO ONE once it has everything (as a Sentinel promotes it) or by FAILOVER under writes,
// other masters for replicas, and links that are killed amid writes. Nobody ever needs another copy
// than the one that it began with.

import { setTimeout as delay } from "node:timers/promises";
import { field } from "../../replication/pair";
import type { RawClient } from "../../support/raw-client";
import { SeededRandom } from "../../support/seeds";
import { REAL_SERVER, type ServerProcess } from "../../support/server-process";
import { waitFor } from "../../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "../fault-row";
import { AllTypeWriter } from "./all-type-writer";
import { offsetOf, Stage, stat, untilAlike, untilLinked, writeCommands } from "./stage";

const NODES = 5;
const FIRST_COPIES = NODES - 1;
const WRITERS = 2;
const DURATION_MS = 60_000;
const MOST_WRITING_MS = 600;
const DEADLINE_MS = 30_000;
/**
 * A master that has been replaced and does not know yet must write nothing more, or it has what the
 * new one has not: no pings. Links have to be thought alive without them.
 */
const CONFIG = {
  "repl-ping-replica-period": 3600,
  "repl-timeout": 600,
  "repl-backlog-size": "256mb",
};
const SHOWN_STEPS = 6;

interface Node {
  readonly name: string;
  readonly server: ServerProcess;
  readonly client: RawClient;
  readonly writers: readonly AllTypeWriter[];
}

/** @param programs of the nodes, one after the other. */
async function startNodes(
  stage: Stage,
  random: SeededRandom,
  programs: readonly string[],
): Promise<readonly Node[]> {
  const servers = await Promise.all(programs.map((program) => stage.server(program, CONFIG)));
  const clients = await Promise.all(servers.map((server) => stage.client(server)));
  const nodes: Node[] = [];
  for (const [index, server] of servers.entries()) {
    const writers: AllTypeWriter[] = [];
    while (writers.length < WRITERS) {
      const source = await writeCommands(new SeededRandom(random.word()), clients);
      writers.push(new AllTypeWriter(await stage.client(server), source));
    }
    nodes.push({ name: `node ${index}`, server, client: clients[index], writers });
  }
  return nodes;
}

class Topologies {
  changes = 0;
  #root: Node;
  readonly #steps: string[] = [];

  constructor(
    private readonly nodes: readonly Node[],
    private readonly random: SeededRandom,
  ) {
    this.#root = nodes[0];
  }

  /** The writers write while `body` runs. */
  async #writing(body: () => Promise<unknown>): Promise<void> {
    let isOver = false;
    const all = this.#root.writers.map((writer) => writer.writeUntil(() => isOver));
    try {
      await body();
    } finally {
      isOver = true;
      await Promise.all(all);
    }
  }

  /** The first tree, for which each but the root is sent a copy. */
  async begin(): Promise<void> {
    await this.#writing(async () => {
      await this.#hang();
      await untilLinked(this.#others());
    });
    await this.#settle();
  }

  async change(): Promise<void> {
    this.changes++;
    const { random } = this;
    await this.#writing(() => this.#trouble());
    await this.#settle();
    const how = random.pick(["promote", "promote", "hang", "failover"] as const);
    if (how === "promote") await this.#promote();
    if (how === "failover") await this.#failover();
    await this.#hang();
    await untilLinked(this.#others());
    await this.#settle();
  }

  get written(): number {
    return this.nodes
      .flatMap(({ writers }) => writers)
      .reduce((sum, writer) => sum + writer.sent, 0);
  }

  async partialSyncs(): Promise<number> {
    return await this.#sum("sync_partial_ok");
  }

  async #sum(name: string): Promise<number> {
    const counts = await Promise.all(this.nodes.map(({ client }) => stat(client, name)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  #others(): RawClient[] {
    return this.nodes.filter((node) => node !== this.#root).map(({ client }) => client);
  }

  /** All that is written has reached all, and nobody has been sent a copy. */
  async #settle(): Promise<void> {
    try {
      await untilAlike(this.nodes.map(({ client }) => client));
    } catch (error) {
      throw new Error(`${this.#told()}: ${String(error)}`);
    }
    const copies = await this.#sum("sync_full");
    if (copies === FIRST_COPIES) return;
    const lines = this.nodes.flatMap(({ name, server }) =>
      server
        .logs()
        .split("\n")
        .filter((line) => /esync|PSYNC|replid|replication ID/.test(line))
        .slice(-SHOWN_STEPS)
        .map((line) => `${name}: ${line}`),
    );
    throw new Error(`${this.#told()}: ${copies} copies\n${lines.join("\n")}`);
  }

  #told(): string {
    return `change ${this.changes}, after ${this.#steps.slice(-SHOWN_STEPS).join(", ")}`;
  }

  /** Kills links now and then. */
  async #trouble(): Promise<void> {
    const { random } = this;
    for (let left = random.below(3); left >= 0; left--) {
      await delay(random.below(MOST_WRITING_MS));
      const { client, name } = random.pick(this.nodes);
      const type = random.pick(["master", "replica"]);
      this.#steps.push(`kill ${type} of ${name}`);
      await client.call("CLIENT", "KILL", "TYPE", type);
    }
    await delay(random.below(MOST_WRITING_MS));
  }

  async #promote(): Promise<void> {
    const root = this.random.pick(this.nodes);
    this.#steps.push(`promote ${root.name}`);
    await root.client.call("REPLICAOF", "NO", "ONE");
    this.#root = root;
  }

  /** Hands the role on while clients write, if there is a replica that can take it. */
  async #failover(): Promise<void> {
    const old = this.#root;
    const told = await field(old.client, "replication", "slave0");
    const target = this.nodes.find(({ server }) => told.includes(`port=${server.port},`));
    if (target === undefined) return;
    this.#steps.push(`failover to ${target.name}`);
    await this.#writing(async () => {
      const port = String(target.server.port);
      const reply = await old.client.call("FAILOVER", "TO", "127.0.0.1", port);
      if (reply !== "OK") throw new Error(`FAILOVER: ${JSON.stringify(reply)}`);
      await waitFor(
        "the end of the failover",
        async () =>
          (await field(target.client, "replication", "role")) === "master" &&
          (await field(old.client, "replication", "master_failover_state")) === "no-failover",
        { timeoutMs: DEADLINE_MS },
      );
    });
    this.#root = target;
    await untilLinked(this.#others());
    await this.#settle();
  }

  /** Another tree under the same root. */
  async #hang(): Promise<void> {
    const hung = [this.#root];
    const left = this.nodes.filter((node) => node !== this.#root);
    while (left.length > 0) {
      const [node] = left.splice(this.random.below(left.length), 1);
      const above = this.random.pick(hung);
      this.#steps.push(`${node.name} below ${above.name}`);
      const reply = await node.client.call("REPLICAOF", "127.0.0.1", String(above.server.port));
      if (!String(reply).startsWith("OK")) throw new Error(`REPLICAOF: ${JSON.stringify(reply)}`);
      hung.push(node);
    }
  }

  async offset(): Promise<number> {
    return await offsetOf(this.#root.client);
  }
}

async function hangAnew(run: FaultRun, programs: readonly string[]): Promise<string> {
  return await Stage.run(async (stage) => {
    const nodes = await startNodes(stage, run.random, programs);
    const topologies = new Topologies(nodes, run.random);
    await topologies.begin();
    const end = performance.now() + DURATION_MS * run.share;
    while (performance.now() < end) await topologies.change();
    const { changes, written } = topologies;
    return (
      `${changes} topologies, ${written} writes, ${FIRST_COPIES} copies, ` +
      `${await topologies.partialSyncs()} partial syncs, offset ${await topologies.offset()} everywhere`
    );
  });
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const { subject } = run;
  const misses = new Misses();
  const texts: string[] = [];
  const mixed = [subject, REAL_SERVER, subject, REAL_SERVER, subject];
  const groups: readonly (readonly [name: string, programs: readonly string[]])[] = [
    ["ours", Array.from({ length: NODES }, () => subject)],
    ["mixed with redis-server", mixed],
  ];
  for (const [name, programs] of groups) {
    try {
      texts.push(`${name}: ${await hangAnew(run, programs)}`);
    } catch (error) {
      misses.add(`${name}: ${String(error)}`);
    }
    run.progress(`${name}: done`);
  }
  return { text: texts.join("; "), misses: misses.texts };
}

export const TOPOLOGIES: FaultRow = {
  id: "R11",
  summary: "five servers in changing topologies need no copy after the first",
  run,
};
