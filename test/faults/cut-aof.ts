// R4: an append only file that was cut at every byte of its end, also within transactions, loads up
// to its longest whole part.

import { AofBytes, loadAof, randomAof } from "../persistence/aof-bytes";
import { digestOf, newNode } from "../persistence/random-data";
import { DryLoading } from "./dry-replay";
import { type FaultRow, Misses, sharedCount } from "./fault-row";
import { wholeParts } from "./whole-parts";

/** What stands before the part that is cut. */
const HEAD_BYTES = 8 * 1024;
const CUT_BYTES = 64 * 1024;
/** Cuts at which the data of the node is compared, too. */
const COMPARED = 100;
/** So far before a cut begins what is looked through: it has whole commands, mostly. */
const RUN_UP_BYTES = 4096;

export const CUT_AOF: FaultRow = {
  id: "R4",
  summary: "AOF cut at every byte of the last 64 KiB, also within MULTI",
  async run(run) {
    const { random, seed, progress } = run;
    const misses = new Misses();
    const file = randomAof(random, seed, HEAD_BYTES + sharedCount(CUT_BYTES, run));
    const whole = wholeParts(file);
    const dry = new DryLoading(newNode(seed));
    const first = file.length - sharedCount(CUT_BYTES, run);
    let withinTransaction = 0;
    for (let length = first; length <= file.length; length++) {
      const from = whole[Math.max(0, length - RUN_UP_BYTES)];
      if (length % 8192 === 0) progress(`cut at byte ${length} of ${file.length}`);
      try {
        const { position, isCut } = dry.load(new AofBytes(file.subarray(0, length)), from);
        if (position !== whole[length] || isCut !== (position !== length)) {
          misses.add(`cut at ${length}: loaded to ${position}, whole to ${whole[length]}`);
        }
        if (file.indexOf("MULTI", position) === position + 8) withinTransaction++;
      } catch (error) {
        misses.add(`cut at ${length}: ${String(error)}`);
      }
    }
    const compared = sharedCount(COMPARED, run);
    for (let i = 0; i < compared; i++) {
      const length = random.between(first, file.length);
      const cut = newNode(seed);
      loadAof(cut, new AofBytes(file.subarray(0, length)));
      const intact = newNode(seed);
      loadAof(intact, new AofBytes(file.subarray(0, whole[length])));
      if (digestOf(cut) !== digestOf(intact)) misses.add(`cut at ${length}: other data`);
    }
    const cuts = file.length - first + 1;
    const text =
      `${cuts - misses.count} of ${cuts} cuts (${withinTransaction} within transactions) load the ` +
      `longest whole part; the data of ${compared} compared`;
    return { text, misses: misses.texts };
  },
};
