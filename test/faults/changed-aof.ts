// R5: an append only file of which a byte was changed, dropped or added in the middle, or which lost
// a piece there, is refused, or all of its other commands are run: never a crash, and nothing is
// dropped silently.

import { LoadProblem } from "../../src/persistence/loading/load-problem";
import { AofBytes, loadAof, randomAof } from "../persistence/aof-bytes";
import { newNode } from "../persistence/random-data";
import type { SeededRandom } from "../support/seeds";
import { type FaultRow, Misses, sharedCount } from "./fault-row";
import { wholeParts } from "./whole-parts";

/** The least that a file has, and how much of it all changes together need. */
const LEAST_BYTES = 8 * 1024;
const SIZE_BYTES = 40 * 1024;
const CHANGES = 1000;
const LONGEST_PIECE = 64;
const MULTI = Buffer.from("*1\r\n$5\r\nMULTI\r\n");

/** A file with one change before its last unit, which might be cut as well, and what was done. */
function changed(file: Buffer, last: number, random: SeededRandom): readonly [Buffer, string] {
  const at = random.below(last - LONGEST_PIECE);
  const head = file.subarray(0, at);
  const byte = Buffer.from([random.below(256)]);
  switch (random.below(5)) {
    case 0: {
      const flipped = Buffer.from([file[at] ^ (1 << random.below(8))]);
      return [Buffer.concat([head, flipped, file.subarray(at + 1)]), `bit of byte ${at}`];
    }
    case 1:
      return [Buffer.concat([head, byte, file.subarray(at + 1)]), `byte ${at} is ${byte[0]}`];
    case 2:
      return [Buffer.concat([head, byte, file.subarray(at)]), `byte ${byte[0]} before ${at}`];
    case 3: {
      const digit = Buffer.from(String(random.below(10)));
      return [Buffer.concat([head, digit, file.subarray(at + 1)]), `byte ${at} is a digit`];
    }
    default: {
      const length = random.between(1, LONGEST_PIECE);
      const what = `${length} bytes at ${at} are gone`;
      return [Buffer.concat([head, file.subarray(at + length)]), what];
    }
  }
}

/** What a server leaves that dies within a transaction: whole commands behind MULTI, no EXEC. */
function isOpenTransaction(bytes: Buffer, position: number): boolean {
  const rest = bytes.subarray(position);
  return rest.subarray(0, MULTI.length).equals(MULTI) && !rest.includes("\nEXEC\r");
}

export const CHANGED_AOF: FaultRow = {
  id: "R5",
  summary: "AOF changed in the middle, 1,000 times",
  async run(run) {
    const { random, seed, progress } = run;
    const misses = new Misses();
    const file = randomAof(random, seed, LEAST_BYTES + sharedCount(SIZE_BYTES, run));
    const last = wholeParts(file)[file.length - 1];
    const count = sharedCount(CHANGES, run);
    let refused = 0;
    let loaded = 0;
    let unfinished = 0;
    let fuzz = newNode(seed);
    for (let i = 0; i < count; i++) {
      if (i % 100 === 99) {
        progress(`${i + 1} changes`);
        fuzz = newNode(seed);
      }
      const [bytes, what] = changed(file, last, random);
      const source = new AofBytes(bytes);
      try {
        const { commands } = loadAof(fuzz, source);
        if (commands.isCut && isOpenTransaction(bytes, commands.position)) unfinished++;
        else if (commands.position === bytes.length) loaded++;
        else misses.add(`${what}: the rest behind ${commands.position} was left out`);
      } catch (error) {
        if (!(error instanceof LoadProblem)) throw new Error(what, { cause: error });
        if (!/byte \d+/.test(error.message)) misses.add(`${what}: no place in: ${error.message}`);
        refused++;
      }
      const { keyspace } = fuzz.node;
      for (const database of keyspace.databases) keyspace.flush(database);
    }
    const text =
      `${count} changes: ${refused} refused with the place, ${loaded} loaded whole, ${unfinished} ` +
      "cut off aloud, where exactly an EXEC is gone and no transaction follows";
    return { text, misses: misses.texts };
  },
};
