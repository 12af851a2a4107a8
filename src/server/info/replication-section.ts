import type { InfoSection } from "../../process/info/info-section";
import type { ReplicationService } from "../replication-service";

/** INFO replication: role, replicas or master, ids, offsets and the backlog. */
export function replicationSection(replication: ReplicationService): InfoSection {
  return {
    name: "Replication",
    shownBy: "default",
    fields: () => replication.infoFields(),
  };
}
