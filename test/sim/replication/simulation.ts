// One history of a few servers: random writes, faults and changes of role for a while, then peace, and
// then all of them must be equal. The seed decides everything.
import { SeededRandom } from "../../support/seeds";
import { Ledger, Violation } from "./ledger";
import type { PlantedBug } from "./planted-bugs";
import { SimNode, type SimWorld } from "./sim-node";
import { VirtualNetwork } from "./virtual-network";

const TROUBLE_MS = 40_000;
const CONVERGE_MS = 40_000;
const REST_MS = 2_500;

export interface SimSummary {
  readonly nodes: number;
  readonly full: number;
  readonly partial: number;
  readonly failovers: number;
  readonly loads: number;
}

export interface SimFailure {
  readonly seed: number;
  readonly problem: string;
  /** The last lines of all servers' logs. */
  readonly trace: readonly string[];
}

/** Runs the history of a seed; the failure, or what happened. */
export function simulate(seed: number, bug?: PlantedBug): SimSummary | SimFailure {
  const world = newWorld(seed, bug);
  try {
    return run(world);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const stack =
      error instanceof Violation || !(error instanceof Error) ? [] : [error.stack ?? ""];
    return { seed, problem, trace: [...world.trace.slice(-200), ...stack] };
  }
}

function newWorld(seed: number, bug: PlantedBug | undefined): SimWorld {
  const random = new SeededRandom(seed);
  let ids = 0;
  return {
    network: new VirtualNetwork(random),
    ledger: new Ledger(),
    bug,
    trace: [],
    backlogBytes: random.pick([200, 2000, 20_000]),
    windowBytes: random.pick([40, 200, 2000]),
    timeoutMs: 5000,
    isResting: false,
    newId: () => (++ids).toString(16).padStart(40, "0"),
    counts: { full: 0, partial: 0, failovers: 0, loads: 0 },
  };
}

function run(world: SimWorld): SimSummary {
  const { network } = world;
  const { random } = network;
  const nodes = Array.from({ length: random.between(2, 5) }, (_, i) => new SimNode(`n${i}`, world));
  for (const node of nodes) {
    node.disklessLoad = random.pick(["disabled", "disabled", "on-empty-db", "swapdb"]);
    node.isDiskless = random.chance(0.4);
  }
  const checkAll = () => {
    for (const node of nodes) node.check();
  };
  arrange(nodes, random);
  planWrites(world, nodes);
  planTrouble(world, nodes);
  network.runUntil(TROUBLE_MS, checkAll);
  heal(world, nodes);
  network.runUntil(network.nowMs + CONVERGE_MS, checkAll);
  world.isResting = true;
  network.runUntil(network.nowMs + REST_MS, checkAll);
  requireEqual(nodes);
  return { nodes: nodes.length, ...world.counts };
}

/** A random tree: the first is the master, each other follows one before it. */
function arrange(nodes: readonly SimNode[], random: SeededRandom): void {
  const order = [...nodes].sort(() => random.below(3) - 1);
  order.forEach((node, index) => {
    if (index === 0) {
      node.dispatch({ kind: "failover-abort" });
      node.dispatch({ kind: "promote" });
    } else follow(node, order[random.below(index)]);
  });
}

function follow(node: SimNode, master: SimNode): void {
  if (!node.isUp || node.state.failover !== undefined || node.state.link.phase === "loading")
    return;
  if (node === master || node.state.master?.host === master.name) return;
  node.say(`follows ${master.name}`);
  node.dispatch({ kind: "follow", master: { host: master.name, port: 1 } });
}

function planWrites(world: SimWorld, nodes: readonly SimNode[]): void {
  const { network } = world;
  const { random } = network;
  const perWriteMs = random.pick([20, 100, 400]);
  const write = () => {
    if (world.isResting) return;
    const body = random.bytes(random.below(20));
    const db = random.below(3);
    for (const node of nodes) if (random.chance(0.7)) node.write(db, body);
    network.after(random.below(perWriteMs * 2), write);
  };
  network.after(0, write);
}

function planTrouble(world: SimWorld, nodes: readonly SimNode[]): void {
  const { network } = world;
  const { random } = network;
  const perTroubleMs = random.pick([150, 600, 2000]);
  const trouble = () => {
    if (network.nowMs > TROUBLE_MS - 1000) return;
    causeTrouble(world, nodes);
    network.after(random.below(perTroubleMs * 2), trouble);
  };
  network.after(random.below(3000), trouble);
}

function causeTrouble(world: SimWorld, nodes: readonly SimNode[]): void {
  const { network } = world;
  const { random } = network;
  const one = random.pick(nodes);
  const other = random.pick(nodes);
  const die = random.below(100);
  if (die < 35) network.cutOne();
  else if (die < 42) {
    network.block(one.name, other.name);
    if (random.chance(0.5)) network.block(other.name, one.name);
    network.after(random.below(9000), () => network.unblock());
  } else if (die < 52) one.save();
  else if (die < 60) {
    if (random.chance(0.5)) one.save();
    one.crash();
    const withFile = random.chance(0.8);
    network.after(random.below(4000), () => one.restart(withFile));
  } else if (die < 72) follow(one, other);
  else if (die < 78) {
    if (one.state.link.phase !== "loading") {
      one.dispatch({ kind: "failover-abort" });
      one.dispatch({ kind: "promote" });
    }
  } else if (die < 92) startFailover(one, random);
  else if (die < 94) one.dispatch({ kind: "failover-abort" });
  else if (die < 97) one.replicas.askForAcks();
  else one.backlog.resize(random.pick([200, 2000, 20_000]));
}

function startFailover(node: SimNode, random: SeededRandom): void {
  const online = node.replicas.views().filter(({ isOnline }) => isOnline);
  if (!node.isUp || node.state.master !== undefined || node.state.failover !== undefined) return;
  if (online.length === 0) return;
  const { host, port } = random.pick(online);
  const target = random.chance(0.5) ? { host, port } : undefined;
  const timeoutMs = random.pick([0, 500, 3000]);
  node.dispatch({ kind: "failover", target, timeoutMs, isForced: false });
  node.replicas.askForAcks();
}

function heal(world: SimWorld, nodes: readonly SimNode[]): void {
  const { network } = world;
  network.unblock();
  for (const node of nodes) {
    node.restart(true);
    node.dispatch({ kind: "failover-abort" });
  }
  // Whoever is loading cannot be told anything until it has ended.
  const tell = () => {
    if (nodes.some((node) => node.state.link.phase === "loading")) network.after(200, tell);
    else arrange(nodes, network.random);
  };
  network.after(0, tell);
}

function requireEqual(nodes: readonly SimNode[]): void {
  const places = nodes.map(({ name, state, backlog, data }) => {
    const phase = state.link.phase;
    if (phase !== "none" && phase !== "connected")
      throw new Violation(`${name} is still in ${phase}`);
    return { name, text: `${state.history.id} ${backlog.offset} ${data.digest}` };
  });
  for (const { name, text } of places) {
    if (text !== places[0].text) {
      throw new Violation(`${name} is at ${text}, but ${places[0].name} at ${places[0].text}`);
    }
  }
}
