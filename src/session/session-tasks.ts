import type { SessionContext } from "./session-context";

/** Periodic work as the role's cron takes it; a period of 0 is every tick. */
export interface SessionTask {
  readonly name: string;
  readonly periodMs: number;
  readonly run: (monotonicMs: number) => void;
}

const SAMPLE_PERIOD_MS = 100;

/** @param commandsProcessed how many commands have been run since the start. */
export function sessionTasks(
  session: SessionContext,
  commandsProcessed: () => number,
): readonly SessionTask[] {
  const { clock, pauses, eviction, rounds, stats } = session;
  return [
    { name: "pauses", periodMs: 0, run: () => pauses.tick(clock.nowMs()) },
    { name: "client-eviction", periodMs: 0, run: () => eviction.run(clock.nowMs()) },
    {
      name: "client-rounds",
      periodMs: 0,
      run: (monotonicMs) => rounds.tick(clock.nowMs(), monotonicMs),
    },
    {
      name: "session-stats",
      periodMs: SAMPLE_PERIOD_MS,
      run: (monotonicMs) => stats.sample(commandsProcessed(), monotonicMs),
    },
  ];
}
