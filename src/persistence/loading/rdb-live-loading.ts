import { BYTES_TO_COME } from "../../rdb/bytes-to-come";
import { LiveSource } from "./live-source";
import { LoadProblem } from "./load-problem";
import { RdbLoading, type RdbLoadingOptions, type RdbLoadingParts } from "./rdb-loading";

/** A key and its value up to this size are kept until all of them is there. */
const MOST_HELD_BYTES = 1024 * 1024 * 1024;
/** Below this an attempt costs next to nothing and is made whenever something has come. */
const CHEAP_ATTEMPT_BYTES = 256 * 1024;

/** A value is too large to be read while it comes. It could be, from a file. */
export class TooLargeToHold extends LoadProblem {}

/**
 * An RDB that is read while it comes. A record that is not all there yet is read again when more
 * has come: small ones each time, large ones when half as much again is there, so that the attempts
 * together cost three readings at most.
 */
export class RdbLiveLoading extends RdbLoading {
  readonly source: LiveSource;
  /** Bytes that are to come before another attempt is worth while. */
  wantedBytes = 0;

  readonly #mostHeldBytes: number;

  /** @param sizeBytes of the RDB, undefined when nobody has said so. */
  constructor(
    parts: RdbLoadingParts,
    sizeBytes: number | undefined,
    options: RdbLoadingOptions,
    mostHeldBytes = MOST_HELD_BYTES,
  ) {
    let answer = (): void => undefined;
    const source = new LiveSource(sizeBytes, () => answer());
    const newSource = (onRead: () => void): LiveSource => {
      answer = onRead;
      return source;
    };
    super(parts, "copy of the master", newSource, options);
    this.source = source;
    this.#mostHeldBytes = mostHeldBytes;
  }

  /** Reads until a time of the monotonic clock. @throws LoadProblem */
  advance(endMs: number): "done" | "more" | "starved" {
    this.wantedBytes = 0;
    try {
      return this.step(endMs) ? "done" : "more";
    } catch (error) {
      if (error !== BYTES_TO_COME) throw error;
      this.#starve();
      return "starved";
    }
  }

  /** Bytes behind the last record, or undefined while they have not come. @throws LoadProblem */
  tail(length: number): Buffer | undefined {
    const { reader } = this;
    reader.hold();
    try {
      reader.bytes(length);
    } catch (error) {
      if (error !== BYTES_TO_COME) throw this.problemOf(error);
      reader.back();
      return undefined;
    }
    const { valueBytes, valueAt } = reader;
    return Buffer.from(valueBytes.subarray(valueAt, valueAt + length));
  }

  /** What has come and was not used. Nothing can be read afterwards. */
  rest(): Buffer {
    const { reader, source } = this;
    reader.bytes(reader.unreadBytes);
    const { valueBytes, valueAt, valueLength } = reader;
    return Buffer.concat([valueBytes.subarray(valueAt, valueAt + valueLength), source.drain()]);
  }

  #starve(): void {
    const { reader } = this;
    const { heldBytes } = reader;
    if (heldBytes > this.#mostHeldBytes) {
      throw new TooLargeToHold(
        `a value of more than ${this.#mostHeldBytes} bytes is not read while it comes; the next copy ` +
          "goes by way of a file",
      );
    }
    this.wantedBytes = heldBytes > CHEAP_ATTEMPT_BYTES ? heldBytes >>> 1 : 1;
    reader.back();
  }
}
