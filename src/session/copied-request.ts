import type { Arguments } from "../command/arguments";
import { RECORD_HEADER_WORDS } from "../protocol/request-record";

/**
 * A request that outlives its turn: the bytes of its arguments in one piece, and their lengths.
 *
 * For commands that are queued by MULTI or wait for keys; `ScratchRequest.writeCopy` makes the
 * arguments of a call look at it.
 */
const HASH_WORD = 2 - RECORD_HEADER_WORDS;
const KEY_HASH_WORD = 3 - RECORD_HEADER_WORDS;

export class CopiedRequest {
  readonly bytes: Uint8Array;
  readonly lengths: Uint32Array;
  /** Of the name and of argument 1, as in the record. */
  readonly nameHash: number;
  readonly keyHash: number;

  /** @param substitutes arguments to be replaced by others; never 0 or 1, whose hashes are kept. */
  constructor(args: Arguments, substitutes?: ReadonlyMap<number, Uint8Array>) {
    const { input, table, base, count } = args;
    this.nameHash = table[base + HASH_WORD];
    this.keyHash = table[base + KEY_HASH_WORD];
    this.lengths = new Uint32Array(count);
    let size = 0;
    for (let i = 0; i < count; i++) {
      this.lengths[i] = substitutes?.get(i)?.length ?? args.length(i);
      size += this.lengths[i];
    }
    this.bytes = new Uint8Array(size);
    let at = 0;
    for (let i = 0; i < count; i++) {
      const offset = args.offset(i);
      const part = substitutes?.get(i) ?? input.subarray(offset, offset + this.lengths[i]);
      this.bytes.set(part, at);
      at += part.length;
    }
  }

  /** What it takes on the heap, about. */
  get sizeBytes(): number {
    return this.bytes.length + this.lengths.byteLength;
  }
}
