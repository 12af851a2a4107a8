// R11 without care: five servers are made masters and replicas of each other at any moment, amid
// handshakes and copies, several of them masters that take writes, so that some have what others never
// get. Writes are lost then, as they must be; but whenever they are hung together again and their
// offsets are equal, they have the same data, however they came by it.

import { setTimeout as delay } from "node:timers/promises";
import type { SeededRandom } from "../../support/seeds";
import { REAL_SERVER } from "../../support/server-process";
import { waitFor } from "../../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "../fault-row";
import { Stage, stat, untilAlike, untilLinked } from "./stage";
import { type Node, startNodes } from "./topologies";

const NODES = 5;
const DURATION_MS = 60_000;
const MOST_DELAY_MS = 150;
const MOST_STEPS = 12;
const SHOWN_STEPS = 24;
const LOADED_MS = 20_000;

class TornHistories {
  rounds = 0;
  readonly #steps: string[] = [];

  constructor(
    private readonly nodes: readonly Node[],
    private readonly random: SeededRandom,
  ) {}

  /** Tears everything apart for a while, and hangs it together. */
  async round(): Promise<void> {
    this.rounds++;
    const { random, nodes } = this;
    let isOver = false;
    // Those that are replicas refuse it.
    const writing = nodes.flatMap(({ writers }) =>
      writers.map((writer) => writer.writeUntil(() => isOver)),
    );
    try {
      for (let left = random.between(1, MOST_STEPS); left > 0; left--) {
        await delay(random.below(MOST_DELAY_MS));
        await this.#tear();
      }
    } finally {
      isOver = true;
      await Promise.all(writing);
    }
    try {
      await this.#mend();
    } catch (error) {
      const steps = this.#steps.slice(-SHOWN_STEPS).join(", ");
      throw new Error(`round ${this.rounds}: ${String(error)} after ${steps}`);
    }
  }

  async syncs(): Promise<readonly [full: number, partial: number]> {
    let full = 0;
    let partial = 0;
    for (const { client } of this.nodes) {
      full += await stat(client, "sync_full");
      partial += await stat(client, "sync_partial_ok");
    }
    return [full, partial];
  }

  async #tear(): Promise<void> {
    const { random, nodes } = this;
    const node = random.pick(nodes);
    const how = random.pick(["promote", "promote", "hang", "hang", "hang", "kill"] as const);
    if (how === "promote") await this.#follow(node);
    else if (how === "hang") await this.#follow(node, random.pick(nodes.filter((n) => n !== node)));
    else {
      const type = random.pick(["master", "replica"]);
      this.#steps.push(`kill ${type} of ${node.name}`);
      await node.client.call("CLIENT", "KILL", "TYPE", type);
    }
  }

  async #mend(): Promise<void> {
    const { random, nodes } = this;
    const left = [...nodes];
    const hung = left.splice(random.below(left.length), 1);
    const [root] = hung;
    await this.#follow(root);
    while (left.length > 0) {
      const [node] = left.splice(random.below(left.length), 1);
      await this.#follow(node, random.pick(hung));
      hung.push(node);
    }
    await root.writers[0].batch(20);
    await untilLinked(hung.slice(1).map(({ client }) => client));
    await root.writers[0].batch(20);
    await untilAlike(nodes.map(({ client }) => client));
  }

  async #follow(node: Node, master?: Node): Promise<void> {
    this.#steps.push(`${node.name} below ${master?.name ?? "nobody"}`);
    const words = master === undefined ? ["NO", "ONE"] : ["127.0.0.1", String(master.server.port)];
    // One that is loading a copy cannot be told.
    const isTaken = async (): Promise<boolean> => {
      const reply = (await node.client.command("REPLICAOF", ...words)).toString("latin1");
      if (reply.startsWith("-LOADING")) return false;
      if (!reply.startsWith("+OK")) throw new Error(reply);
      return true;
    };
    await waitFor("REPLICAOF to be taken", isTaken, { timeoutMs: LOADED_MS });
  }
}

async function tear(run: FaultRun, programs: readonly string[]): Promise<string> {
  return await Stage.run(async (stage) => {
    const histories = new TornHistories(await startNodes(stage, run.random, programs), run.random);
    const end = performance.now() + DURATION_MS * run.share;
    while (performance.now() < end) await histories.round();
    const [full, partial] = await histories.syncs();
    return `${histories.rounds} times equal after ${full} copies and ${partial} partial syncs`;
  });
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const { subject } = run;
  const misses = new Misses();
  const texts: string[] = [];
  const groups: readonly (readonly [name: string, programs: readonly string[]])[] = [
    ["ours", Array.from({ length: NODES }, () => subject)],
    ["mixed with redis-server", [subject, REAL_SERVER, subject, REAL_SERVER, subject]],
  ];
  for (const [name, programs] of groups) {
    try {
      texts.push(`${name}: ${await tear(run, programs)}`);
    } catch (error) {
      misses.add(`${name}: ${String(error)}`);
    }
    run.progress(`${name}: done`);
  }
  return { text: texts.join("; "), misses: misses.texts };
}

export const TORN_HISTORIES: FaultRow = {
  id: "R11T",
  summary: "R11 without care for what is lost: equal offsets always mean equal data",
  run,
};
