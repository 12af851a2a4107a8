import type { InfoSection } from "../../process/info/info-section";

/** INFO cluster: this server is not part of one. */
export function clusterSection(): InfoSection {
  return { name: "Cluster", shownBy: "default", fields: () => [["cluster_enabled", 0]] };
}
