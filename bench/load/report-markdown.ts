// The results as Markdown: first what the scorecard asks, then a table for each scenario.
// Not a judge: the verdicts come from measurement.ts.

import {
  judgedFigure,
  type Limits,
  type Measurement,
  ratioSummary,
  type Verdict,
  verdict,
} from "./measurement";
import type { BenchResult } from "./result";
import { median } from "./statistics";

const MARKS: Readonly<Record<Verdict, string>> = {
  target: "yes",
  floor: "floor only",
  below: "**NO**",
  none: "",
};
const KIB = 1024;
// What the bench itself left behind from a run before is below this on 2 processors.
const BUSY_LOAD_AVERAGE = 1.5;

export function markdownReport(result: BenchResult): string {
  const { machine, versions } = result;
  const memoryGb = (machine.memoryBytes / 1e9).toFixed(0);
  const sections = [
    `# Load bench, ${result.startedAt.slice(0, 16).replace("T", " ")} UTC`,
    `${versions.ours} against ${versions.real}, interleaved, ${result.pairs} pairs, median ` +
      `(least to most). ${machine.processors} x ${machine.model}, ${memoryGb} GB, Node ` +
      `${versions.node}, load average at the start ${machine.loadAverage.toFixed(1)}.`,
    ...(machine.loadAverage > BUSY_LOAD_AVERAGE
      ? ["**Others were at work on this machine: the figures are noisy.**"]
      : []),
    ...(result.quick ? ["**Quick run with small sizes: these figures do not count.**"] : []),
    "## Against the limits",
    limitsTable(result.measurements),
  ];
  for (const scenario of new Set(result.measurements.map((one) => one.scenario))) {
    const measured = result.measurements.filter((one) => one.scenario === scenario);
    sections.push(`## ${scenario}`, scenarioTables(measured));
  }
  return `${sections.join("\n\n")}\n`;
}

/** Every judged figure; of the many alike (P1, P2) only the mean and the worst. */
function limitsTable(measurements: readonly Measurement[]): string {
  const judged = measurements.filter(({ limits }) => limits !== undefined);
  const rows = condense(judged).map((one) => {
    const limits = one.limits as Limits;
    const format = (value: number | undefined) => {
      if (value === undefined) return "";
      const figure = limits.judged === "ratio" ? `${value.toFixed(2)} x` : show(value, one.unit);
      return `${limits.better === "higher" ? ">=" : "<="} ${figure}`;
    };
    const figure =
      limits.judged === "ratio"
        ? ratioText(one)
        : `${show(judgedFigure(one), one.unit)} (redis ${show(median(one.real), one.unit)})`;
    const cells = [one.source, one.scenario, one.subject, one.metric, figure];
    return [...cells, format(limits.target), format(limits.floor), MARKS[verdict(one)]];
  });
  return table(
    ["row", "scenario", "what", "figure", "measured", "target", "floor", "reached"],
    rows,
  );
}

function condense(judged: readonly Measurement[]): Measurement[] {
  const kept: Measurement[] = [];
  for (const one of judged) {
    const alike = judged.filter(
      (other) => other.scenario === one.scenario && other.metric === one.metric,
    );
    const hasMean = alike.some(({ subject }) => subject === "geometric mean");
    if (!hasMean || one.subject === "geometric mean" || one === worst(alike)) kept.push(one);
  }
  return kept;
}

function worst(alike: readonly Measurement[]): Measurement | undefined {
  const each = alike.filter(({ subject }) => subject !== "geometric mean");
  const badness = (one: Measurement) =>
    one.limits?.better === "higher" ? -judgedFigure(one) : judgedFigure(one);
  return each.reduce<Measurement | undefined>(
    (most, one) => (most === undefined || badness(one) > badness(most) ? one : most),
    undefined,
  );
}

/** Tables of one row for each subject and one column for each metric that these subjects share. */
function scenarioTables(measured: readonly Measurement[]): string {
  const groups = new Map<string, { metrics: string[]; rows: string[][] }>();
  for (const subject of new Set(measured.map((one) => one.subject))) {
    const own = measured.filter((one) => one.subject === subject);
    const metrics = own.map(({ metric }) => metric);
    const group = groups.get(metrics.join()) ?? { metrics, rows: [] };
    group.rows.push([subject, ...own.map(cell)]);
    groups.set(metrics.join(), group);
  }
  const tables = [...groups.values()].map(({ metrics, rows }) =>
    table(["ours / redis = ratio", ...metrics], rows),
  );
  return tables.join("\n\n");
}

function cell(one: Measurement): string {
  const mark = MARKS[verdict(one)];
  const judged = mark === "" ? "" : `, ${mark}`;
  if (one.ours.length === 0) return `${ratioText(one)}${judged}`;
  const figures = `${show(median(one.ours), one.unit)} / ${show(median(one.real), one.unit)}`;
  return `${figures} = ${ratioText(one)}${judged}`;
}

function ratioText(one: Measurement): string {
  const summary = ratioSummary(one);
  if (summary === undefined) return "-";
  const range = `${summary.least.toFixed(2)}-${summary.most.toFixed(2)}`;
  return `${summary.median.toFixed(2)} x (${range})`;
}

/** A value in a unit that reads well. */
function show(value: number, unit: string): string {
  if (unit === "1/s") return `${Math.round(value / 1000)} k/s`;
  if (unit !== "B") return `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`.trim();
  if (Math.abs(value) >= KIB * KIB) return `${(value / KIB / KIB).toFixed(1)} MiB`;
  return Math.abs(value) >= KIB ? `${(value / KIB).toFixed(1)} KiB` : `${value.toFixed(1)} B`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
