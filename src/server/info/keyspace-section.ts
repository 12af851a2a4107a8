import type { Keyspace } from "../../keyspace/keyspace";
import type { InfoField, InfoSection } from "../../process/info/info-section";

/** INFO keyspace: a line per database that holds keys. */
export function keyspaceSection(keyspace: Keyspace): InfoSection {
  const fields = () => {
    const lines: InfoField[] = [];
    keyspace.databases.forEach((database, index) => {
      if (database.size === 0) return;
      const averageTtlMs = Math.round(database.averageTtlMs);
      const expiring = database.dict.expiring;
      lines.push([
        `db${index}`,
        `keys=${database.size},expires=${expiring},avg_ttl=${averageTtlMs}`,
      ]);
    });
    return lines;
  };
  return { name: "Keyspace", shownBy: "default", fields };
}
