import type { Pauses } from "../../session/pauses";
import { PAUSE_WRITE } from "../../session/pauses";
import { lagSeconds } from "../decisions/replica-health";
import type { Replication } from "../replication";
import { phaseName } from "../replication-fields";
import type { MasterSide } from "./master-side";

export interface LastReplicasParts {
  readonly replication: Replication;
  readonly master: MasterSide;
  readonly pauses: Pauses;
  readonly log: { notice(text: string): void };
  readonly monotonicMs: () => number;
}

/**
 * The replicas before the end of their master: writes stop, and who is online is given the time to
 * confirm all of them. Replicas that wait for a copy, or have none yet, lack everything.
 */
export class LastReplicas {
  readonly #parts: LastReplicasParts;
  #offset = 0;

  constructor(parts: LastReplicasParts) {
    this.#parts = parts;
  }

  begin(): boolean {
    const { replication, master, pauses } = this.#parts;
    this.#offset = replication.offset;
    if (!replication.isMaster || this.haveAll) return false;
    pauses.begin("shutdown", PAUSE_WRITE, Number.POSITIVE_INFINITY);
    master.wantAcks();
    return true;
  }

  get haveAll(): boolean {
    const { list } = this.#parts.master.replicas;
    return list.every(({ ackOffset }) => ackOffset >= this.#offset);
  }

  report(): void {
    const { replication, master, log, monotonicMs } = this.#parts;
    const { list } = master.replicas;
    if (!replication.isMaster || list.length === 0) return;
    const { offset } = replication;
    let inSync = 0;
    for (const { name, phase, isOnline, ackOffset, ackMs } of list) {
      if (ackOffset >= this.#offset) {
        inSync += 1;
        continue;
      }
      const lag = isOnline ? lagSeconds(ackMs, monotonicMs()) : 0;
      log.notice(
        `Lagging replica ${name} reported offset ${offset - ackOffset} behind master, ` +
          `lag=${lag}, state=${phaseName(phase)}.`,
      );
    }
    log.notice(`${inSync} of ${list.length} replicas are in sync when shutting down.`);
  }

  resume(): void {
    this.#parts.pauses.end("shutdown");
  }
}
