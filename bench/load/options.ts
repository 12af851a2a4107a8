// The command line of the load bench.

import { OUR_SERVER, REAL_SERVER } from "../../test/support/server-process";
import type { Programs } from "./server-pair";

export interface BenchOptions {
  readonly programs: Programs;
  readonly pairs: number;
  readonly quick: boolean;
  /** Names of scenarios; all when empty. */
  readonly only: readonly string[];
  /** Also writes the results as the ones the README shows. */
  readonly publish: boolean;
  readonly help: boolean;
}

export const USAGE = `usage: npm run bench -- [options]
  --only NAME[,NAME]  only these scenarios
  --pairs N           pairs of runs, ours and redis in turn (5; 2 with --quick)
  --quick             small sizes: shows that it works, not how fast
  --ours PATH         another server in our place (redis against redis gives 1.0)
  --real PATH         another server to compare with
  --publish           keep the results as the published ones
  --help              this text, with the names of the scenarios`;

const FULL_PAIRS = 5;
const QUICK_PAIRS = 2;
const MAX_PAIRS = 99;

/** Reads the arguments; a word that is not understood is an error that names it. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const words = [...args];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  while (words.length > 0) {
    const word = words.shift() ?? "";
    if (["--quick", "--publish", "--help"].includes(word)) flags.add(word);
    else if (["--only", "--pairs", "--ours", "--real"].includes(word)) {
      const value = words.shift();
      if (value === undefined) throw new Error(`${word} needs a value`);
      values.set(word, value);
    } else throw new Error(`unknown option ${word}`);
  }
  const quick = flags.has("--quick");
  return {
    programs: {
      ours: values.get("--ours") ?? OUR_SERVER,
      real: values.get("--real") ?? REAL_SERVER,
    },
    pairs: parsePairs(values.get("--pairs") ?? String(quick ? QUICK_PAIRS : FULL_PAIRS)),
    quick,
    only: values.get("--only")?.split(",") ?? [],
    publish: flags.has("--publish"),
    help: flags.has("--help"),
  };
}

function parsePairs(text: string): number {
  const pairs = Number(text);
  if (!/^\d+$/.test(text) || pairs < 1 || pairs > MAX_PAIRS) {
    throw new Error(`--pairs takes 1 to ${MAX_PAIRS}, not '${text}'`);
  }
  return pairs;
}
