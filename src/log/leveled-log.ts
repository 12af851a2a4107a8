/**
 * What every form of the log shares: the level, the role, and where the bytes go.
 * What always holds: a line below the level costs one comparison.
 */
import {
  type LineLevel,
  LOG_LEVELS,
  type Log,
  type LogFields,
  type LogLevel,
  type LogRole,
} from "./log";
import type { LogSink } from "./log-sink";

const NOTHING_RANK = LOG_LEVELS.length;

export abstract class LeveledLog implements Log {
  protected readonly sink: LogSink;
  #role: LogRole;
  #level: LogLevel;
  #rank: number;

  constructor(sink: LogSink, level: LogLevel, role: LogRole) {
    this.sink = sink;
    this.#role = role;
    this.#level = level;
    this.#rank = rankOf(level);
  }

  get level(): LogLevel {
    return this.#level;
  }

  get role(): LogRole {
    return this.#role;
  }

  setLevel(level: LogLevel): void {
    this.#level = level;
    this.#rank = rankOf(level);
  }

  setRole(role: LogRole): void {
    this.#role = role;
  }

  writes(level: LineLevel): boolean {
    return rankOf(level) >= this.#rank;
  }

  debug(text: string, fields?: LogFields): void {
    if (this.writes("debug")) this.line("debug", text, fields);
  }

  verbose(text: string, fields?: LogFields): void {
    if (this.writes("verbose")) this.line("verbose", text, fields);
  }

  notice(text: string, fields?: LogFields): void {
    if (this.writes("notice")) this.line("notice", text, fields);
  }

  warning(text: string, fields?: LogFields): void {
    if (this.writes("warning")) this.line("warning", text, fields);
  }

  block(level: LineLevel, text: string): void {
    if (this.writes(level)) this.lines(level, text);
  }

  protected abstract line(level: LineLevel, text: string, fields: LogFields | undefined): void;
  protected abstract lines(level: LineLevel, text: string): void;
}

function rankOf(level: LogLevel): number {
  return level === "nothing" ? NOTHING_RANK : LOG_LEVELS.indexOf(level);
}
