import { getHeapStatistics } from "node:v8";
import type { Clock } from "../base/clock";
import type { Random } from "../base/random";
import type { Config } from "../config/config";
import { AccessClock } from "../keyspace/access-clock";
import { Eviction } from "../keyspace/eviction";
import { ExpireCycle } from "../keyspace/expire-cycle";
import { followConfig } from "../keyspace/follow-config";
import { Keyspace } from "../keyspace/keyspace";
import type { KeyspaceEvents } from "../keyspace/keyspace-events";
import { LazyFree } from "../keyspace/lazy-free";
import { UsedMemory } from "../keyspace/used-memory";
import type { ValueType } from "../keyspace/value-type";
import type { Arena } from "../memory/arena";
import { STATS_PENDING_OUTPUT, STATS_QUERY_BYTES, STATS_WORDS } from "../net/transport";
import type { CronTask } from "../process/cron";
import type { Clients } from "../session/clients";
import type { BackgroundJob } from "./background";

export interface KeyspaceServiceParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashKey: readonly [number, number];
  readonly memory: Arena;
  readonly types: readonly ValueType[];
  readonly events: KeyspaceEvents;
  readonly clients: Clients;
  /** By slot, as the transport keeps them. */
  readonly clientStats: Float64Array;
  /** Whether clients' writes are paused, so that the data set must stand still. */
  readonly isPaused: () => boolean;
}

/** Parked blocks given back between two looks at the clock, and at every tick. */
const PARKED_PER_LOOK = 500;
const MEBIBYTE = 1024 * 1024;
const PURGED_PER_SLICE_BYTES = 4 * MEBIBYTE;
/** Free memory up to here may soon be used again, so it goes back at the pace of the cron only. */
const CUSHION_BYTES = 64 * MEBIBYTE;
const CUSHION_SHARE = 1 / 8;

/**
 * The keyspace with what keeps it within its bounds: expiry, eviction, lazy freeing, and the count of
 * memory in use. It wires them to the configuration, the cron and the work between turns.
 */
export class KeyspaceService {
  readonly keyspace: Keyspace;
  readonly expireCycle: ExpireCycle;
  readonly usedMemory: UsedMemory;
  readonly eviction: Eviction;
  readonly #parts: KeyspaceServiceParts;
  /** The last purge found nothing to give back; asked again at the next tick. */
  #isPurged = false;

  constructor(parts: KeyspaceServiceParts) {
    const { memory, clock, random, config, hashKey, types, events } = parts;
    const monotonicMs = (): number => clock.monotonicMs();
    this.#parts = parts;
    this.keyspace = new Keyspace({
      memory,
      random,
      hashKey,
      databases: config.number("databases"),
      types,
      events,
      access: new AccessClock(random),
      lazyFree: new LazyFree(memory, monotonicMs),
    });
    this.setTime();
    this.expireCycle = new ExpireCycle(this.keyspace, monotonicMs);
    this.usedMemory = new UsedMemory(memory, {
      heapBytes: () => getHeapStatistics().used_heap_size,
      clientBytes: () => this.#clientBytes(),
    });
    this.eviction = new Eviction(this.keyspace, this.usedMemory, monotonicMs);
  }

  /** @param limitChanged told now and at every change whether there is a limit on memory. */
  followConfig(limitChanged: (hasLimit: boolean) => void): void {
    followConfig(this.#parts.config, this.keyspace, this.eviction, this.expireCycle, limitChanged);
  }

  /** Before a turn and before work between turns: lets the time go on. Returns it. */
  setTime(): number {
    const nowMs = this.#parts.clock.nowMs();
    this.keyspace.setTime(nowMs);
    this.keyspace.actionsPaused = this.#parts.isPaused();
    return nowMs;
  }

  tasks(): CronTask[] {
    const { usedMemory, expireCycle } = this;
    const { memory } = this.#parts;
    return [
      { name: "time", periodMs: 0, run: () => void this.setTime() },
      { name: "memory", periodMs: 100, run: () => usedMemory.sample() },
      { name: "expire", periodMs: 0, run: () => expireCycle.tick() },
      // Also clears a bitmap of the last snapshot, so that the next one need not.
      { name: "parked", periodMs: 0, run: () => memory.releaseParked(PARKED_PER_LOOK) },
      { name: "purge", periodMs: 0, run: () => this.#purge() },
    ];
  }

  jobs(): BackgroundJob[] {
    const { keyspace, expireCycle, eviction } = this;
    const { lazyFree } = keyspace;
    const { memory } = this.#parts;
    return [
      {
        name: "lazy-free",
        hasWork: () => lazyFree.hasWork,
        work: (budgetMs) => lazyFree.work(budgetMs),
      },
      {
        name: "expire",
        hasWork: () => expireCycle.hasWork,
        work: (budgetMs) => expireCycle.work(budgetMs),
      },
      {
        name: "evict",
        hasWork: () => eviction.hasWork,
        work: (budgetMs) => eviction.work(budgetMs),
      },
      {
        name: "parked",
        hasWork: () => memory.hasReleasable,
        work: (budgetMs) => this.#releaseParked(budgetMs),
      },
      {
        name: "purge",
        hasWork: () => !this.#isPurged && this.#isWasteful,
        work: () => this.#purge(),
      },
    ];
  }

  #releaseParked(budgetMs: number): void {
    const { memory, clock } = this.#parts;
    const endMs = clock.monotonicMs() + budgetMs;
    while (memory.releaseParked(PARKED_PER_LOOK) === PARKED_PER_LOOK) {
      if (clock.monotonicMs() >= endMs) return;
    }
  }

  get #isWasteful(): boolean {
    const { memory } = this.#parts;
    return memory.dirtyBytes > CUSHION_BYTES + memory.reservedBytes * CUSHION_SHARE;
  }

  #purge(): void {
    this.#isPurged = this.#parts.memory.purge(PURGED_PER_SLICE_BYTES) === 0;
  }

  #clientBytes(): number {
    const { clients, clientStats } = this.#parts;
    let bytes = 0;
    for (const client of clients.bySlot) {
      if (client === undefined) continue;
      const at = client.slot * STATS_WORDS;
      bytes += clientStats[at + STATS_PENDING_OUTPUT] + clientStats[at + STATS_QUERY_BYTES];
      // These lie outside of the JS heap.
      bytes += client.queuedBytes + client.waitingBytes;
    }
    return bytes;
  }
}
