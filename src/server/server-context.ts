import type { TableHolder } from "../command/table-holder";
import type { CommandWatch } from "../introspection/command-watch";
import type { MemoryReport } from "../introspection/memory/memory-report";
import type { Blocking } from "../keyspace/blocking/blocking";
import type { Eviction } from "../keyspace/eviction";
import type { ExpireCycle } from "../keyspace/expire-cycle";
import type { Keyspace } from "../keyspace/keyspace";
import type { Tracking } from "../keyspace/tracking/tracking";
import type { UsedMemory } from "../keyspace/used-memory";
import type { BitOperations } from "../native/bit-operations";
import type { Migrations } from "../persistence/migration/migrations";
import type { InfoSection } from "../process/info/info-section";
import type { Listeners } from "../process/listeners";
import type { ServerFacts } from "../process/server-facts";
import type { Shutdown } from "../process/shutdown";
import type { SessionContext } from "../session/session-context";
import type { Transactions } from "../transactions/transactions";
import type { FieldExpiry } from "../types/hash/field-expiry";
import type { PersistenceService } from "./persistence-service";
import type { ReplicationService } from "./replication-service";

/** What the data node's own commands and periodic work are given. */
export interface ServerContext {
  /** Holds the table of commands once they are all known. */
  readonly tableHolder: TableHolder;
  readonly session: SessionContext;
  readonly keyspace: Keyspace;
  readonly blocking: Blocking;
  readonly transactions: Transactions;
  readonly tracking: Tracking;
  readonly listeners: Listeners;
  readonly shutdown: Shutdown;
  readonly expireCycle: ExpireCycle;
  readonly eviction: Eviction;
  readonly usedMemory: UsedMemory;
  readonly facts: ServerFacts;
  readonly persistence: PersistenceService;
  readonly replication: ReplicationService;
  readonly migrations: Migrations;
  readonly bits: BitOperations;
  readonly fieldExpiry: FieldExpiry;
  readonly memoryReport: MemoryReport;
  /** What has been seen of commands: slow ones, spikes of latency, errors. */
  readonly watch: CommandWatch;
  readonly infoSections: readonly InfoSection[];
  /** CONFIG RESETSTAT: all that INFO counts begins anew. */
  readonly resetStatistics: () => void;
}
