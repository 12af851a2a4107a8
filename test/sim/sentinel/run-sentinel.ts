// `npm run test:sim -- sentinel [histories] [first seed]`: many histories of simulated Sentinels, each
// by its seed. A failing one is told by all that happened; the same seed replays it.
import { chooseSeed } from "../../support/seeds";
import { type SimFailure, type SimSummary, simulate } from "./simulation";

const DEFAULT_HISTORIES = 1000;
const PER_LINE = 100;
const LAST_LINES = 400;
const MINUTE_MS = 60_000;

class Totals {
  readonly #startedUs = process.cpuUsage();
  #histories = 0;
  #simulatedMs = 0;
  #attempts = 0;
  #elections = 0;
  #acknowledged = 0;
  #lost = 0;
  #steps = 0;
  readonly #healedMs: number[] = [];

  add({ counts, simulatedMs, healedMs, acknowledged, lost }: SimSummary): void {
    this.#histories += 1;
    this.#simulatedMs += simulatedMs;
    this.#attempts += counts.attempts;
    this.#elections += counts.elections;
    this.#steps += counts.steps;
    this.#acknowledged += acknowledged;
    this.#lost += lost;
    if (healedMs >= 0) this.#healedMs.push(healedMs);
  }

  text(): string {
    const { user, system } = process.cpuUsage(this.#startedUs);
    const seconds = (user + system) / 1e6;
    const minutes = this.#simulatedMs / MINUTE_MS;
    const sorted = this.#healedMs.sort((a, b) => a - b);
    const healed = (part: number) => {
      const index = Math.min(sorted.length - 1, Math.floor(sorted.length * part));
      return ((sorted[index] ?? 0) / 1000).toFixed(1);
    };
    return [
      `${this.#histories} histories in ${seconds.toFixed(1)} s of CPU`,
      `${minutes.toFixed(0)} minutes simulated, ${((minutes / seconds) * 60).toFixed(0)} a minute of it`,
      `${this.#steps} steps, ${this.#attempts} failovers begun, ${this.#elections} elections`,
      `well ${healed(0.5)} s after the healing (median), ${healed(0.99)} s (p99), ${healed(1)} s (max)`,
      `${this.#lost} of ${this.#acknowledged} acknowledged writes lost`,
      "no violation",
    ].join("; ");
  }
}

/** The exit code. */
export function runSentinel([histories, seed]: readonly string[]): number {
  const count = histories === undefined ? DEFAULT_HISTORIES : Number(histories);
  const first = seed === undefined ? chooseSeed() : Number(seed);
  const totals = new Totals();
  for (let i = 0; i < count; i++) {
    const result = simulate((first + i) >>> 0);
    if ("problem" in result) {
      tell(result);
      return 1;
    }
    totals.add(result);
    if ((i + 1) % PER_LINE === 0 || i + 1 === count) {
      console.log(`from seed ${first}: ${totals.text()}`);
    }
  }
  return 0;
}

function tell({ seed, problem, trace }: SimFailure): void {
  console.error(`${trace.slice(-LAST_LINES).join("\n")}\nseed ${seed}: ${problem}`);
}
