import type { TableHolder } from "../command/table-holder";
import type { MemoryReport } from "../introspection/memory/memory-report";
import type { Eviction } from "../keyspace/eviction";
import type { ExpireCycle } from "../keyspace/expire-cycle";
import type { Keyspace } from "../keyspace/keyspace";
import type { UsedMemory } from "../keyspace/used-memory";
import type { SessionContext } from "../session/session-context";
<<<<<<< HEAD
import type { InfoSection } from "./info/info-section";
import type { ServerFacts } from "./server-facts";
=======
import type { NodeHost } from "./node-host";
>>>>>>> e01a315 (wip2)

/** What the data node's own commands and periodic work are given. */
export interface ServerContext {
  /** Holds the table of commands once they are all known. */
  readonly tableHolder: TableHolder;
  readonly session: SessionContext;
  readonly keyspace: Keyspace;
  readonly host: NodeHost;
  readonly expireCycle: ExpireCycle;
  readonly eviction: Eviction;
  readonly usedMemory: UsedMemory;
  readonly facts: ServerFacts;
  readonly memoryReport: MemoryReport;
  readonly infoSections: readonly InfoSection[];
  /** CONFIG RESETSTAT: all that INFO counts begins anew. */
  readonly resetStatistics: () => void;
}
