import type { Pipeline } from "../../command/pipeline";
import type { MemoryReport } from "../../introspection/memory/memory-report";
import type { DataCall } from "../../keyspace/data-call";
import type { Keyspace } from "../../keyspace/keyspace";
import type { Tracking } from "../../keyspace/tracking/tracking";
import type { Migrations } from "../../persistence/migration/migrations";
import { clientsSection } from "../../process/info/clients-section";
import { cpuSection } from "../../process/info/cpu-section";
import type { InfoField, InfoSection } from "../../process/info/info-section";
import { serverSection } from "../../process/info/server-section";
import type { TurnCounts } from "../../process/info/stats-fields";
import type { ServerFacts } from "../../process/server-facts";
import type { Shutdown } from "../../process/shutdown";
import type { SessionContext } from "../../session/session-context";
import type { PersistenceService } from "../persistence-service";
import type { ReplicationService } from "../replication-service";
import { clusterSection } from "./cluster-section";
import { commandSection } from "./command-section";
import type { ExceededTime } from "./exceeded-time";
import { keyspaceSection } from "./keyspace-section";
import { memorySection } from "./memory-section";
import { modulesSection } from "./modules-section";
import { persistenceSection } from "./persistence-section";
import { replicationSection } from "./replication-section";
import { statsSection } from "./stats-section";

/** Where INFO finds what it tells; what is a function exists only when commands are run. */
export interface InfoSources {
  readonly facts: ServerFacts;
  readonly persistence: PersistenceService;
  readonly replication: ReplicationService;
  readonly session: SessionContext;
  readonly shutdown: Pick<Shutdown, "leftMs">;
  readonly keyspace: Keyspace;
  readonly tracking: Tracking;
  readonly memoryReport: MemoryReport;
  readonly exceededTime: ExceededTime;
  readonly migrations: Migrations;
  readonly pipeline: () => Pipeline<DataCall>;
  readonly turns: () => TurnCounts;
  readonly errors: ErrorCounts;
  readonly latencyFields: () => readonly InfoField[];
}

/** Error replies by their first word. */
export interface ErrorCounts {
  readonly total: number;
  readonly fields: () => readonly InfoField[];
}

/** Every section in the order in which INFO shows them. */
export function infoSections(sources: InfoSources): readonly InfoSection[] {
  const { facts, session, keyspace, memoryReport, exceededTime, pipeline, turns, errors } = sources;
  const { config } = session;
  return [
    serverSection(
      facts,
      config,
      session.identity.mode,
      () => session.clients.count,
      () => sources.shutdown.leftMs,
    ),
    clientsSection(
      session,
      () => sources.tracking.clientCount,
      () => sources.replication.master.replicas.list.length,
    ),
    memorySection({
      report: memoryReport,
      config,
      lazyFree: keyspace.lazyFree,
      systemMemoryBytes: facts.systemMemoryBytes,
    }),
    persistenceSection(keyspace, sources.persistence),
    statsSection({
      session: session.stats,
      pubSub: session.pubSub,
      keyspace,
      tracking: sources.tracking,
      saves: sources.persistence.saves,
      replication: () => sources.replication.master.counts,
      exceededTime,
      links: sources.migrations.links,
      pipeline,
      turns,
      errorReplies: () => errors.total,
    }),
    replicationSection(sources.replication),
    cpuSection(),
    modulesSection(),
    commandSection(() => pipeline().table),
    { name: "Errorstats", shownBy: "default", fields: errors.fields },
    { name: "Latencystats", shownBy: "all", fields: sources.latencyFields },
    clusterSection(),
    keyspaceSection(keyspace),
  ];
}
