import { AOF_COMMAND, AOF_CUT, AOF_END, AofReader, type AofWindow } from "./aof-reader";
import type { AofSource } from "./aof-source";

const CHUNK_BYTES = 64 * 1024;
/** `\r\n*`, with which every command but the first is preceded. */
const BOUNDARY = Buffer.from("\r\n*");
/** Whole commands one after the other that nobody takes for a coincidence. */
const ENOUGH_COMMANDS = 8;
/** Places that look like a command and are none, after which nothing is looked for any more. */
const MOST_TRIES = 1000;
const LONGEST_NAME = 64;

/**
 * A command that goes on behind the end of a file may have been cut off there, or its length may be
 * damaged: then whole commands follow it, which would be lost with the rest of the file. Returns
 * where the first of them begins, -1 when there is none.
 *
 * Redis does not look, and drops them. A value that holds such commands itself, and in which the
 * file really ends, is taken for damage, too: that costs a restart with redis-check-aof, no data.
 */
export function commandBehind(source: AofSource, window: AofWindow, start: number): number {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let tries = 0;
  for (let at = start + 1; at < source.sizeBytes; at += CHUNK_BYTES - BOUNDARY.length) {
    const got = source.read(chunk, 0, CHUNK_BYTES, at);
    const part = chunk.subarray(0, got);
    for (
      let found = part.indexOf(BOUNDARY);
      found >= 0;
      found = part.indexOf(BOUNDARY, found + 1)
    ) {
      const candidate = at + found + 2;
      if (isCommand(source, window, candidate)) return candidate;
      if (++tries === MOST_TRIES) return -1;
    }
  }
  return -1;
}

/** Whether commands follow one another from here to the end, or as many as are enough. */
function isCommand(source: AofSource, window: AofWindow, position: number): boolean {
  const reader = new AofReader(source, window, position);
  if (reader.next() !== AOF_COMMAND || !hasName(window)) return false;
  for (let left = ENOUGH_COMMANDS; left > 0; left--) {
    const found = reader.next();
    if (found === AOF_END || found === AOF_CUT) return true;
    if (found === AOF_COMMAND && !hasName(window)) return false;
    if (reader.problem !== "") return false;
  }
  return true;
}

function hasName({ bytes, table, tableAt }: AofWindow): boolean {
  const at = table[tableAt];
  const length = table[tableAt + 1];
  if (length === 0 || length > LONGEST_NAME) return false;
  for (let i = at; i < at + length; i++)
    if (!/[A-Za-z0-9._|-]/.test(String.fromCharCode(bytes[i]))) return false;
  return true;
}
