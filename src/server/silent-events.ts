import type { KeyspaceEvents } from "../keyspace/keyspace-events";

/** Nobody listens: watchers, tracking, notifications and replicas have not been attached. */
export const silentEvents: KeyspaceEvents = {
  changed: () => undefined,
  notify: () => undefined,
  added: () => undefined,
  missed: () => undefined,
  expired: () => undefined,
  evicted: () => undefined,
  flushed: () => undefined,
  swapped: () => undefined,
};
