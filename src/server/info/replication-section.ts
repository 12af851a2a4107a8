import type { ReplicationService } from "../replication-service";
import type { InfoSection } from "./info-section";

/** INFO replication: role, replicas or master, ids, offsets and the backlog. */
export function replicationSection(replication: ReplicationService): InfoSection {
  return {
    name: "Replication",
    shownBy: "default",
    fields: () => replication.infoFields(),
  };
}
