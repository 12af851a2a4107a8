// How much of an append only file is whole when it ends at some byte.

import { AOF_COMMAND, AofReader } from "../../src/persistence/aof/aof-reader";
import { AofBytes } from "../persistence/aof-bytes";

/** For every length of the file: how much of it is whole, a transaction being whole or nothing. */
export function wholeParts(file: Buffer): Uint32Array {
  const size = file.length * 2;
  const bytes = new Uint8Array(size);
  const window = { bytes, start: 0, end: size, table: new Uint32Array(65536), tableAt: 0 };
  const whole = new Uint32Array(file.length + 1);
  const reader = new AofReader(new AofBytes(file), window);
  let last = 0;
  let isOpen = false;
  while (reader.next() === AOF_COMMAND) {
    const [at, length] = window.table;
    const name = Buffer.from(bytes.slice(at, at + length)).toString();
    if (name === "MULTI") isOpen = true;
    else if (name === "EXEC") isOpen = false;
    whole.fill(last, reader.start + 1, reader.position);
    if (!isOpen) last = reader.position;
    whole[reader.position] = last;
  }
  return whole;
}
