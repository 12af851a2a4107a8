import { getHeapStatistics } from "node:v8";
import type { Pipeline } from "../command/pipeline";
import type { CommandWatch } from "../introspection/command-watch";
import { latencyFields } from "../introspection/latency/latency-histograms";
import { MemoryReport } from "../introspection/memory/memory-report";
import type { DataCall } from "../keyspace/data-call";
import type { Eviction } from "../keyspace/eviction";
import type { Keyspace } from "../keyspace/keyspace";
import type { Tracking } from "../keyspace/tracking/tracking";
import type { UsedMemory } from "../keyspace/used-memory";
import type { Migrations } from "../persistence/migration/migrations";
import type { CronTask } from "../process/cron";
import type { InfoField, InfoSection } from "../process/info/info-section";
import type { ServerFacts } from "../process/server-facts";
import type { Shutdown } from "../process/shutdown";
import type { SessionContext } from "../session/session-context";
import type { TurnTimes } from "../session/turn-times";
import { ExceededTime } from "./info/exceeded-time";
import { infoSections } from "./info/info-sections";
import type { PersistenceService } from "./persistence-service";
import type { ReplicationService } from "./replication-service";

/** What is counted per turn; the turn loop. */
export interface TurnCounters {
  reads: number;
  writes: number;
  readonly times: TurnTimes;
}

export interface StatisticsParts {
  readonly facts: ServerFacts;
  readonly persistence: PersistenceService;
  readonly replication: ReplicationService;
  readonly session: SessionContext;
  readonly shutdown: Pick<Shutdown, "leftMs">;
  readonly keyspace: Keyspace;
  readonly tracking: Tracking;
  readonly usedMemory: UsedMemory;
  readonly watch: CommandWatch;
  readonly migrations: Migrations;
  readonly eviction: Eviction;
  /** These exist only once the commands do, INFO among them. */
  readonly pipeline: () => Pipeline<DataCall>;
  readonly turns: () => TurnCounters;
}

/**
 * What the server tells of itself, put together: the memory report, INFO's sections, and their
 * beginning anew. The counters belong to those who count.
 */
export class Statistics {
  readonly memoryReport: MemoryReport;
  readonly sections: readonly InfoSection[];
  readonly #exceededTime = new ExceededTime();
  readonly #parts: StatisticsParts;

  constructor(parts: StatisticsParts) {
    const { facts, session, keyspace, usedMemory, watch, pipeline, turns } = parts;
    this.#parts = parts;
    this.memoryReport = new MemoryReport({
      keyspace,
      usedMemory,
      clients: session.clients,
      clientMemory: session.clientMemory,
      aofBufferBytes: () => parts.persistence.aof.writer.bufferedBytes,
      rssBytes: () => process.memoryUsage.rss(),
      heapLimitBytes: getHeapStatistics().heap_size_limit,
    });
    this.sections = infoSections({
      facts,
      persistence: parts.persistence,
      replication: parts.replication,
      session,
      shutdown: parts.shutdown,
      keyspace,
      tracking: parts.tracking,
      memoryReport: this.memoryReport,
      exceededTime: this.#exceededTime,
      migrations: parts.migrations,
      pipeline,
      turns,
      errors: watch.errors,
      latencyFields: () => this.#latencyFields(),
    });
  }

  #latencyFields(): readonly InfoField[] {
    const { session, watch, pipeline } = this.#parts;
    if (!watch.tracksLatencies) return [];
    const percentiles = session.config.value("latency-tracking-info-percentiles");
    return latencyFields(pipeline().table.all(), percentiles);
  }

  tasks(): CronTask[] {
    const { eviction, usedMemory } = this.#parts;
    return [
      {
        name: "exceeded-time",
        periodMs: 100,
        run: (nowMs) => {
          const { limitBytes, appliesLimit } = eviction;
          const isOver = limitBytes > 0 && usedMemory.countedBytes > limitBytes;
          this.#exceededTime.sample(isOver && appliesLimit, nowMs);
        },
      },
    ];
  }

  /** CONFIG RESETSTAT. The peak of memory is no statistic in Redis and stays. */
  reset(): void {
    const { session, keyspace, watch, pipeline, turns } = this.#parts;
    for (const command of pipeline().table.all()) command.resetStatistics();
    watch.errors.reset();
    session.stats.reset();
    this.#parts.replication.master.counts.reset();
    keyspace.stats.reset();
    keyspace.lazyFree.freedObjects = 0;
    this.#exceededTime.reset();
    turns().reads = 0;
    turns().writes = 0;
    turns().times.reset();
  }
}
