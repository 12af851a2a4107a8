/**
 * The scripts that are told of events: which is run when, how often it is tried, and for how long.
 * It runs nothing itself. Numbers and events are Redis's.
 *
 * What always holds: at most MAX_RUNNING run at once and at most MAX_QUEUED are remembered, the
 * running ones among them; scripts start in the order in which they were asked for, as far as they
 * are not waiting to be tried again.
 */
import type { SentinelTimes } from "../model/sentinel-model";

export const MAX_QUEUED = 256;
export const MAX_RUNNING = 16;
const MAX_RUNS = 10;
/** What Redis's child ends with when the program cannot be run; not tried again. */
export const EXIT_CANNOT_RUN = 2;
const EXIT_TRY_AGAIN = 1;
/** In `-script-error` of a process that could not be made. */
const NO_PROCESS = 99;

/** How a script ended. */
export interface ScriptEnd {
  readonly exitCode: number;
  /** Number of the signal that ended it; 0 for none. */
  readonly signal: number;
}

export interface ScriptProcess {
  readonly pid: number;
  kill(): void;
}

/** Starts a program; undefined when no process could be made. `ended` comes later, once. */
export type RunScript = (
  argv: readonly string[],
  ended: (end: ScriptEnd) => void,
) => ScriptProcess | undefined;

export interface ScriptQueueParts {
  readonly run: RunScript;
  readonly nowMs: () => number;
  readonly times: Pick<SentinelTimes, "scriptMaxRuntimeMs" | "scriptRetryDelayMs">;
  readonly tell: (level: "debug" | "warning", type: string, text: string) => void;
}

/** As SENTINEL PENDING-SCRIPTS shows it. */
export interface PendingScript {
  readonly argv: readonly string[];
  readonly isRunning: boolean;
  /** 0 while it is not running. */
  readonly pid: number;
  /** Of a running one since when it runs, of another when it is due; 0 for at once. */
  readonly startMs: number;
  /** How often it was started. */
  readonly runs: number;
}

interface Job extends PendingScript {
  isRunning: boolean;
  pid: number;
  startMs: number;
  runs: number;
  process: ScriptProcess | undefined;
  isKilled: boolean;
}

export class ScriptQueue {
  readonly #parts: ScriptQueueParts;
  #jobs: Job[] = [];

  constructor(parts: ScriptQueueParts) {
    this.#parts = parts;
  }

  get pending(): readonly PendingScript[] {
    return this.#jobs;
  }

  get length(): number {
    return this.#jobs.length;
  }

  get running(): number {
    let running = 0;
    for (const job of this.#jobs) if (job.isRunning) running += 1;
    return running;
  }

  /** Asks for a program with its arguments; the oldest that waits makes room for it. */
  add(argv: readonly string[]): void {
    this.#jobs.push({
      argv,
      isRunning: false,
      pid: 0,
      startMs: 0,
      runs: 0,
      process: undefined,
      isKilled: false,
    });
    if (this.#jobs.length <= MAX_QUEUED) return;
    const oldest = this.#jobs.findIndex((job) => !job.isRunning);
    if (oldest >= 0) this.#jobs.splice(oldest, 1);
  }

  /** Starts what is due, and ends what has run for too long. */
  tick(): void {
    if (this.#jobs.length === 0) return;
    const nowMs = this.#parts.nowMs();
    let running = this.running;
    for (const job of [...this.#jobs]) {
      if (job.isRunning) {
        this.#endOverdue(job, nowMs);
      } else if (running < MAX_RUNNING && job.startMs <= nowMs) {
        this.#start(job, nowMs);
        if (job.isRunning) running += 1;
      }
    }
  }

  /** Forgets all. Those that run go on, as with Redis: half a reconfiguration would be worse. */
  stop(): void {
    this.#jobs.length = 0;
  }

  #start(job: Job, nowMs: number): void {
    const { run, tell } = this.#parts;
    job.runs += 1;
    job.startMs = nowMs;
    const process = run(job.argv, (end) => this.#ended(job, end));
    if (process === undefined) {
      tell("warning", "-script-error", `${job.argv[0]} ${NO_PROCESS} 0`);
      job.startMs = 0;
      return;
    }
    job.isRunning = true;
    job.isKilled = false;
    job.process = process;
    job.pid = process.pid;
    tell("debug", "+script-child", String(process.pid));
  }

  #endOverdue(job: Job, nowMs: number): void {
    const { times, tell } = this.#parts;
    if (job.isKilled || nowMs - job.startMs <= times.scriptMaxRuntimeMs) return;
    job.isKilled = true;
    tell("warning", "-script-timeout", `${job.argv[0]} ${job.pid}`);
    job.process?.kill();
  }

  #ended(job: Job, { exitCode, signal }: ScriptEnd): void {
    if (!this.#jobs.includes(job)) return;
    const { tell, nowMs } = this.#parts;
    tell("debug", "-script-child", `${job.pid} ${exitCode} ${signal}`);
    job.isRunning = false;
    job.process = undefined;
    job.pid = 0;
    const isWorthATry = signal !== 0 || exitCode === EXIT_TRY_AGAIN;
    if (isWorthATry && job.runs < MAX_RUNS) {
      job.startMs = nowMs() + this.#delayAfter(job.runs);
      return;
    }
    this.#jobs = this.#jobs.filter((other) => other !== job);
    if (signal !== 0 || exitCode !== 0) {
      tell("warning", "-script-error", `${job.argv[0]} ${signal} ${exitCode}`);
    }
  }

  /** Doubled with each run. */
  #delayAfter(runs: number): number {
    return this.#parts.times.scriptRetryDelayMs * 2 ** (runs - 1);
  }
}
