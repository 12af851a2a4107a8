// R13: three Sentinels, and the master is killed, stopped or cut off from everybody: how long until a
// client that asks the Sentinels gets its next write taken, and until all of them name the new master.
// Once with ours only, once over real servers, and mixed with real Sentinels in both proportions.

import { mastersAmong, watchFailover } from "../sentinel/failover-watch";
import { Fleet, MASTER_NAME, masterFacts } from "../sentinel/fleet";
import { OUR_SENTINEL, OUR_SERVER, REAL_SENTINEL, REAL_SERVER } from "../support/server-process";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "./fault-row";

export type MasterFault = "kill" | "stop" | "partition";

const FAULTS: readonly MasterFault[] = ["kill", "stop", "partition"];
const RUNS_PER_FAULT = 20;
/** Fleets at a time: they wait most of their time. */
const AT_ONCE = 2;
const DATA_NODES = 3;
const MEDIAN_FIRST_WRITE_MS = 2000;
const MAX_FIRST_WRITE_MS = 5000;
const MAX_AGREE_MS = 3500;

export interface FailoverParts {
  readonly servers: string;
  readonly sentinels: readonly string[];
}

export interface FailoverRun {
  readonly fault: MasterFault;
  readonly firstWriteMs: number;
  readonly firstNamedMs: number;
  readonly allAgreeMs: number;
}

/** One fleet, one fault: the times, and what was wrong with the outcome. */
export async function failOver(
  parts: FailoverParts,
  fault: MasterFault,
  misses: Misses,
): Promise<FailoverRun> {
  const fleet = await Fleet.start({
    servers: Array.from({ length: DATA_NODES }, () => parts.servers),
    sentinels: parts.sentinels,
  });
  try {
    const [master] = fleet.nodes;
    const faultAtMs = performance.now();
    if (fault === "kill") master.process.kill("SIGKILL");
    else if (fault === "stop") master.process.kill("SIGSTOP");
    else master.proxy.isolate();
    const times = await watchFailover(fleet, fleet.sentinels, master.port, faultAtMs);
    const masters = await mastersAmong(fleet, master.port);
    if (masters.length !== 1 || masters[0] !== times.newPort) {
      misses.add(`${fault}: masters are ${masters.join(", ")}, all agree on ${times.newPort}`);
    }
    const epochs = new Set<string | undefined>();
    for (const sentinel of fleet.sentinels) {
      epochs.add((await masterFacts(sentinel)).get("config-epoch"));
    }
    if (epochs.size !== 1) misses.add(`${fault}: ${MASTER_NAME} has epochs ${[...epochs].join()}`);
    return { fault, ...times };
  } finally {
    await fleet.stop();
  }
}

async function runAll(run: FaultRun, parts: FailoverParts): Promise<FaultFigure> {
  const misses = new Misses();
  const each = sharedCount(RUNS_PER_FAULT, run);
  const faults = Array.from({ length: each }, () => FAULTS).flat();
  const done: FailoverRun[] = [];
  const work = async (): Promise<void> => {
    for (let fault = faults.pop(); fault !== undefined; fault = faults.pop()) {
      try {
        done.push(await failOver(parts, fault, misses));
      } catch (error) {
        misses.add(`${fault}: ${error instanceof Error ? error.message : String(error)}`);
      }
      run.progress(`${done.length} failovers`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const firstWrites = spread(done.map((one) => one.firstWriteMs));
  const named = spread(done.map((one) => one.firstNamedMs));
  const agree = spread(done.map((one) => one.allAgreeMs));
  if (!(firstWrites.median <= MEDIAN_FIRST_WRITE_MS)) misses.add("the median first write is late");
  if (!(firstWrites.most <= MAX_FIRST_WRITE_MS)) misses.add("a first write is late");
  if (!(agree.most <= MAX_AGREE_MS)) misses.add("the Sentinels agree late");
  const text =
    `${done.length} failovers (${FAULTS.join(", ")}): first write after ${shown(firstWrites)}, ` +
    `named by a Sentinel after ${shown(named)}, by all after ${shown(agree)}; ` +
    `${misses.count} things wrong`;
  return { text, misses: misses.texts };
}

interface Spread {
  readonly median: number;
  readonly most: number;
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    most: sorted.at(-1) ?? Number.NaN,
  };
}

function shown({ median, most }: Spread): string {
  return `${Math.round(median)} ms (at most ${Math.round(most)})`;
}

function row(id: string, summary: string, parts: FailoverParts): FaultRow {
  return { id, summary, run: (run) => runAll(run, parts) };
}

/** `n` of ours, then real ones up to three. */
export function sentinelsWithOurs(count: number): readonly string[] {
  return [0, 1, 2].map((index) => (index < count ? OUR_SENTINEL : REAL_SENTINEL));
}

export const FAILOVER_ROWS: readonly FaultRow[] = [
  row("R13", "the master fails: three of our Sentinels over our servers", {
    servers: OUR_SERVER,
    sentinels: sentinelsWithOurs(3),
  }),
  row("R13A", "the same, three of our Sentinels over real servers", {
    servers: REAL_SERVER,
    sentinels: sentinelsWithOurs(3),
  }),
  row("R13B", "the same, two of our Sentinels and a real one over our servers", {
    servers: OUR_SERVER,
    sentinels: sentinelsWithOurs(2),
  }),
  row("R13C", "the same, one of our Sentinels and two real ones over our servers", {
    servers: OUR_SERVER,
    sentinels: sentinelsWithOurs(1),
  }),
  row("R13X", "the same with real Sentinels over real servers: what the harness is proved by", {
    servers: REAL_SERVER,
    sentinels: sentinelsWithOurs(0),
  }),
];
