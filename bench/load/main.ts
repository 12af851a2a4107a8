// `npm run bench`: compares our server with the real one under load and writes what it saw to
// bench/results/ as JSON, Markdown and SVG. Not part of `npm test`.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { canRun } from "../../test/support/server-process";
import type { Measurement } from "./measurement";
import { parseOptions, USAGE } from "./options";
import { svgChart } from "./report-chart";
import { markdownReport } from "./report-markdown";
import { type BenchResult, describeMachine } from "./result";
import type { Scenario } from "./scenario";
import { APPEND_ONLY } from "./scenarios/append-only";
import { BIG_VALUES } from "./scenarios/big-values";
import { CONNECTIONS } from "./scenarios/connections";
import { DEFAULT_TESTS, DEFAULT_TESTS_PIPELINED } from "./scenarios/default-tests";
import { LOADING } from "./scenarios/loading";
import { MEMORY } from "./scenarios/memory";
import { REPLICATING } from "./scenarios/replicating";
import { SAVING } from "./scenarios/saving";
import { SENTINELS } from "./scenarios/sentinels";
import { SET_GET } from "./scenarios/set-get";
import { STALLS } from "./scenarios/stalls";
import { START_UP } from "./scenarios/start-up";
import { TAILS } from "./scenarios/tails";

const SCENARIOS: readonly Scenario[] = [
  SET_GET,
  DEFAULT_TESTS,
  DEFAULT_TESTS_PIPELINED,
  TAILS,
  MEMORY,
  SAVING,
  APPEND_ONLY,
  REPLICATING,
  SENTINELS,
  LOADING,
  BIG_VALUES,
  CONNECTIONS,
  START_UP,
  STALLS,
];
// This file is compiled to dist/bench/load.
const RESULTS = resolve(__dirname, "..", "..", "..", "bench", "results");

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    const names = SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}`);
    console.log(`${USAGE}\nscenarios:\n${names.join("\n")}`);
    return;
  }
  const { programs, pairs, quick } = options;
  for (const program of [programs.ours, programs.real]) {
    if (!canRun(program)) throw new Error(`${program} cannot run: build or install it first`);
  }
  const chosen = choose(options.only);
  const begun = {
    startedAt: new Date().toISOString(),
    machine: describeMachine(),
    versions: {
      ours: versionOf(programs.ours),
      real: versionOf(programs.real),
      node: process.version,
    },
    pairs,
    quick,
  };
  const measurements: Measurement[] = [];
  for (const scenario of chosen) {
    console.log(`--- ${scenario.name}: ${scenario.summary}`);
    const progress = (line: string) => console.log(`    ${line}`);
    measurements.push(...(await scenario.run({ programs, pairs, quick, progress })));
  }
  writeResult({ ...begun, measurements }, options.publish);
}

function choose(only: readonly string[]): readonly Scenario[] {
  for (const name of only) {
    if (!SCENARIOS.some((scenario) => scenario.name === name)) {
      const names = SCENARIOS.map((scenario) => scenario.name).join(", ");
      throw new Error(`no scenario '${name}'; there are ${names}`);
    }
  }
  return only.length === 0 ? SCENARIOS : SCENARIOS.filter(({ name }) => only.includes(name));
}

function versionOf(program: string): string {
  return execFileSync(program, ["--version"], { encoding: "utf8" }).trim().split(" sha=")[0] ?? "";
}

function writeResult(result: BenchResult, publish: boolean): void {
  mkdirSync(RESULTS, { recursive: true });
  const markdown = markdownReport(result);
  const names = [result.startedAt.replaceAll(":", "-").slice(0, 19)];
  if (publish) names.push("published");
  for (const name of names) {
    writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify(result, null, 1)}\n`);
    writeFileSync(join(RESULTS, `${name}.md`), markdown);
    writeFileSync(join(RESULTS, `${name}.svg`), svgChart(result));
  }
  console.log(`\n${markdown}\nwritten to ${RESULTS}/${names.at(-1)}.{json,md,svg}`);
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
