import { ERR_STRING_TOO_LONG } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";

/**
 * How long a string may become: proto-max-bulk-len, as Redis takes it, and never more than an entry
 * can hold.
 *
 * The composition sets `maxBulkBytes` and follows CONFIG SET; commands only ask.
 */

/** The length word of an entry is signed, and header and key need room beside the value. */
const MOST_ENTRY_BYTES = 0x7fff_0000;

export class StringLimits {
  maxBulkBytes: number;

  constructor(maxBulkBytes: number) {
    this.maxBulkBytes = maxBulkBytes;
  }

  /** The longest string in bytes. */
  get mostBytes(): number {
    return Math.min(this.maxBulkBytes, MOST_ENTRY_BYTES);
  }

  /** As `mostBytes`, for what the call may make. */
  mostFor(call: DataCall): number {
    return call.isRepeated ? MOST_ENTRY_BYTES : this.mostBytes;
  }

  /** Replies an error and returns false when a string of `sizeBytes` would be too long. */
  allows(call: DataCall, sizeBytes: number): boolean {
    if (sizeBytes <= this.mostBytes || sizeBytes <= this.mostFor(call)) return true;
    call.reply.error(ERR_STRING_TOO_LONG);
    return false;
  }
}
