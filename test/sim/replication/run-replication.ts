// `npm run test:sim -- replication [histories] [first seed]`: many histories of simulated servers, each
// by its seed. A failing one is told with its last log lines; the same seed replays it.
import { chooseSeed } from "../../support/seeds";
import { type SimFailure, simulate } from "./simulation";

const DEFAULT_HISTORIES = 5000;
const PER_LINE = 500;

/** The exit code. */
export function runReplication([histories, seed]: readonly string[]): number {
  const count = histories === undefined ? DEFAULT_HISTORIES : Number(histories);
  const first = seed === undefined ? chooseSeed() : Number(seed);
  const startedMs = Date.now();
  const totals = { full: 0, partial: 0, failovers: 0 };
  for (let i = 0; i < count; i++) {
    const result = simulate((first + i) >>> 0);
    if ("problem" in result) {
      tell(result);
      return 1;
    }
    totals.full += result.full;
    totals.partial += result.partial;
    totals.failovers += result.failovers;
    if ((i + 1) % PER_LINE === 0 || i + 1 === count) {
      const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
      const { full, partial, failovers } = totals;
      console.log(
        `${i + 1} histories from seed ${first} in ${seconds} s: ` +
          `${full} full, ${partial} partial resyncs, ${failovers} failovers, no violation`,
      );
    }
  }
  return 0;
}

function tell({ seed, problem, trace }: SimFailure): void {
  console.error(`${trace.join("\n")}\nseed ${seed}: ${problem}`);
}
