// One history of a few Sentinels and the data nodes they watch: random faults for a while, and in most
// histories peace afterwards, in which all must come together. The seed decides everything.
import { SeededRandom } from "../../support/seeds";
import { whatIsMissing } from "./convergence";
import { Faults } from "./faults";
import type { PlantedBug } from "./planted-bugs";
import { SimSentinel } from "./sim-sentinel";
import { ToyClient } from "./toy-client";
import { ToyNode } from "./toy-node";
import { Violation } from "./violation";
import { type Machine, VirtualNetwork } from "./virtual-network";
import { type Counts, type Settings, World } from "./world";

const CALM_START_MS = 8000;
const LOOK_MS = 500;
/** All must have been well for this long. */
const STEADY_MS = 6000;
/** Links that are opened anew, INFO that is asked for, roles that are put right, copies. */
const PATIENCE_MS = 30_000;
const NODE_PORT = 6379;
const SENTINEL_PORT = 26379;

export interface SimSummary {
  readonly counts: Counts;
  readonly simulatedMs: number;
  /** From the healing until all was well; -1 in a history without healing. */
  readonly healedMs: number;
  readonly acknowledged: number;
  readonly lost: number;
}

export interface SimFailure {
  readonly seed: number;
  readonly problem: string;
  readonly trace: readonly string[];
}

/** Runs the history of a seed; the failure, told by all that happened, or what came of it. */
export function simulate(seed: number, bug?: PlantedBug): SimSummary | SimFailure {
  const result = runHistory(seed, bug, undefined);
  if (!("problem" in result)) return result;
  const trace: string[] = [];
  const again = runHistory(seed, bug, trace);
  if ("problem" in again && again.problem === result.problem) return again;
  const other = "problem" in again ? again.problem : "nothing";
  return { seed, problem: `${result.problem}; but the second time ${other}`, trace };
}

function runHistory(
  seed: number,
  bug: PlantedBug | undefined,
  trace: string[] | undefined,
): SimSummary | SimFailure {
  const random = new SeededRandom(seed);
  const world = new World(new VirtualNetwork(random), drawSettings(random), bug, trace);
  try {
    return run(world);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const stack =
      error instanceof Violation || !(error instanceof Error) ? [] : [error.stack ?? ""];
    return { seed, problem, trace: [...(trace ?? []), ...stack] };
  }
}

function drawSettings(random: SeededRandom): Settings {
  const sentinels = random.pick([3, 3, 3, 4, 5, 5, 6, 7]);
  const majority = Math.floor(sentinels / 2) + 1;
  return {
    sentinels,
    quorum: random.chance(0.7) ? majority : random.between(1, sentinels),
    downAfterMs: random.pick([500, 1000, 3000]),
    failoverTimeoutMs: random.pick([2000, 5000, 10_000]),
    parallelSyncs: random.pick([1, 1, 2]),
    tiltPeriodMs: random.pick([3000, 30_000]),
    replTimeoutMs: random.pick([2000, 10_000]),
    maxLagMs: 3000,
    mostLoadingMs: random.pick([1, 1000]),
    refusesStale: random.chance(0.3),
    perWriteMs: random.pick([300, 1000]),
    areDisksLying: random.chance(0.1),
    isSafetyOnly: random.chance(0.3),
    troubleMs: random.pick([20_000, 60_000, 120_000]),
  };
}

function run(world: World): SimSummary {
  const { network, settings } = world;
  build(world);
  const faults = new Faults(world);
  network.runUntil(CALM_START_MS);
  faults.plan();
  network.runUntil(CALM_START_MS + settings.troubleMs);
  const healedMs = settings.isSafetyOnly ? -1 : comeTogether(world, faults);
  return { counts: world.counts, simulatedMs: network.nowMs, healedMs, ...countLost(world) };
}

function build(world: World): void {
  const { network, settings } = world;
  const { random } = network;
  const groups = random.chance(0.75) ? ["one"] : ["one", "two"];
  const machines: Machine[] = [];
  const machineAt = (index: number): Machine => {
    machines[index] ??= network.addMachine(`10.0.0.${index + 1}`);
    return machines[index];
  };
  let lines = "";
  let first = 0;
  groups.forEach((group, number) => {
    const count = random.pick([2, 2, 3, 3, 4, 5, 6]);
    for (let i = 0; i < count; i++) {
      const port = NODE_PORT + number;
      world.nodes.push(new ToyNode(world, `${group[0]}${i}`, machineAt(first + i), port, group));
    }
    lines += configurationOf(settings, group, machineAt(first).ip, NODE_PORT + number);
    if (random.chance(0.5)) first += count;
  });
  // Each Sentinel beside a data node, or on machines of their own.
  const own = random.chance(0.5) ? 0 : machines.length;
  for (let i = 0; i < settings.sentinels; i++) {
    const machine = machineAt(own + i);
    world.sentinels.push(new SimSentinel(world, `S${i}`, machine, SENTINEL_PORT, lines));
  }
  for (const group of groups) bootGroup(world, group);
  for (const sentinel of world.sentinels) sentinel.boot();
  for (const group of groups) {
    const machine = machineAt(machines.length);
    world.clients.push(new ToyClient(world, `C${world.clients.length}`, machine, group));
  }
}

function configurationOf(settings: Settings, group: string, ip: string, port: number): string {
  const { quorum, downAfterMs, failoverTimeoutMs, parallelSyncs } = settings;
  return [
    `sentinel monitor ${group} ${ip} ${port} ${quorum}`,
    `sentinel down-after-milliseconds ${group} ${downAfterMs}`,
    `sentinel failover-timeout ${group} ${failoverTimeoutMs}`,
    `sentinel parallel-syncs ${group} ${parallelSyncs}\n`,
  ].join("\n");
}

function bootGroup(world: World, group: string): void {
  const [master, ...replicas] = world.groupOf(group);
  const minReplicas = world.network.random.below(2);
  master.boot(undefined);
  for (const replica of replicas) replica.boot(master.address);
  for (const node of [master, ...replicas]) node.minReplicas = minReplicas;
}

/** Heals, and waits until all is well: how long that took. */
function comeTogether(world: World, faults: Faults): number {
  const { network } = world;
  faults.healAll();
  const healedMs = network.nowMs;
  const boundMs = boundOf(world.settings);
  let wellSinceMs = -1;
  for (;;) {
    network.runUntil(network.nowMs + LOOK_MS);
    const missing = whatIsMissing(world);
    if (missing !== undefined) wellSinceMs = -1;
    else if (wellSinceMs < 0) wellSinceMs = network.nowMs;
    if (wellSinceMs >= 0 && network.nowMs - wellSinceMs >= STEADY_MS) break;
    if (missing !== undefined && network.nowMs - healedMs > boundMs) {
      throw new Violation(`${boundMs / 1000} s after the healing: ${missing}`);
    }
  }
  return wellSinceMs - healedMs;
}

/** What may pass until all is well: the end of TILT, an attempt that fails and one that does not. */
function boundOf({ tiltPeriodMs, failoverTimeoutMs, downAfterMs }: Settings): number {
  return tiltPeriodMs + 4 * failoverTimeoutMs + 3 * downAfterMs + PATIENCE_MS;
}

function countLost(world: World): { readonly acknowledged: number; readonly lost: number } {
  let acknowledged = 0;
  let lost = 0;
  for (const client of world.clients) {
    const kept = new Set(world.groupOf(client.group).flatMap(({ log }) => log));
    acknowledged += client.acknowledged.length;
    for (const id of client.acknowledged) if (!kept.has(id)) lost += 1;
  }
  return { acknowledged, lost };
}
