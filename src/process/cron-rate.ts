/** Clients that one tick looks after before it ticks more often. As in Redis. */
const CLIENTS_PER_TICK = 200;
const HZ_MAX = 500;

/**
 * How often the cron ticks a second: as configured, and with `dynamic-hz` twice, four times, ... as
 * often when there are so many clients that a tick would have much to do.
 */
export function cronHz(configured: number, isDynamic: boolean, clients: number): number {
  let hz = configured;
  while (isDynamic && hz < HZ_MAX && clients / hz > CLIENTS_PER_TICK) hz *= 2;
  return Math.min(hz, HZ_MAX);
}
