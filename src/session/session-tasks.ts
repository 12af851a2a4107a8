import type { SessionContext } from "./session-context";

/** Periodic work as the role's cron takes it; a period of 0 is every tick. */
export interface SessionTask {
  readonly name: string;
  readonly periodMs: number;
  readonly run: (monotonicMs: number) => void;
}

/** Visits to clients a second in which each is seen once. */
const ROUNDS_PER_SECOND = 10;

/** @param commandsProcessed how many commands have been run since the start. */
export function sessionTasks(
  session: SessionContext,
  commandsProcessed: () => number,
): readonly SessionTask[] {
  const { clock, pauses, eviction, rounds, stats } = session;
  const samplePeriodMs = 100;
  return [
    { name: "pauses", periodMs: 0, run: () => pauses.tick(clock.nowMs()) },
    { name: "client-eviction", periodMs: 0, run: () => eviction.run(clock.nowMs()) },
    {
      name: "client-rounds",
      periodMs: 1000 / ROUNDS_PER_SECOND,
      run: () => rounds.tick(clock.nowMs(), ROUNDS_PER_SECOND),
    },
    {
      name: "session-stats",
      periodMs: samplePeriodMs,
      run: (monotonicMs) => stats.sample(commandsProcessed(), monotonicMs),
    },
  ];
}
