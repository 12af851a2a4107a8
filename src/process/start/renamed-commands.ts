/** The lines `rename-command old new` of a configuration, applied to the table of commands. */
import { type ConfigLine, type ConfigProblem, lineProblem } from "../../config/config-problem";

/** What it takes of the table: a name that is renamed to nothing is gone. */
export interface RenamableTable {
  find(name: string): unknown;
  rename(from: string, to: string): boolean;
}

/** The first line that cannot be applied; those before it have been. */
export function renameCommands(
  table: RenamableTable,
  lines: readonly ConfigLine[],
): ConfigProblem | undefined {
  for (const line of lines) {
    const [, from, to] = line.args;
    if (table.find(from) === undefined) {
      return lineProblem(line, "No such command in rename-command");
    }
    if (!table.rename(from, to)) return lineProblem(line, "Target command name already exists");
  }
  return undefined;
}
