// What all parts of one simulated history share: the network, what is written down, the settings that
// the seed has drawn, and whoever takes part.
import { Invariants } from "./invariants";
import type { PlantedBug } from "./planted-bugs";
import type { SimSentinel } from "./sim-sentinel";
import type { ToyClient } from "./toy-client";
import type { ToyNode } from "./toy-node";
import type { VirtualNetwork } from "./virtual-network";

export interface Settings {
  readonly sentinels: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  readonly parallelSyncs: number;
  readonly quorum: number;
  readonly tiltPeriodMs: number;
  /** Of data nodes. */
  readonly replTimeoutMs: number;
  readonly maxLagMs: number;
  readonly mostLoadingMs: number;
  /** Replicas without a link refuse PING with MASTERDOWN. */
  readonly refusesStale: boolean;
  /** Of clients, on average. */
  readonly perWriteMs: number;
  /** Disks that say too early that something is safe: a loss of power takes the last of it back. */
  readonly areDisksLying: boolean;
  /** Faults until the end; else all is healed, and must come together. */
  readonly isSafetyOnly: boolean;
  readonly troubleMs: number;
}

/** What has happened, for the summary. */
export interface Counts {
  elections: number;
  attempts: number;
  promotions: number;
  steps: number;
}

const MOST_LINES = 20_000;

export class World {
  readonly network: VirtualNetwork;
  readonly settings: Settings;
  readonly bug: PlantedBug | undefined;
  readonly sentinels: SimSentinel[] = [];
  readonly nodes: ToyNode[] = [];
  readonly clients: ToyClient[] = [];
  readonly checks = new Invariants();
  readonly counts: Counts = {
    elections: 0,
    attempts: 0,
    promotions: 0,
    steps: 0,
  };
  /** Undefined unless the history is to be told. */
  readonly trace: string[] | undefined;
  #ids = 0;
  #writes = 0;

  constructor(
    network: VirtualNetwork,
    settings: Settings,
    bug: PlantedBug | undefined,
    trace: string[] | undefined,
  ) {
    this.network = network;
    this.settings = settings;
    this.bug = bug;
    this.trace = trace;
  }

  say(who: string, text: string): void {
    const { trace } = this;
    if (trace === undefined) return;
    if (trace.length >= MOST_LINES) trace.splice(0, MOST_LINES / 2);
    trace.push(`${(this.network.nowMs / 1000).toFixed(3).padStart(9)} ${who.padEnd(4)} ${text}`);
  }

  newRunId(): string {
    this.#ids += 1;
    return this.#ids.toString(16).padStart(40, "0");
  }

  newWriteId(): number {
    this.#writes += 1;
    return this.#writes;
  }

  /** The data nodes of one master name. */
  groupOf(group: string): readonly ToyNode[] {
    return this.nodes.filter((node) => node.group === group);
  }
}
