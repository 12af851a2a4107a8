import type { Tracking } from "../../keyspace/tracking/tracking";
import type { InfoSection } from "../../process/info/info-section";
import type { SessionContext } from "../../session/session-context";

/** INFO clients: who is connected, and who waits. */
export function clientsSection(session: SessionContext, tracking: Tracking): InfoSection {
  const { clients, config, stats, pauses } = session;
  const fields = () =>
    [
      ["connected_clients", clients.count],
      ["cluster_connections", 0],
      ["maxclients", config.number("maxclients")],
      ["client_recent_max_input_buffer", stats.recentMaxInput.value],
      ["client_recent_max_output_buffer", stats.recentMaxOutput.value],
      ["blocked_clients", pauses.heldCount + session.blocked.count],
      ["tracking_clients", tracking.clientCount],
      ["clients_in_timeout_table", session.blocked.timedCount],
      ["total_blocking_keys", session.blocked.keyCount],
      ["total_blocking_keys_on_nokey", session.blocked.keyCountWhenGone],
    ] as const;
  return { name: "Clients", shownBy: "default", fields };
}
