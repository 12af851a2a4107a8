// R20S: a Sentinel is killed at each step of saving its state: in its configuration file, in a state
// file apart, and in front of telling a vote. What is there afterwards is the old state or the new one,
// whole; the Sentinel starts with it; what it was heard to say is in it; and no second vote is given.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "../support/free-port";
import type { RawClient } from "../support/raw-client";
import type { Reply } from "../support/reply";
import { OUR_SERVER, ServerProcess } from "../support/server-process";
import { FailingCalls } from "./failing-calls";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "./fault-row";
import { CONFIG_FILE } from "./file-operations";

const CALLS = ["openat", "fchown", "fchmod", "write", "fsync", "rename", "close"];
const MOST_CALLS = 4;
const SLICE_CALLS = 3;
const STATE_FILE = "state";
/** Before and after; neither is a default. */
const OLD_ROUND = 11;
const NEW_ROUND = 12;
const ID_A = "a".repeat(40);
const ID_B = "b".repeat(40);

/** Something that is saved before it is answered. */
interface Saved {
  readonly name: string;
  readonly file: string;
  /** Brings the state to `round`; true when it was told that it is so. */
  change(client: RawClient, masterPort: number, round: number): Promise<boolean>;
  /** The round that a file is of; undefined when it is broken. */
  roundOf(text: string): number | undefined;
}

function vote(client: RawClient, port: number, epoch: number, id: string): Promise<Reply> {
  const words = ["SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", String(port), String(epoch)];
  return client.call(...words, id);
}

function leaderOf(reply: Reply): string {
  return Array.isArray(reply) ? String(reply[1]) : "";
}

/** A file is whole when it begins and ends as it was written. */
function roundIn(text: string, begin: RegExp, round: RegExp): number | undefined {
  const isWhole =
    begin.test(text) && text.endsWith("\n") && /^sentinel leader-epoch m /m.test(text);
  const found = round.exec(text)?.[1];
  return isWhole && found !== undefined ? Number(found) : undefined;
}

const change = async (client: RawClient, _port: number, round: number): Promise<boolean> =>
  (await client.call("SENTINEL", "SET", "m", "parallel-syncs", String(round))) === "OK";

const ROUND = /^sentinel parallel-syncs m (\d+)$/m;

