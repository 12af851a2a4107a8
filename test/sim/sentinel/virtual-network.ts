// Machines and what is between them, over virtual time: latency, cuts of one direction, slow pairs. It
// knows who is where, and nothing of connections (connection.ts) or of what is said.
import type { SeededRandom } from "../../support/seeds";
import { EventQueue } from "../event-queue";
import type { Connection } from "./connection";
import type { SimProcess } from "./sim-process";

/** One VM: loses power as a whole, and has a clock of its own. */
export class Machine {
  isUp = true;
  /** How far its wall clock is from the true time. */
  wallOffsetMs = 0;
  readonly index: number;
  readonly ip: string;

  constructor(index: number, ip: string) {
    this.index = index;
    this.ip = ip;
  }
}

const MOST_MACHINES = 32;
const START_OF_TIME_MS = 1_700_000_000_000;

export class VirtualNetwork extends EventQueue {
  readonly random: SeededRandom;
  readonly machines: Machine[] = [];
  /** Those that anybody may lose at any moment. */
  readonly connections = new Set<Connection>();
  readonly #processes = new Map<string, SimProcess>();
  /** Per pair of machines: how many faults cut it, what is added to each packet, the usual time. */
  readonly #cuts = new Uint8Array(MOST_MACHINES * MOST_MACHINES);
  readonly #extraMs = new Float64Array(MOST_MACHINES * MOST_MACHINES);
  readonly #usualMs: number;

  constructor(random: SeededRandom) {
    super();
    this.random = random;
    this.#usualMs = random.pick([0.3, 2, 20]);
  }

  addMachine(ip: string): Machine {
    const machine = new Machine(this.machines.length, ip);
    this.machines.push(machine);
    return machine;
  }

  addProcess(process: SimProcess): void {
    this.#processes.set(`${process.machine.ip}:${process.port}`, process);
  }

  processAt(ip: string, port: number): SimProcess | undefined {
    return this.#processes.get(`${ip}:${port}`);
  }

  machineOf(ip: string): Machine | undefined {
    return this.machines.find((machine) => machine.ip === ip);
  }

  wallMs(machine: Machine): number {
    return START_OF_TIME_MS + this.nowMs + machine.wallOffsetMs;
  }

  /** Packets in this direction stay out until as many `heal` have come. */
  cut(from: Machine, to: Machine): void {
    this.#cuts[pair(from, to)] += 1;
  }

  heal(from: Machine, to: Machine): void {
    const at = pair(from, to);
    if (this.#cuts[at] > 0) this.#cuts[at] -= 1;
  }

  slow(from: Machine, to: Machine, extraMs: number): void {
    this.#extraMs[pair(from, to)] = extraMs;
  }

  healAll(): void {
    this.#cuts.fill(0);
    this.#extraMs.fill(0);
  }

  /** Nothing can come from one to the other now. A machine always reaches itself. */
  isBlocked(from: Machine, to: Machine): boolean {
    if (!to.isUp) return true;
    return from !== to && this.#cuts[pair(from, to)] > 0;
  }

  latencyMs(from: Machine, to: Machine): number {
    if (from === to) return 0.05;
    const jitter = 0.5 + this.random.below(1000) / 1000;
    return this.#usualMs * jitter + this.#extraMs[pair(from, to)];
  }
}

function pair(from: Machine, to: Machine): number {
  return from.index * MOST_MACHINES + to.index;
}
