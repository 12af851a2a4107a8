import { latin1Bytes } from "../../base/bytes";
import { readTimeoutMs } from "../../keyspace/blocking/timeout-argument";
import type { DataCall } from "../../keyspace/data-call";
import { readCount, syntaxError } from "./stream-access";

/**
 * The options of XREAD and XREADGROUP up to the keys and IDs. One object serves all calls.
 *
 * Which options a command knows follows from its name; IDs are read by who needs them.
 */

const BLOCK = latin1Bytes("block");
const COUNT = latin1Bytes("count");
const STREAMS = latin1Bytes("streams");
const GROUP = latin1Bytes("group");
const NOACK = latin1Bytes("noack");
const CLAIM = latin1Bytes("claim");
const ERR_UNBALANCED =
  "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.";

/** No CLAIM was given. */
export const NO_CLAIM = -1;

export class ReadArguments {
  /** The first key, how many there are, and so the first ID. */
  firstKey = 0;
  keyCount = 0;
  /** The most entries per stream. */
  count = Number.POSITIVE_INFINITY;
  /** Whether to wait, and how long; 0 is for ever. */
  blocks = false;
  timeoutMs = 0;
  /** The argument with the group's name, 0 when it was not given; the consumer's is behind it. */
  groupIndex = 0;
  noAck = false;
  /** How long what is pending must have been so to be claimed, or NO_CLAIM. */
  claimIdleMs = NO_CLAIM;
  readonly #isGroupRead: boolean;

  constructor(isGroupRead: boolean) {
    this.#isGroupRead = isGroupRead;
  }

  get firstId(): number {
    return this.firstKey + this.keyCount;
  }

  /** Reads the arguments; false, with the error written, when they are wrong. */
  read(call: DataCall): boolean {
    const { args } = call;
    this.#reset();
    for (let i = 1; i < args.count && this.firstKey === 0; i++) {
      const more = args.count - 1 - i;
      const used = this.#readOption(call, i, more);
      if (used < 0) return false;
      i += used;
    }
    if (this.firstKey === 0) {
      syntaxError(call);
      return false;
    }
    if (this.#isGroupRead && this.groupIndex === 0) {
      call.reply.error("ERR Missing GROUP option for XREADGROUP");
      return false;
    }
    return true;
  }

  #reset(): void {
    this.firstKey = 0;
    this.keyCount = 0;
    this.count = Number.POSITIVE_INFINITY;
    this.blocks = false;
    this.groupIndex = 0;
    this.noAck = false;
    this.claimIdleMs = NO_CLAIM;
  }

  /** Reads one option; how many arguments it has behind its word, or -1 with the error written. */
  #readOption(call: DataCall, index: number, more: number): number {
    const { args } = call;
    if (more > 0 && args.is(index, BLOCK)) {
      this.timeoutMs = readTimeoutMs(call, index + 1);
      this.blocks = true;
      return Number.isNaN(this.timeoutMs) ? -1 : 1;
    }
    if (more > 0 && args.is(index, COUNT)) {
      const count = readCount(call, index + 1);
      this.count = count === 0 ? Number.POSITIVE_INFINITY : count;
      return Number.isNaN(count) ? -1 : 1;
    }
    if (more > 0 && args.is(index, STREAMS)) return this.#readStreams(call, index + 1, more);
    if (more > 1 && args.is(index, GROUP)) {
      this.groupIndex = index + 1;
      return this.#allowsGroupOption(call, "GROUP") ? 2 : -1;
    }
    if (args.is(index, NOACK)) {
      this.noAck = true;
      return this.#allowsGroupOption(call, "NOACK") ? 0 : -1;
    }
    if (more > 0 && args.is(index, CLAIM)) return this.#readClaim(call, index + 1) ? 1 : -1;
    syntaxError(call);
    return -1;
  }

  #readClaim(call: DataCall, index: number): boolean {
    if (!this.#allowsGroupOption(call, "CLAIM")) return false;
    this.claimIdleMs = call.args.clampedInteger(index);
    if (this.claimIdleMs >= 0) return true;
    call.reply.error(
      Number.isNaN(this.claimIdleMs)
        ? "ERR min-idle-time is not an integer"
        : "ERR min-idle-time must be a positive integer",
    );
    return false;
  }

  #readStreams(call: DataCall, firstKey: number, count: number): number {
    if ((count & 1) === 1) {
      call.reply.error(ERR_UNBALANCED);
      return -1;
    }
    this.firstKey = firstKey;
    this.keyCount = count >> 1;
    return count;
  }

  #allowsGroupOption(call: DataCall, word: string): boolean {
    if (this.#isGroupRead) return true;
    call.reply.error(
      `ERR The ${word} option is only supported by XREADGROUP. You called XREAD instead.`,
    );
    return false;
  }
}
