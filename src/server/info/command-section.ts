import { STAT_CALLS, STAT_FAILED, STAT_REJECTED, STAT_USEC } from "../../command/command";
import type { CommandTable } from "../../command/command-table";
import type { DataCall } from "../../keyspace/data-call";
import { type InfoField, type InfoSection, twoDecimals } from "../../process/info/info-section";

/** INFO commandstats: calls and time of every command that has been called or refused. */
export function commandSection(table: () => CommandTable<DataCall>): InfoSection {
  const fields = () => {
    const lines: InfoField[] = [];
    for (const command of table().all()) {
      const calls = command.stats[STAT_CALLS];
      const rejected = command.stats[STAT_REJECTED];
      if (calls === 0 && rejected === 0) continue;
      const usec = Math.round(command.stats[STAT_USEC]);
      const each = twoDecimals(calls === 0 ? 0 : command.stats[STAT_USEC] / calls);
      const failed = command.stats[STAT_FAILED];
      lines.push([
        `cmdstat_${command.fullName}`,
        `calls=${calls},usec=${usec},usec_per_call=${each},` +
          `rejected_calls=${rejected},failed_calls=${failed}`,
      ]);
    }
    return lines;
  };
  return { name: "Commandstats", shownBy: "all", fields };
}
