// `npm run test:faults`: rows of the scorecard that break things on purpose, each with its figure and
// its seed. Not part of `npm test`, which runs a small slice of each.

import { chooseSeed, SeededRandom } from "../support/seeds";
import { OUR_SERVER } from "../support/server-process";
import { ALWAYS_SYNCED, SELDOM_SYNCED } from "./acknowledged-writes";
import { CHANGED_AOF } from "./changed-aof";
import { CUT_AOF } from "./cut-aof";
import { DAMAGED_FILES } from "./damaged-files";
import { DEPLOYMENT } from "./deployment";
import { EXCHANGE } from "./exchange";
import { EXCHANGE_AOF } from "./exchange-aof";
import { FAILING_AOF } from "./failing-aof";
import { FAILING_DISK } from "./failing-disk";
import { FAILOVER_ROWS } from "./failovers";
import type { FaultRow } from "./fault-row";
import { FULL_DISK } from "./full-disk";
import { KILLED_REWRITE } from "./killed-rewrite";
import { KILLED_SENTINEL } from "./killed-sentinel";
import { KILLED_STEPS } from "./killed-steps";
import { MUTATED_PAYLOADS } from "./mutated-payloads";
import { NO_FAILOVER } from "./no-failover";
import { REPLICATION_ROWS } from "./replication/rows";
import { SPLIT_BRAIN } from "./split-brain";

const ROWS: readonly FaultRow[] = [
  ALWAYS_SYNCED,
  SELDOM_SYNCED,
  CUT_AOF,
  CHANGED_AOF,
  DAMAGED_FILES,
  MUTATED_PAYLOADS,
  EXCHANGE,
  EXCHANGE_AOF,
  FULL_DISK,
  FAILING_DISK,
  FAILING_AOF,
  KILLED_REWRITE,
  KILLED_STEPS,
  KILLED_SENTINEL,
  ...REPLICATION_ROWS,
  ...FAILOVER_ROWS,
  NO_FAILOVER,
  SPLIT_BRAIN,
  DEPLOYMENT,
];
const USAGE = `usage: npm run test:faults -- [options]
  --only ROW[,ROW]  only these rows of the scorecard
  --seed N          what is broken where; a fresh one by default (or REDIS_TEST_SEED)
  --share F         do only this part of what the scorecard asks for
  --subject PATH    another server in place of ours, to prove a row by the real one
  --help            this text, with the rows`;

interface Options {
  readonly only: readonly string[];
  readonly seed: number;
  readonly share: number;
  readonly subject: string;
  readonly help: boolean;
}

function parseOptions(args: readonly string[]): Options {
  const values = new Map<string, string>();
  const words = [...args];
  while (words.length > 0) {
    const word = words.shift() ?? "";
    if (word === "--help") {
      values.set(word, "");
    } else if (["--only", "--seed", "--share", "--subject"].includes(word)) {
      const value = words.shift();
      if (value === undefined) throw new Error(`${word} needs a value`);
      values.set(word, value);
    } else throw new Error(`unknown option ${word}`);
  }
  const share = Number(values.get("--share") ?? 1);
  if (!(share > 0 && share <= 1)) throw new Error("--share takes a number above 0, up to 1");
  const seed = values.get("--seed");
  return {
    only: values.get("--only")?.toUpperCase().split(",") ?? [],
    seed: chooseSeed(seed === undefined ? process.env : { REDIS_TEST_SEED: seed }),
    share,
    subject: values.get("--subject") ?? OUR_SERVER,
    help: values.has("--help"),
  };
}

async function main(): Promise<void> {
  const { only, seed, share, subject, help } = parseOptions(process.argv.slice(2));
  if (help) {
    const rows = ROWS.map(({ id, summary }) => `  ${id.padEnd(5)}${summary}`);
    console.log(`${USAGE}\nrows:\n${rows.join("\n")}`);
    return;
  }
  for (const id of only) {
    if (!ROWS.some((row) => row.id === id)) throw new Error(`there is no row ${id}`);
  }
  for (const row of ROWS) {
    if (only.length > 0 && !only.includes(row.id)) continue;
    const startedMs = performance.now();
    const progress = (text: string): void => console.error(`  ${row.id}: ${text}`);
    const figure = await row.run({
      random: new SeededRandom(seed),
      seed,
      share,
      subject,
      progress,
    });
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    const verdict = figure.misses.length === 0 ? "reached" : "MISSED";
    console.log(`${row.id} ${verdict}: ${figure.text} (seed ${seed}, ${seconds} s)`);
    for (const miss of figure.misses) console.log(`  ${miss}`);
    if (figure.misses.length > 0) process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
