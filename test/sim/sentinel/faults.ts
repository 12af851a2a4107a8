// Random trouble for a history: what goes wrong, when, and for how long. Each fault plans its own end;
// `healAll` ends all of them.
import type { SeededRandom } from "../../support/seeds";
import { garbageHello, garbageInfo } from "./garbage";
import type { SimProcess } from "./sim-process";
import { toyInfo } from "./toy-info";
import type { Machine } from "./virtual-network";
import type { World } from "./world";

const MOST_ACTIONS_UNTIL_CRASH = 12;
const MOST_CLOCK_JUMP_MS = 60_000;
const MOST_DELAY_MS = 3000;

interface Fault {
  readonly weight: number;
  readonly cause: (faults: Faults) => void;
}

const FAULTS: readonly Fault[] = [
  { weight: 14, cause: (faults) => faults.partition() },
  { weight: 10, cause: (faults) => faults.isolate() },
  { weight: 8, cause: (faults) => faults.separate() },
  { weight: 3, cause: (faults) => faults.starveReplicas() },
  { weight: 6, cause: (faults) => faults.slowDown() },
  { weight: 6, cause: (faults) => faults.loseConnections() },
  { weight: 16, cause: (faults) => faults.killMaster() },
  { weight: 10, cause: (faults) => faults.killAny() },
  { weight: 8, cause: (faults) => faults.pauseAny() },
  { weight: 5, cause: (faults) => faults.losePower() },
  { weight: 4, cause: (faults) => faults.moveClock() },
  { weight: 10, cause: (faults) => faults.crashAmidStep() },
  { weight: 4, cause: (faults) => faults.fillDisk() },
  { weight: 8, cause: (faults) => faults.changePriority() },
  { weight: 5, cause: (faults) => faults.orderFailover() },
  { weight: 4, cause: (faults) => faults.publishGarbage() },
  { weight: 4, cause: (faults) => faults.garbleInfo() },
];
const ALL_WEIGHTS = FAULTS.reduce((sum, { weight }) => sum + weight, 0);

