import type { Config } from "../config/config";
import type { Keyspace } from "../keyspace/keyspace";
import type { KeyspaceListener } from "../keyspace/keyspace-listener";
import { Tracking } from "../keyspace/tracking/tracking";
import { TRACKING_GATE } from "../keyspace/tracking/tracking-gate";
import { TrackingTable } from "../keyspace/tracking/tracking-table";
import type { ReplyWriter } from "../protocol/reply-writer";
import type { Client } from "../session/client";
import type { SessionContext } from "../session/session-context";

export interface NewTrackingParts {
  readonly config: Config;
  readonly session: SessionContext;
  readonly keyspace: Keyspace;
  /** Lets a listener hear of the keyspace, or no longer. */
  readonly listen: (listener: KeyspaceListener, isListening: boolean) => void;
  readonly reply: ReplyWriter;
  readonly runningClient: () => Client | undefined;
}

/** Client-side caching, joined to the keyspace, the clients and the configuration. */
export function newTracking(parts: NewTrackingParts): Tracking {
  const { config, session, keyspace, listen, reply, runningClient } = parts;
  const tracking = new Tracking({
    table: new TrackingTable(keyspace.memory, keyspace.lazyFree),
    memory: keyspace.memory,
    hashOf: (key, at, length) => keyspace.hashOf(key, at, length),
    random: keyspace.random,
    clients: session.clients,
    pushes: session.pushes,
    reply,
    maxKeys: () => config.number("tracking-table-max-keys"),
    runningClient,
    setGate: (client, raised) => {
      const bit = session.gates.bitOf(TRACKING_GATE);
      client.gates = raised ? client.gates | bit : client.gates & ~bit;
    },
    listen,
  });
  session.whenReset((client) => tracking.disable(client));
  return tracking;
}
