/**
 * The log for machines, through pino: one JSON object or one logfmt line per entry, with time (ISO
 * 8601, UTC), level, process id, role, text and fields.
 *
 * create-log.ts loads this file, and with it pino, only when it is asked for.
 */
import { type Logger, pino } from "pino";
import type { Clock } from "../base/clock";
import { LeveledLog } from "./leveled-log";
import type { LineLevel, LogFields, LogLevel, LogRole } from "./log";
import type { LogSink } from "./log-sink";
import { formatLogfmt } from "./logfmt";

/** pino's own numbers where it has the level, and between them where it has not. */
const PINO_LEVELS: Readonly<Record<LineLevel, number>> = {
  debug: 20,
  verbose: 25,
  notice: 30,
  warning: 40,
};

export interface StructuredLogOptions {
  readonly format: "json" | "logfmt";
  readonly sink: LogSink;
  readonly level: LogLevel;
  readonly role: LogRole;
  readonly clock: Clock;
  readonly pid: number;
}

/** What pino hands over beside the rendered entry, to a destination that asks for it. */
interface PinoMetadata {
  lastLevel: number;
  lastMsg: string;
  lastObj: Readonly<Record<string, unknown>>;
}

/** Loaded by create-log only when a structured format is asked for. @public */
export class StructuredLog extends LeveledLog {
  readonly #pino: Logger<LineLevel>;

  constructor(options: StructuredLogOptions) {
    super(options.sink, options.level, options.role);
    const { sink, clock, pid } = options;
    const isoTime = () => new Date(clock.nowMs()).toISOString();
    const settings = {
      // LeveledLog has asked for the level already.
      level: "debug",
      customLevels: PINO_LEVELS,
      useOnlyCustomLevels: true,
      base: null,
      timestamp: () => `,"time":"${isoTime()}"`,
      formatters: { level: (level: string) => ({ level }) },
      mixin: () => ({ pid, role: this.role }),
    };
    const destination =
      options.format === "json"
        ? { write: (line: string) => sink.write(line) }
        : logfmtDestination(sink, isoTime);
    this.#pino = pino<LineLevel>(settings, destination);
  }

  protected line(level: LineLevel, text: string, fields: LogFields | undefined): void {
    this.#pino[level]({ ...fields }, text);
  }

  protected lines(level: LineLevel, text: string): void {
    this.line(level, text, undefined);
  }
}

const LEVEL_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(PINO_LEVELS).map(([name, number]) => [number, name]),
);

/** pino has no logfmt: this takes what it gathered and writes that instead of its JSON. */
function logfmtDestination(sink: LogSink, isoTime: () => string) {
  const destination = {
    [Symbol.for("pino.metadata")]: true,
    lastLevel: 0,
    lastMsg: "",
    lastObj: {},
    write(_json: string): void {
      const { lastLevel, lastMsg, lastObj }: PinoMetadata = destination;
      const head: [string, unknown][] = [
        ["time", isoTime()],
        ["level", LEVEL_NAMES.get(lastLevel)],
      ];
      const { pid, role, ...fields } = lastObj;
      head.push(["pid", pid], ["role", role], ["msg", lastMsg]);
      sink.write(formatLogfmt([...head, ...Object.entries(fields)]));
    },
  };
  return destination;
}
