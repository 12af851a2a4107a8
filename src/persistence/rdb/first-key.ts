import { RDB_MAGIC, RDB_OPCODES } from "../../rdb/rdb-format";
import { RdbProblem } from "../../rdb/rdb-problem";
import type { RdbReader } from "../../rdb/rdb-reader";

const VERSION_DIGITS = 4;
const SLOT_LENGTHS = 3;

/**
 * Whether there is any key in an RDB, found out by reading as far as the first: some hundred bytes,
 * and the functions that may be in front. True also where it cannot be read to the first key or the
 * end: whoever loads it will say why.
 */
export function holdsKeys(reader: RdbReader): boolean {
  try {
    reader.bytes(RDB_MAGIC.length + VERSION_DIGITS);
    for (;;) {
      const opcode = reader.byte();
      if (opcode === RDB_OPCODES.END) return false;
      if (!passesFact(reader, opcode)) return true;
    }
  } catch (error) {
    if (error instanceof RdbProblem) return true;
    throw error;
  }
}

/** False for what is a key, belongs to one, or is unknown. */
function passesFact(reader: RdbReader, opcode: number): boolean {
  if (opcode === RDB_OPCODES.AUX) {
    reader.string();
    reader.string();
  } else if (opcode === RDB_OPCODES.FUNCTION) {
    reader.string();
  } else if (opcode === RDB_OPCODES.SELECT) {
    reader.length();
  } else if (opcode === RDB_OPCODES.RESIZE) {
    reader.length();
    reader.length();
  } else if (opcode === RDB_OPCODES.SLOT_INFO) {
    for (let left = SLOT_LENGTHS; left > 0; left--) reader.length();
  } else {
    return false;
  }
  return true;
}
