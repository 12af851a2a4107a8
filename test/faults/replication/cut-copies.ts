// R12: a full synchronisation is cut after a random number of bytes, by its link or by the death of
// either side, over every way in which copies are sent and loaded. Each time both end with the same
// data, and nothing of the attempt is left behind.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fill } from "../../persistence/saved-server";
import { field } from "../../replication/pair";
import type { RawClient } from "../../support/raw-client";
import type { SeededRandom } from "../../support/seeds";
import { REAL_SERVER, ServerProcess } from "../../support/server-process";
import type { TcpProxy } from "../../support/tcp-proxy";
import { waitFor } from "../../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "../fault-row";
import { Stage, stat, untilAlike, untilLinked } from "./stage";

const CUTS = 200;
const KEYS = 4000;
const BACKLOG_BYTES = 16 * 1024;
/** Behind the copy the stream goes on, and is cut now and then, too. */
const STREAM_BYTES = 500;
const DEADLINE_MS = 30_000;
const WAYS = ["cut link", "killed master", "killed replica"] as const;
type Way = (typeof WAYS)[number];

/** repl-diskless-load of the replica, repl-diskless-sync of the master, and which of them is ours. */
interface Scene {
  readonly load: "disabled" | "on-empty-db" | "swapdb";
  readonly diskless: "yes" | "no";
  readonly ours: "both" | "replica" | "master";
  /** Of all cuts, this scene's part in relation to the others'. */
  readonly weight: number;
}

const LOADS = ["disabled", "on-empty-db", "swapdb"] as const;
const SCENES: readonly Scene[] = [
  ...LOADS.flatMap((load) =>
    (["yes", "no"] as const).map(
      (diskless) => ({ load, diskless, ours: "both", weight: 5 }) as const,
    ),
  ),
  ...LOADS.map((load) => ({ load, diskless: "yes", ours: "replica", weight: 2 }) as const),
  { load: "disabled", diskless: "yes", ours: "master", weight: 2 },
  { load: "swapdb", diskless: "no", ours: "master", weight: 2 },
];

type Directives = Readonly<Record<string, string | number | readonly string[]>>;

/** A server that can be killed, and started again where it was. */
class Side {
  server!: ServerProcess;
  client!: RawClient;
  /** What the process has open, and its threads, when nothing is going on. */
  #quietFiles = 0;
  #quietThreads = 0;

  private constructor(
    readonly isOurs: boolean,
    private readonly program: string,
    private readonly config: Directives,
  ) {}

  static async start(
    stage: Stage,
    isOurs: boolean,
    subject: string,
    config: Directives,
  ): Promise<Side> {
    const all = {
      save: "",
      rdbcompression: "no",
      "enable-debug-command": "yes",
      "shutdown-timeout": 0,
      ...config,
    };
    const side = new Side(isOurs, isOurs ? subject : REAL_SERVER, all);
    await side.#begin({});
    stage.after(() => side.end());
    return side;
  }

  async restart(): Promise<void> {
    const { dir, port } = this.server;
    await this.client.close();
    await this.server.exited;
    await this.#begin({ dir, port });
  }

  async end(): Promise<void> {
    await this.client.close();
    await this.server.stop();
  }

  /** What there is now is what there may be. */
  measure(): void {
    this.#quietFiles = readdirSync(`/proc/${this.server.pid}/fd`).length;
    this.#quietThreads = readdirSync(`/proc/${this.server.pid}/task`).length;
  }

  /** @throws when there is more than there was, and does not go. */
  async assertClean(): Promise<void> {
    // A Redis that was killed leaves its files.
    if (!this.isOurs) return;
    const { pid, dir } = this.server;
    let found = "";
    await waitFor("nothing to be left", () => {
      const files = readdirSync(`/proc/${pid}/fd`).length - this.#quietFiles;
      const threads = readdirSync(`/proc/${pid}/task`).length - this.#quietThreads;
      const stray = readdirSync(dir).filter((name) => name.startsWith("temp"));
      found = `${files} more files, ${threads} more threads, ${stray.join(" ")}`;
      return files <= 0 && threads <= 0 && stray.length === 0;
    }).catch(() => {
      throw new Error(`left behind in ${dir}: ${found}`);
    });
  }

  async #begin(where: { dir?: string; port?: number }): Promise<void> {
    const { program, config } = this;
    this.server = await ServerProcess.start({ program, config, ...where });
    this.client = await this.server.client();
  }
}

class CutCopies {
  readonly counts = new Map<Way, number>(WAYS.map((way) => [way, 0]));

  private constructor(
    private readonly scene: Scene,
    private readonly random: SeededRandom,
    private readonly master: Side,
    private readonly replica: Side,
    private readonly proxy: TcpProxy,
    private readonly copyBytes: number,
  ) {}

