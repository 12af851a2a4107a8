import type { InfoSection } from "../../process/info/info-section";

/** INFO modules: none can be loaded, and the heading says so. */
export function modulesSection(): InfoSection {
  return { name: "Modules", shownBy: "default", fields: () => [] };
}
