import type { AofWindow } from "../../persistence/aof/aof-reader";

const LONGEST = 8;

/** The name of the command that a reader has put into a window, in lower case; empty if it is long. */
export function commandName({ bytes, table, tableAt }: AofWindow): string {
  const length = table[tableAt + 1];
  if (length > LONGEST) return "";
  const at = table[tableAt];
  return Buffer.from(bytes.slice(at, at + length))
    .toString("latin1")
    .toLowerCase();
}