  static async start(
    stage: Stage,
    scene: Scene,
    { random, subject }: FaultRun,
  ): Promise<CutCopies> {
    const { load, diskless, ours } = scene;
    const master = await Side.start(stage, ours !== "replica", subject, {
      "repl-diskless-sync": diskless,
      "repl-diskless-sync-delay": 0,
      "repl-backlog-size": BACKLOG_BYTES,
    });
    await fill(master.client, KEYS);
    // What it is started again with.
    await master.client.call("SAVE");
    const copyBytes = statSync(join(master.server.dir, "dump.rdb")).size;
    const proxy = await stage.proxy(master.server.port);
    const replica = await Side.start(stage, ours !== "master", subject, {
      "repl-diskless-load": load,
      replicaof: ["127.0.0.1", String(proxy.port)],
    });
    await untilLinked([replica.client]);
    const cuts = new CutCopies(scene, random, master, replica, proxy, copyBytes);
    await cuts.#askForCopy(() => undefined);
    await cuts.#areAlike();
    for (const side of [master, replica]) side.measure();
    return cuts;
  }

  /** @throws when they do not end alike, or something is left. */
  async cut(): Promise<void> {
    const way = this.random.pick(WAYS);
    const bytes = this.random.below(this.copyBytes + STREAM_BYTES);
    const victim = way === "killed master" ? this.master : this.replica;
    const { proxy } = this;
    let isCut = false;
    try {
      await this.#askForCopy(() => {
        proxy.cutAfterBytes = bytes;
        proxy.atCut = () => {
          isCut = true;
          proxy.cutAfterBytes = Number.POSITIVE_INFINITY;
          proxy.atCut = undefined;
          if (way !== "cut link") victim.server.kill("SIGKILL");
        };
      });
      await waitFor("the cut", async () => isCut || (await this.#isUp()), {
        timeoutMs: DEADLINE_MS,
      });
      if (isCut && way !== "cut link") await victim.restart();
      proxy.cutAfterBytes = Number.POSITIVE_INFINITY;
      proxy.atCut = undefined;
      await this.#areAlike();
      for (const side of [this.master, this.replica]) await side.assertClean();
      this.counts.set(way, (this.counts.get(way) ?? 0) + 1);
    } catch (error) {
      throw new Error(`${way} after ${bytes} bytes: ${String(error)}`);
    }
  }

  /** Makes the replica ask for a whole copy, over connections as `arm` prepares them. */
  async #askForCopy(arm: () => void): Promise<void> {
    const { scene, random, master, replica, proxy } = this;
    const fulls = await stat(master.client, "sync_full");
    if (scene.load === "swapdb" && random.chance(0.5)) {
      // Of the same history, but too late: so that the old data are served meanwhile.
      proxy.refuses = true;
      proxy.cut();
      const value = "x".repeat(BACKLOG_BYTES);
      // A Redis lets go of its backlog by blocks, some time after it could.
      for (let i = 0; i < 12; i++) await master.client.call("SET", `late:${i}`, value);
      arm();
      proxy.refuses = false;
    } else {
      await replica.client.call("REPLICAOF", "NO", "ONE");
      if (scene.load === "on-empty-db") await replica.client.call("FLUSHALL");
      arm();
      await replica.client.call("REPLICAOF", "127.0.0.1", String(proxy.port));
    }
    await waitFor(
      "the beginning of a copy",
      // A master that is dead has begun it.
      async () => (await stat(master.client, "sync_full").catch(() => fulls + 1)) > fulls,
      { timeoutMs: DEADLINE_MS },
    );
  }

  async #isUp(): Promise<boolean> {
    return (await field(this.replica.client, "replication", "master_link_status")) === "up";
  }

  async #areAlike(): Promise<void> {
    const { master, replica } = this;
    await master.client.call("INCR", "cuts");
    await untilLinked([replica.client]);
    await untilAlike([master.client, replica.client]);
  }
}

function nameOf({ load, diskless, ours }: Scene): string {
  return `repl-diskless-load ${load}, repl-diskless-sync ${diskless}, ours: ${ours}`;
}

/** Which scene each cut is made in: as many as their weights say, and all of one scene together. */
function plan(cuts: number): readonly (readonly [Scene, number])[] {
  const whole = SCENES.reduce((sum, { weight }) => sum + weight, 0);
  let done = 0;
  let weighed = 0;
  return SCENES.map((scene) => {
    weighed += scene.weight;
    const count = Math.round((cuts * weighed) / whole) - done;
    done += count;
    return [scene, count] as const;
  });
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const counts = new Map<Way, number>(WAYS.map((way) => [way, 0]));
  let cuts = 0;
  for (const [scene, count] of plan(sharedCount(CUTS, run))) {
    if (count === 0) continue;
    await Stage.run(async (stage) => {
      const copies = await CutCopies.start(stage, scene, run);
      for (let i = 0; i < count; i++) {
        await copies.cut();
        run.progress(`${++cuts} cuts`);
      }
      for (const [way, done] of copies.counts) counts.set(way, (counts.get(way) ?? 0) + done);
    }).catch((error: unknown) => misses.add(`${nameOf(scene)}: ${String(error)}`));
  }
  const ways = WAYS.map((way) => `${counts.get(way)} by a ${way}`).join(", ");
  return {
    text: `${cuts} copies cut (${ways}): ${misses.count} times other data or something left behind`,
    misses: misses.texts,
  };
}

export const CUT_COPIES: FaultRow = {
  id: "R12",
  summary: "copies that are cut, or lose their master or replica, end equal and leave nothing",
  run,
};
