/**
 * Where log lines go: standard output, or a file.
 *
 * What always holds: when `write` returns, the system has the line, so a crash right after it does
 * not lose it; and a sink never throws, because a server does not end for want of a log. What
 * cannot be written is counted, and the next line that can be is preceded by the count.
 */
import { closeSync, openSync, writeSync } from "node:fs";

export interface LogSink {
  /** Whole lines with their newline at the end. */
  write(lines: string): void;
}

const STDOUT = 1;
/** How long a line may wait for a reader of a full pipe. */
const PIPE_WAIT_MS = 20;
const PIPE_STEP_MS = 1;

/** Counts entries that got lost and says so in front of the next one. */
abstract class CountingSink implements LogSink {
  #lost = 0;
  /** The last thing written was part of an entry, so the next one must start a line. */
  #torn = false;

  write(lines: string): void {
    const note = this.#lost > 0 ? `(${this.#lost} log entries were lost)\n` : "";
    const bytes = Buffer.from(`${this.#torn ? "\n" : ""}${note}${lines}`, "utf8");
    const written = this.tryWrite(bytes);
    if (written === bytes.length) this.#lost = 0;
    else this.#lost += 1;
    if (written > 0) this.#torn = written < bytes.length;
  }

  /** The number of bytes written. */
  protected abstract tryWrite(bytes: Buffer): number;
}

/**
 * Appends to a file, which is opened for each entry: whoever renames or removes it for rotation
 * finds the next entry in a new file, and needs no signal to the server.
 */
export class FileSink extends CountingSink {
  readonly #path: Buffer | string;

  constructor(path: Buffer | string) {
    super();
    this.#path = path;
  }

  protected tryWrite(bytes: Buffer): number {
    let file: number;
    try {
      file = openSync(this.#path, "a");
    } catch {
      return 0;
    }
    try {
      return writeAll(file, bytes, 0);
    } finally {
      closeSync(file);
    }
  }
}

/**
 * Standard output. It may be a pipe that somebody else has made non-blocking: then a line waits a
 * moment for its reader, and after one wait in vain the following lines do not wait any more.
 */
export class StdoutSink extends CountingSink {
  readonly #file: number;
  #stuck = false;

  /** Another open file is for tests. */
  constructor(file = STDOUT) {
    super();
    this.#file = file;
  }

  protected tryWrite(bytes: Buffer): number {
    const written = writeAll(this.#file, bytes, this.#stuck ? 0 : PIPE_WAIT_MS);
    this.#stuck = written < bytes.length;
    return written;
  }
}

/** The number of bytes written; fewer than there are after an error or a wait in vain. */
function writeAll(file: number, bytes: Buffer, waitMs: number): number {
  let written = 0;
  let waitedMs = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(file, bytes, written);
    } catch (error) {
      const full = error instanceof Error && "code" in error && error.code === "EAGAIN";
      if (!full || waitedMs >= waitMs) return written;
      sleep(PIPE_STEP_MS);
      waitedMs += PIPE_STEP_MS;
    }
  }
  return written;
}

function sleep(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}
