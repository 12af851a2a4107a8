import type { BlockedClients } from "../session/blocked-clients";
import type { Client } from "../session/client";

/** The clients that wait, whatever for: keys, or replicas. */
export class AllBlocked implements BlockedClients {
  readonly #groups: readonly BlockedClients[];

  constructor(groups: readonly BlockedClients[]) {
    this.#groups = groups;
  }

  get count(): number {
    return this.#sum(({ count }) => count);
  }

  get timedCount(): number {
    return this.#sum(({ timedCount }) => timedCount);
  }

  get keyCount(): number {
    return this.#sum(({ keyCount }) => keyCount);
  }

  get keyCountWhenGone(): number {
    return this.#sum(({ keyCountWhenGone }) => keyCountWhenGone);
  }

  unblock(client: Client, withError: boolean, error?: string): boolean {
    return this.#groups.some((group) => group.unblock(client, withError, error));
  }

  #sum(figure: (group: BlockedClients) => number): number {
    let sum = 0;
    for (const group of this.#groups) sum += figure(group);
    return sum;
  }
}
