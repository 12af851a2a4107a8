import type { Clock } from "../base/clock";
import { LatencyHistogram } from "../base/latency-histogram";
import { COMMAND_FAST, COMMAND_SKIP_SLOWLOG, type Command } from "../command/command";
import type { MeasuredRun } from "../command/pipeline";
import type { Config } from "../config/config";
import type { SessionCall } from "../session/session-call";
import { ErrorCounts } from "./error-counts";
import { LatencyMonitor } from "./latency/latency-monitor";
import { Slowlog } from "./slowlog/slowlog";

/**
 * Watches every command that has been run: how long it took, whether it was slow, what it answered.
 *
 * It is what the pipeline's hooks call; SLOWLOG, LATENCY and INFO tell what it has seen. What always
 * holds: a command that was not slow allocates nothing here, but its histogram at its first call.
 *
 * Short commands are measured in runs (see Pipeline). A run counts in the histogram as so many calls
 * of the same duration; a run that was slow as a whole is told once, with its last call.
 */

/** Below this, commands must be measured one by one to be told. */
const LEAST_RUN_US = 1000;
const US_PER_MS = 1000;
const NS_PER_US = 1000;

/** The part of the pipeline that decides how it measures. */
export interface MeasureSwitch {
  measuresAlone: boolean;
}

export class CommandWatch {
  readonly slowlog = new Slowlog();
  readonly latency = new LatencyMonitor();
  readonly errors = new ErrorCounts();
  /** latency-tracking. */
  tracksLatencies = true;
  readonly #config: Config;
  readonly #clock: Clock;
  /** slowlog-log-slower-than; Infinity when nothing is to be logged. */
  #slowUs = Number.POSITIVE_INFINITY;
  /** The shortest duration that anybody wants to be told of. */
  #leastToldUs = Number.POSITIVE_INFINITY;

  constructor(config: Config, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
  }

  /** Takes what it needs of the configuration now and after each change. */
  followConfig(measures: MeasureSwitch): void {
    const follow = (): undefined => this.#follow(measures);
    this.#config.onChange(
      [
        "slowlog-log-slower-than",
        "slowlog-max-len",
        "latency-monitor-threshold",
        "latency-tracking",
      ],
      follow,
    );
    follow();
  }

  /** A run of one command's calls has ended. */
  onRun(call: SessionCall, command: Command<never>, run: MeasuredRun): void {
    if (this.tracksLatencies) {
      command.latencies ??= new LatencyHistogram();
      command.latencies.record((run.durationUs * NS_PER_US) / run.calls, run.calls);
    }
    if (run.durationUs >= this.#leastToldUs) this.#tell(call, command, run);
  }

  /** A command was answered with an error. */
  onError(call: SessionCall): void {
    this.errors.add(call.reply.lastError);
  }

  #tell(call: SessionCall, command: Command<never>, run: MeasuredRun): void {
    const { args } = call;
    const { base, count } = args;
    const { client, command: current } = call;
    args.set(run.argumentsBase, run.argumentCount);
    call.client = run.client as SessionCall["client"];
    call.command = command;
    const nowMs = this.#clock.nowMs();
    const event = command.has(COMMAND_FAST) ? "fast-command" : "command";
    this.latency.add(event, nowMs, run.durationUs / US_PER_MS);
    if (run.durationUs >= this.#slowUs && !command.has(COMMAND_SKIP_SLOWLOG)) {
      this.slowlog.add(call, nowMs, run.durationUs);
    }
    args.set(base, count);
    call.client = client;
    call.command = current;
  }

  #follow(measures: MeasureSwitch): undefined {
    const config = this.#config;
    const slowUs = config.number("slowlog-log-slower-than");
    const spikeMs = config.number("latency-monitor-threshold");
    this.tracksLatencies = config.flag("latency-tracking");
    this.slowlog.mostEntries = config.number("slowlog-max-len");
    this.latency.thresholdMs = spikeMs;
    this.#slowUs = slowUs < 0 ? Number.POSITIVE_INFINITY : slowUs;
    const spikeUs = spikeMs === 0 ? Number.POSITIVE_INFINITY : spikeMs * US_PER_MS;
    this.#leastToldUs = Math.min(this.#slowUs, spikeUs);
    measures.measuresAlone = this.#slowUs < LEAST_RUN_US;
  }
}
