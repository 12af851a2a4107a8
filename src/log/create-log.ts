/** Chooses the form and the place of the log from the configuration's words. */
import type { Clock } from "../base/clock";
import type { Log, LogLevel, LogRole } from "./log";
import { FileSink, type LogSink, StdoutSink } from "./log-sink";
import { RedisLineLog } from "./redis-line-log";

export interface LogOptions {
  readonly format: "redis" | "json" | "logfmt";
  /** An absolute path (the working directory may change), or empty for standard output. */
  readonly file: Buffer | string;
  readonly level: LogLevel;
  readonly role: LogRole;
  readonly clock: Clock;
  readonly pid: number;
  /** In place of `file`, for tests. */
  readonly sink?: LogSink;
}

export function createLog(options: LogOptions): Log {
  const { format, level, role, clock, pid } = options;
  const sink =
    options.sink ?? (options.file.length === 0 ? new StdoutSink() : new FileSink(options.file));
  if (format === "redis") return new RedisLineLog(sink, level, role, clock, pid);
  // Loaded here because it brings pino along, which the usual start does without.
  const { StructuredLog } = require("./structured-log") as typeof import("./structured-log");
  return new StructuredLog({ format, sink, level, role, clock, pid });
}
