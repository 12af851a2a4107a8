// R11 without care: five servers are made masters and replicas of each other at any moment, amid
// handshakes and copies, several of them masters that take writes, so that some have what others never
// get; they are killed and start again with older files. Writes are lost then, as they must be; but
// whenever they are hung together again and their offsets are equal, they have the same data, however
// they came by it.

import { setTimeout as delay } from "node:timers/promises";
import { SeededRandom } from "../../support/seeds";
import { REAL_SERVER } from "../../support/server-process";
import { waitFor } from "../../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "../fault-row";
import { Stage, stat, untilAlike, untilLinked, writeCommands } from "./stage";
import { TornNode } from "./torn-node";

const NODES = 5;
const DURATION_MS = 60_000;
const MOST_DELAY_MS = 150;
const MOST_STEPS = 12;
const SHOWN_STEPS = 24;
const TROUBLES = ["promote", "promote", "hang", "hang", "hang", "cut", "save", "restart"] as const;
const CONFIG = { "repl-backlog-size": "64mb", "repl-timeout": 5, "repl-ping-replica-period": 1 };
const LOADED_MS = 20_000;

class TornHistories {
  rounds = 0;
  restarts = 0;
  #full = 0;
  #partial = 0;
  readonly #steps: string[] = [];

  constructor(
    private readonly nodes: readonly TornNode[],
    private readonly random: SeededRandom,
  ) {}

  /** Tears everything apart for a while, and hangs it together. */
  async round(): Promise<void> {
    this.rounds++;
    const { random, nodes } = this;
    let isOver = false;
    // Those that are replicas refuse it.
    const writing = nodes.map(({ writer }) =>
      // It ends with its connection, too.
      writer.writeUntil(() => isOver).catch(() => undefined),
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
      const lines = nodes.map(({ lastLines }) => lastLines).join("\n  ");
      throw new Error(`round ${this.rounds}: ${String(error)} after ${steps}\n  ${lines}`);
    }
  }

  /** Of all lives of all nodes. */
  async syncs(): Promise<{ readonly full: number; readonly partial: number }> {
    for (const node of this.nodes) await this.#count(node);
    return { full: this.#full, partial: this.#partial };
  }

  async #count({ client }: TornNode): Promise<void> {
    this.#full += await stat(client, "sync_full");
    this.#partial += await stat(client, "sync_partial_ok");
  }

  async #tear(): Promise<void> {
    const { random, nodes } = this;
    const node = random.pick(nodes);
    const others = nodes.filter((other) => other !== node);
    const how = random.pick(TROUBLES);
    if (how === "promote") await this.#follow(node);
    else if (how === "hang") await this.#follow(node, random.pick(others));
    else if (how === "cut") {
      const type = random.pick(["master", "replica"]);
      this.#steps.push(`cut ${type} of ${node.name}`);
      await node.client.call("CLIENT", "KILL", "TYPE", type);
    } else if (how === "save") {
      this.#steps.push(`save ${node.name}`);
      await node.client.call("BGSAVE");
    } else {
      const end = random.pick(["SIGKILL", "SHUTDOWN"] as const);
      const master = random.chance(0.5) ? random.pick(others) : undefined;
      this.#steps.push(`${end} ${node.name}, below ${master?.name ?? "nobody"}`);
      await this.#count(node);
      this.restarts++;
      await node.restart(end, master?.port);
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
    await root.writer.batch(20);
    await untilLinked(hung.slice(1).map(({ client }) => client));
    await root.writer.batch(20);
    await untilAlike(nodes.map(({ client }) => client));
  }

  async #follow(node: TornNode, master?: TornNode): Promise<void> {
    this.#steps.push(`${node.name} below ${master?.name ?? "nobody"}`);
    const words = master === undefined ? ["NO", "ONE"] : ["127.0.0.1", String(master.port)];
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

async function startNodes(
  stage: Stage,
  random: SeededRandom,
  programs: readonly string[],
): Promise<readonly TornNode[]> {
  const nodes = await Promise.all(
    programs.map((program, index) => {
      const appendonly = random.pick(["yes", "no", "no"]);
      return TornNode.start(`node ${index}`, stage, program, { ...CONFIG, appendonly });
    }),
  );
  const clients = nodes.map(({ client }) => client);
  for (const node of nodes) {
    await node.write(await writeCommands(new SeededRandom(random.word()), clients));
  }
  return nodes;
}

async function tear(run: FaultRun, programs: readonly string[]): Promise<string> {
  return await Stage.run(async (stage) => {
    const { random, share } = run;
    const histories = new TornHistories(await startNodes(stage, random, programs), random);
    const end = performance.now() + DURATION_MS * share;
    while (performance.now() < end) await histories.round();
    const { full, partial } = await histories.syncs();
    return (
      `${histories.rounds} times equal after ${full} copies, ${partial} partial syncs and ` +
      `${histories.restarts} restarts`
    );
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
