import type { SessionContext } from "../../session/session-context";
import type { InfoSection } from "./info-section";

/**
 * INFO clients: who is connected, replicas aside but with the master, and who waits.
 * @param trackingClients how many are told what changes of what they keep.
 */
export function clientsSection(
  session: SessionContext,
  trackingClients: () => number,
  replicaCount: () => number = () => 0,
): InfoSection {
  const { clients, config, stats, pauses } = session;
  const fields = () =>
    [
      ["connected_clients", clients.count - replicaCount()],
      ["cluster_connections", 0],
      ["maxclients", config.number("maxclients")],
      ["client_recent_max_input_buffer", stats.recentMaxInput.value],
      ["client_recent_max_output_buffer", stats.recentMaxOutput.value],
      ["blocked_clients", pauses.heldCount + session.blocked.count],
      ["tracking_clients", trackingClients()],
      ["clients_in_timeout_table", session.blocked.timedCount],
      ["total_blocking_keys", session.blocked.keyCount],
      ["total_blocking_keys_on_nokey", session.blocked.keyCountWhenGone],
    ] as const;
  return { name: "Clients", shownBy: "default", fields };
}