const SAVED: readonly Saved[] = [
  {
    name: "configuration file",
    file: CONFIG_FILE,
    change,
    roundOf: (text) => roundIn(text, /^# mine\n/, ROUND),
  },
  {
    name: "state file",
    file: STATE_FILE,
    change,
    roundOf: (text) => roundIn(text, /^# The state of a Sentinel/, ROUND),
  },
  {
    name: "vote",
    file: CONFIG_FILE,
    change: async (client, port, round) => leaderOf(await vote(client, port, round, ID_A)) === ID_A,
    roundOf: (text) => roundIn(text, /^# mine\n/, /^sentinel leader-epoch m (\d+)$/m),
  },
];

interface Kills {
  kills: number;
  old: number;
  renewed: number;
}

class Killing {
  readonly #run: FaultRun;
  readonly #saved: Saved;
  readonly found: Kills;

  constructor(run: FaultRun, saved: Saved, found: Kills) {
    this.#run = run;
    this.#saved = saved;
    this.found = found;
  }

  /** Kills at the N-th such call; false when there was none. */
  async at(call: string, nth: number): Promise<boolean> {
    const dir = mkdtempSync(join(tmpdir(), "killed-sentinel-"));
    const logs = mkdtempSync(join(tmpdir(), "strace-"));
    try {
      return await this.#killIn(dir, logs, call, nth);
    } finally {
      for (const each of [dir, logs]) rmSync(each, { recursive: true, force: true });
    }
  }

  async #killIn(dir: string, logs: string, call: string, nth: number): Promise<boolean> {
    const masterPort = await freePort();
    const server = await this.#start(dir, this.#firstText(dir, masterPort));
    let told: boolean | undefined;
    try {
      told = await this.#changeAndKill(server, logs, masterPort, call, nth);
    } finally {
      server.kill("SIGKILL");
      await server.exited;
    }
    if (told === undefined) return false;
    const round = this.#roundIn(dir);
    if (round === undefined) throw new Error("the file is broken");
    if (round !== OLD_ROUND && round !== NEW_ROUND) throw new Error(`it is of round ${round}`);
    if (told && round !== NEW_ROUND) throw new Error("what was told is not there");
    this.found.kills++;
    if (round === OLD_ROUND) this.found.old++;
    else this.found.renewed++;
    await this.#startAgain(dir, masterPort, round);
    return true;
  }

  /** Whether the new state was told before the end; undefined when there was no such call. */
  async #changeAndKill(
    server: ServerProcess,
    logs: string,
    masterPort: number,
    call: string,
    nth: number,
  ): Promise<boolean | undefined> {
    const client = await server.client();
    const { change } = this.#saved;
    if (!(await change(client, masterPort, OLD_ROUND))) throw new Error("it fails without a fault");
    const calls = await FailingCalls.attach(server.pid, logs, {
      calls: [call],
      effect: "signal=KILL",
      when: String(nth),
      paths: [],
    });
    const isTold = await change(client, masterPort, NEW_ROUND).catch(() => false);
    const lines = await calls.detach();
    await client.close();
    return isTold && lines.length === 0 ? undefined : isTold;
  }

  /** With what is there: it comes up, and votes for nobody else in an epoch that it has voted in. */
  async #startAgain(dir: string, masterPort: number, round: number): Promise<void> {
    const server = await this.#start(dir, readFileSync(join(dir, CONFIG_FILE), "latin1"));
    try {
      const client = await server.client();
      const second = leaderOf(await vote(client, masterPort, round, ID_B));
      const isVote = this.#saved.name === "vote";
      if (isVote && second === ID_B) throw new Error(`a second vote in epoch ${round}`);
      if (!isVote && second !== ID_B) throw new Error(`no vote in epoch ${round}`);
      await client.close();
    } finally {
      await server.stop();
    }
  }

  #start(dir: string, configFile: string): Promise<ServerProcess> {
    const program = join(dirname(this.#run.subject), "redis-sentinel");
    return ServerProcess.start({ program, dir, configFile });
  }

  #firstText(dir: string, masterPort: number): string {
    const apart =
      this.#saved.file === STATE_FILE ? `sentinel-state-file ${join(dir, STATE_FILE)}\n` : "";
    return `# mine\nsentinel monitor m 127.0.0.1 ${masterPort} 1\n${apart}`;
  }

  #roundIn(dir: string): number | undefined {
    return this.#saved.roundOf(readFileSync(join(dir, this.#saved.file), "latin1"));
  }
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const found: Kills = { kills: 0, old: 0, renewed: 0 };
  const isOurs = run.subject === OUR_SERVER;
  const kinds = SAVED.filter(({ file }) => isOurs || file !== STATE_FILE);
  const steps = kinds.flatMap((saved) => CALLS.map((call) => ({ saved, call })));
  while (run.share < 1 && steps.length > SLICE_CALLS)
    steps.splice(run.random.below(steps.length), 1);
  for (const { saved, call } of steps) {
    const killing = new Killing(run, saved, found);
    for (let nth = 1; nth <= (run.share < 1 ? 1 : MOST_CALLS); nth++) {
      try {
        if (!(await killing.at(call, nth))) break;
      } catch (error) {
        misses.add(`${saved.name}, ${call} ${nth}: ${String(error)}`);
      }
    }
    run.progress(`${saved.name}, ${call}: ${found.kills} kills`);
  }
  return {
    text:
      `${found.kills} kills of a Sentinel that saves its state or a vote: the old state ` +
      `${found.old} times, the new one ${found.renewed} times, ${misses.count} wrong`,
    misses: misses.texts,
  };
}

export const KILLED_SENTINEL: FaultRow = {
  id: "R20S",
  summary: "kills at each step of a Sentinel's saving leave the old state or the new one",
  run,
};
