// The deployment of three hosts, walked with every mixture of our programs and real ones in turn.

import { MIXTURES, walkThrough } from "../scenario/mixtures";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "./fault-row";

async function run({ share, progress }: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const names = Object.keys(MIXTURES);
  const some = names.slice(0, Math.max(1, Math.round(names.length * share)));
  for (const name of some) {
    progress(name);
    const actions: (() => unknown)[] = [];
    try {
      await walkThrough(name, { after: (action) => actions.push(action) });
    } catch (error) {
      misses.add(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      for (const action of actions) await action();
    }
  }
  const text = `${some.length} mixtures of our programs and real ones: ${misses.count} things wrong`;
  return { text, misses: misses.texts };
}

export const DEPLOYMENT: FaultRow = {
  id: "DEPLOYMENT",
  summary:
    "the seven processes of scenario.md with their old files, in every mixture with real ones",
  run,
};
