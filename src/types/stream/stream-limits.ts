import type { Config } from "../../config/config";

/**
 * When a node of a stream is full: stream-node-max-bytes and -entries, as Redis takes them.
 *
 * The composition sets them and follows CONFIG SET; streams only ask.
 */

/** A node never becomes larger than this, whatever the directive says. */
export const MOST_NODE_BYTES = 2 ** 30;
/** What one approximate trim removes at most when its LIMIT is not told. */
const DEFAULT_TRIM_NODES = 100;
const TRIM_WITHOUT_LIMIT = 10_000;
const MOST_TRIMMED = 1_000_000;

export class StreamLimits {
  #nodeMaxBytes = 4096;
  /** 0: no limit. */
  nodeMaxEntries = 100;

  /** Takes the numbers of a configuration, now and when they change. */
  followConfig(config: Config): this {
    const follow = (): undefined => {
      this.nodeMaxBytes = config.number("stream-node-max-bytes");
      this.nodeMaxEntries = config.number("stream-node-max-entries");
      return undefined;
    };
    follow();
    config.onChange(["stream-node-max-bytes", "stream-node-max-entries"], follow);
    return this;
  }

  get nodeMaxBytes(): number {
    return this.#nodeMaxBytes;
  }

  set nodeMaxBytes(bytes: number) {
    const isLimited = bytes > 0 && bytes < MOST_NODE_BYTES;
    this.#nodeMaxBytes = isLimited ? bytes : MOST_NODE_BYTES;
  }

  /** Entries that an approximate trim without LIMIT removes at most. */
  get trimLimit(): number {
    const limit = DEFAULT_TRIM_NODES * this.nodeMaxEntries;
    return limit <= 0 ? TRIM_WITHOUT_LIMIT : Math.min(limit, MOST_TRIMMED);
  }
}