export class Faults {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #perTroubleMs: number;
  #isOver = false;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.network.random;
    this.#perTroubleMs = this.#random.pick([700, 2000, 6000, 15_000]);
  }

  plan(): void {
    const { network } = this.#world;
    network.after(this.#random.below(this.#perTroubleMs * 2), () => {
      if (this.#isOver) return;
      this.#cause();
      this.plan();
    });
  }

  healAll(): void {
    this.#isOver = true;
    const { network, sentinels, nodes, clients } = this.#world;
    this.#say("all is healed");
    network.healAll();
    for (const machine of network.machines) machine.isUp = true;
    for (const sentinel of sentinels) {
      sentinel.isDiskFull = false;
      sentinel.actionsUntilCrash = undefined;
    }
    for (const node of nodes) node.garbledInfo = undefined;
    for (const process of [...sentinels, ...nodes, ...clients]) {
      process.start();
      process.resume();
    }
  }

  /** Some machines cannot reach the others, in both directions or in one. */
  partition(): void {
    const { machines } = this.#world.network;
    const one = machines.filter(() => this.#random.chance(0.5));
    const other = machines.filter((machine) => !one.includes(machine));
    this.#cut(one, other);
  }

  isolate(): void {
    const { machines } = this.#world.network;
    const alone = this.#random.chance(0.5) ? this.#masterMachine() : this.#random.pick(machines);
    this.#cut(
      [alone],
      machines.filter((machine) => machine !== alone),
    );
  }

  /** Two machines cannot reach each other, while all others reach both. */
  separate(): void {
    const { machines } = this.#world.network;
    const one = this.#random.chance(0.6) ? this.#masterMachine() : this.#random.pick(machines);
    this.#cut([one], [this.#random.pick(machines)]);
  }

  /** A master is reached by all but its replicas, and goes when their data has grown old. */
  starveReplicas(): void {
    const master = this.#master();
    if (master === undefined) return;
    const nodes = this.#world.groupOf(master.group).filter((node) => node !== master);
    this.#cut(
      [master.machine],
      nodes.map(({ machine }) => machine),
      25_000,
    );
    this.#later(20_000, () => this.#kill(master, 20_000));
  }

  slowDown(): void {
    const { network } = this.#world;
    const one = this.#random.pick(network.machines);
    const extraMs = this.#random.below(MOST_DELAY_MS);
    this.#say(`${one.ip} is ${extraMs} ms away`);
    const set = (ms: number) => {
      for (const other of network.machines) {
        network.slow(one, other, ms);
        network.slow(other, one, ms);
      }
    };
    set(extraMs);
    this.#later(10_000, () => set(0));
  }

  loseConnections(): void {
    const share = this.#random.pick([0.02, 0.2, 1]);
    const isSilent = this.#random.chance(0.5);
    this.#say(`${share * 100}% of the connections are ${isSilent ? "silent" : "reset"}`);
    for (const connection of [...this.#world.network.connections]) {
      if (!this.#random.chance(share)) continue;
      if (isSilent) connection.silence();
      else connection.reset();
    }
  }

  killMaster(): void {
    const master = this.#master();
    if (master === undefined) return;
    // Often it does not go alone.
    if (this.#random.chance(0.3)) this.pauseAny();
    if (this.#random.chance(0.3)) this.killAny();
    if (this.#random.chance(0.3)) this.#pause(master);
    else this.#kill(master, 20_000);
  }

  killAny(): void {
    this.#kill(this.#random.pick([...this.#world.nodes, ...this.#world.sentinels]), 10_000);
  }

  pauseAny(): void {
    this.#pause(this.#random.pick([...this.#world.nodes, ...this.#world.sentinels]));
  }

  losePower(): void {
    const { sentinels, nodes, clients, network } = this.#world;
    const machine = this.#random.pick(network.machines);
    const there = [...sentinels, ...nodes, ...clients].filter((each) => each.machine === machine);
    machine.isUp = false;
    for (const process of there) process.vanish();
    this.#later(15_000, () => {
      machine.isUp = true;
      for (const process of there) process.start();
    });
  }

  moveClock(): void {
    const machine = this.#random.pick(this.#world.network.machines);
    const byMs = this.#random.below(2 * MOST_CLOCK_JUMP_MS) - MOST_CLOCK_JUMP_MS;
    this.#say(`the clock of ${machine.ip} is moved by ${byMs} ms`);
    machine.wallOffsetMs += byMs;
  }

  /** Between any two actions of a step that is to come: mostly amid an election. */
  crashAmidStep(): void {
    const sentinel = this.#random.pick(this.#world.sentinels);
    sentinel.actionsUntilCrash = this.#random.below(MOST_ACTIONS_UNTIL_CRASH);
    this.#later(10_000, () => sentinel.start());
    if (this.#random.chance(0.7)) this.killMaster();
  }

  fillDisk(): void {
    const sentinel = this.#random.pick(this.#world.sentinels);
    sentinel.say("finds its disk full");
    sentinel.isDiskFull = true;
    this.#later(15_000, () => {
      sentinel.isDiskFull = false;
    });
  }

  changePriority(): void {
    const node = this.#random.pick(this.#world.nodes);
    node.priority = this.#random.pick([0, 0, 10, 100, 200]);
    node.say(`has priority ${node.priority}`);
  }

  /** SENTINEL FAILOVER, of both kinds. */
  orderFailover(): void {
    const sentinel = this.#random.pick(this.#world.sentinels);
    const { group } = this.#random.pick(this.#world.nodes);
    const isCoordinated = this.#random.chance(0.5);
    sentinel.deliver(() => sentinel.failOver(group, isCoordinated));
  }

  /** Somebody who is no Sentinel says something on the hello channel. */
  publishGarbage(): void {
    const { nodes, sentinels } = this.#world;
    const node = this.#random.pick(nodes);
    if (!node.isUp || node.isPaused) return;
    const { ip } = this.#random.pick(sentinels).machine;
    node.publish(garbageHello(this.#random, ip, node.group, node.world.newRunId()));
  }

  garbleInfo(): void {
    const node = this.#random.pick(this.#world.nodes);
    node.say("answers nonsense to INFO");
    node.garbledInfo = garbageInfo(this.#random, toyInfo(node));
    this.#later(5000, () => {
      node.garbledInfo = undefined;
    });
  }

  #cause(): void {
    let draw = this.#random.below(ALL_WEIGHTS);
    for (const { weight, cause } of FAULTS) {
      draw -= weight;
      if (draw >= 0) continue;
      cause(this);
      return;
    }
  }

  #cut(one: readonly Machine[], other: readonly Machine[], leastMs = 0): void {
    const { network } = this.#world;
    const directions = this.#random.pick(["both", "both", "out", "in"] as const);
    const names = (machines: readonly Machine[]) => machines.map(({ ip }) => ip).join(" ");
    this.#say(`cut (${directions}): ${names(one)} | ${names(other)}`);
    const forEach = (run: (from: Machine, to: Machine) => void) => {
      for (const a of one) {
        for (const b of other) {
          if (directions !== "in") run(a, b);
          if (directions !== "out") run(b, a);
        }
      }
    };
    forEach((from, to) => network.cut(from, to));
    const mend = () => {
      this.#say(`mended: ${names(one)} | ${names(other)}`);
      forEach((from, to) => network.heal(from, to));
    };
    this.#world.network.after(leastMs, () => this.#later(20_000, mend));
  }

  #kill(process: SimProcess, mostMs: number): void {
    process.crash();
    this.#later(mostMs, () => process.start());
  }

  #pause(process: SimProcess): void {
    process.pause();
    this.#later(12_000, () => process.resume());
  }

  #later(mostMs: number, end: () => void): void {
    this.#world.network.after(100 + this.#random.below(mostMs), () => {
      if (!this.#isOver) end();
    });
  }

  #master() {
    const masters = this.#world.nodes.filter(
      ({ isUp, replicaOf }) => isUp && replicaOf === undefined,
    );
    return masters.length === 0 ? undefined : this.#random.pick(masters);
  }

  #masterMachine(): Machine {
    return this.#master()?.machine ?? this.#random.pick(this.#world.network.machines);
  }

  #say(text: string): void {
    this.#world.say("--", text);
  }
}
