import { isCanonicalInt64 } from "../../base/int64";
import {
  ENTRY_VALUE,
  encodingOf,
  STRING_AUTO,
  STRING_RAW,
  TYPE_STRING,
  valueStartOf,
  wordOf,
} from "../../keyspace/entry";
import type { DigestSink, ValueType } from "../../keyspace/value-type";
import { type BlockMemory, SEGMENT_SHIFT } from "../../memory/block-memory";

/**
 * The string type: its bytes lie inside the entry, whatever they are; there is no integer form.
 *
 * OBJECT ENCODING is told from the bytes, as Redis would have chosen it: `int` for a canonical
 * int64, `embstr` up to 44 bytes, `raw` beyond. A string that was changed in place is `raw`, and
 * one that Redis formatted itself (INCRBYFLOAT) is never `int`.
 */

/** The longest string that Redis keeps in one block with its object. */
const EMBSTR_BYTES = 44;

export function stringLength(memory: BlockMemory, entry: number): number {
  return wordOf(memory, entry, ENTRY_VALUE);
}

export const stringType: ValueType = {
  name: "string",
  code: TYPE_STRING,
  encodingName(memory, entry): string {
    const length = stringLength(memory, entry);
    const encoding = encodingOf(memory, entry);
    if (encoding === STRING_RAW) return "raw";
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    if (encoding === STRING_AUTO && isCanonicalInt64(bytes, valueStartOf(memory, entry), length)) {
      return "int";
    }
    return length <= EMBSTR_BYTES ? "embstr" : "raw";
  },
  memoryBytes: () => 0,
  freeEffort: () => 1,
  freeSome: () => 0,
  copy(): number {
    throw new Error("a string is copied with its entry");
  },
  digest(memory, entry, sink: DigestSink): void {
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    sink.mix(bytes, valueStartOf(memory, entry), stringLength(memory, entry));
  },
};
