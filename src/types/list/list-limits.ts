import type { Config } from "../../config/config";

/**
 * How large the nodes of lists may become, as `list-max-listpack-size` says, and when a list changes
 * between one listpack and a quicklist. The rules are those of Redis 7.2, told in the bytes that
 * Redis's listpacks have; nothing here knows how a list lies in memory.
 */

/** By the directive's value from -1 to -5. */
const NODE_BYTES = [4096, 8192, 16_384, 32_768, 65_536];
const DEFAULT_SIZE = -2;
/** A limit told in elements holds only as long as the bytes stay below this. */
const SAFETY_BYTES = 8192;
/** What Redis reckons that an element needs beside its content. */
const ELEMENT_BYTES = 8;
const NO_LIMIT = 2 ** 53;
/** An element of so many bytes always gets a node of its own; DEBUG can lower it. */
const PLAIN_BYTES = 2 ** 30;

export class ListLimits {
  /** Elements from this size on get a node of their own (DEBUG QUICKLIST-PACKED-THRESHOLD). */
  plainBytes = PLAIN_BYTES;
  /** So many nodes at either end are never compressed; 0: none is. */
  compressDepth = 0;
  /** The directive as it was set. */
  maxListpackSize = DEFAULT_SIZE;
  #mostBytes = NODE_BYTES[1];
  #mostCount = NO_LIMIT;
  #hasByteLimit = true;

  /** Takes the directives, now and whenever they change. */
  followConfig(config: Config): this {
    const read = (): undefined => {
      this.setMaxListpackSize(config.number("list-max-listpack-size"));
      this.compressDepth = config.number("list-compress-depth");
    };
    config.onChange(["list-max-listpack-size", "list-compress-depth"], read);
    read();
    return this;
  }

  /** @param size the value of `list-max-listpack-size`. */
  setMaxListpackSize(size: number): void {
    this.maxListpackSize = size;
    this.#hasByteLimit = size < 0;
    if (size < 0) {
      this.#mostBytes = NODE_BYTES[Math.min(-size, NODE_BYTES.length) - 1];
      this.#mostCount = NO_LIMIT;
    } else {
      this.#mostBytes = SAFETY_BYTES;
      this.#mostCount = Math.max(size, 1);
    }
  }

  resetPlainBytes(): void {
    this.plainBytes = PLAIN_BYTES;
  }

  /** Whether a node may not be so large. */
  exceeded(bytes: number, count: number): boolean {
    return bytes > this.#mostBytes || count > this.#mostCount;
  }

  /** Whether a node of so many bytes and elements takes one more element of `length` bytes. */
  takes(bytes: number, count: number, length: number): boolean {
    if (length >= this.plainBytes) return false;
    return bytes + length + ELEMENT_BYTES <= this.#mostBytes && count < this.#mostCount;
  }

  /**
   * Whether a quicklist that shrinks to one node of this size becomes a listpack: at half the limit,
   * so that a list at the limit does not go back and forth.
   */
  allowsListpack(bytes: number, count: number): boolean {
    if (this.#hasByteLimit) return bytes <= this.#mostBytes >>> 1;
    return count <= this.#mostCount >>> 1;
  }
}
