import type { Keyspace } from "../keyspace/keyspace";
import type { SessionContext } from "../session/session-context";

/** What the data node's own commands and periodic work are given. */
export interface ServerContext {
  readonly session: SessionContext;
  readonly keyspace: Keyspace;
}
