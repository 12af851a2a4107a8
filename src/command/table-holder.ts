import type { CommandTable } from "./command-table";

/**
 * Where commands that tell of commands find the table: they are part of it, so it is made after
 * them and put here then.
 */
export class TableHolder {
  table!: CommandTable<never>;
}
