// The ratios of a run as an SVG bar chart: one panel per scenario and metric, a line at 1.0.
// Not interactive, without fonts of its own. Bars on the good side of 1.0 are blue, others orange.

import { type Measurement, ratioSummary } from "./measurement";
import type { BenchResult } from "./result";
import { CPU_PER_OPERATION, THROUGHPUT } from "./throughput";

const WIDTH = 860;
const LABEL_WIDTH = 250;
const VALUE_WIDTH = 130;
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
const BAR_HEIGHT = 16;
const ROW_HEIGHT = 24;
const PANEL_HEAD = 44;
const MARGIN = 24;
const TITLE_HEIGHT = 48;
const LARGEST_RATIO = 4;
const GOOD = "#2b6cb0";
const BAD = "#dd6b20";
const INK = "#1a202c";
const FAINT = "#718096";

/** The figures that a reader looks for first; latencies stand in the tables. */
const CHARTED_METRICS = new Set([THROUGHPUT, CPU_PER_OPERATION, "used_memory"]);

interface Panel {
  readonly title: string;
  readonly better: "higher" | "lower";
  readonly bars: readonly Measurement[];
}

export function svgChart(result: BenchResult): string {
  const panels = makePanels(result.measurements);
  const scale = axisEnd(panels);
  let top = TITLE_HEIGHT;
  const parts: string[] = [];
  for (const panel of panels) {
    parts.push(drawPanel(panel, top, scale));
    top += PANEL_HEAD + panel.bars.length * ROW_HEIGHT + MARGIN;
  }
  const title = `${result.versions.ours} compared with ${result.versions.real}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" ` +
      `height="${top}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${top}" fill="#ffffff"/>`,
    text(MARGIN, 30, title, { size: 18, weight: 600 }),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function makePanels(measurements: readonly Measurement[]): Panel[] {
  const panels = new Map<string, Measurement[]>();
  for (const one of measurements) {
    const charted = CHARTED_METRICS.has(one.metric) && one.limits !== undefined;
    if (!charted || ratioSummary(one) === undefined) continue;
    const title = `${one.scenario}: ${one.metric}`;
    panels.set(title, [...(panels.get(title) ?? []), one]);
  }
  return [...panels].map(([title, bars]) => ({
    title,
    bars,
    better: bars[0]?.limits?.better ?? "higher",
  }));
}

/** The ratio at the right edge: the largest one, rounded up, but bars beyond the limit are cut. */
function axisEnd(panels: readonly Panel[]): number {
  const ratios = panels.flatMap(({ bars }) => bars.map((bar) => ratioSummary(bar)?.median ?? 0));
  return Math.min(LARGEST_RATIO, Math.max(1.5, Math.ceil(Math.max(0, ...ratios) * 2) / 2));
}

function drawPanel(panel: Panel, top: number, scale: number): string {
  const x = (ratio: number) => LABEL_WIDTH + (Math.min(ratio, scale) / scale) * PLOT_WIDTH;
  const bottom = top + PANEL_HEAD + panel.bars.length * ROW_HEIGHT;
  const direction = panel.better === "higher" ? "longer is better" : "shorter is better";
  const parts = [
    text(MARGIN, top + 16, panel.title, { weight: 600, size: 14 }),
    text(MARGIN, top + 32, `ours / redis, ${direction}`, { fill: FAINT, size: 11 }),
  ];
  const line = (ratio: number, stroke: string) =>
    `<line x1="${x(ratio)}" y1="${top + PANEL_HEAD - 6}" x2="${x(ratio)}" y2="${bottom}" ` +
    `stroke="${stroke}"/>`;
  for (let tick = 0; tick <= scale; tick += 0.5) {
    const label = { anchor: "middle", fill: FAINT, size: 11 } as const;
    parts.push(line(tick, "#e2e8f0"), text(x(tick), top + PANEL_HEAD - 10, String(tick), label));
  }
  panel.bars.forEach((bar, index) => {
    parts.push(drawBar(bar, panel.better, top + PANEL_HEAD + index * ROW_HEIGHT, x));
  });
  parts.push(line(1, INK));
  return parts.join("\n");
}

function drawBar(
  bar: Measurement,
  better: Panel["better"],
  top: number,
  x: (ratio: number) => number,
): string {
  const summary = ratioSummary(bar);
  if (summary === undefined) return "";
  const good = better === "higher" ? summary.median >= 1 : summary.median <= 1;
  const middle = top + BAR_HEIGHT / 2;
  const range = `${summary.least.toFixed(2)}-${summary.most.toFixed(2)}`;
  return [
    text(LABEL_WIDTH - 8, middle + 4, bar.subject, { anchor: "end" }),
    `<rect x="${x(0)}" y="${top}" width="${(x(summary.median) - x(0)).toFixed(1)}" ` +
      `height="${BAR_HEIGHT}" rx="2" fill="${good ? GOOD : BAD}"/>`,
    `<line x1="${x(summary.least).toFixed(1)}" y1="${middle}" ` +
      `x2="${x(summary.most).toFixed(1)}" y2="${middle}" stroke="${INK}" stroke-opacity="0.6"/>`,
    text(LABEL_WIDTH + PLOT_WIDTH + 8, middle + 4, `${summary.median.toFixed(2)} x`, {
      weight: 600,
    }),
    text(LABEL_WIDTH + PLOT_WIDTH + 58, middle + 4, range, { fill: FAINT, size: 11 }),
  ].join("\n");
}

interface TextStyle {
  readonly anchor?: "middle" | "end";
  readonly fill?: string;
  readonly size?: number;
  readonly weight?: number;
}

function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const attributes = [
    `x="${x.toFixed(1)}"`,
    `y="${y.toFixed(1)}"`,
    `fill="${style.fill ?? INK}"`,
    ...(style.anchor === undefined ? [] : [`text-anchor="${style.anchor}"`]),
    ...(style.size === undefined ? [] : [`font-size="${style.size}"`]),
    ...(style.weight === undefined ? [] : [`font-weight="${style.weight}"`]),
  ];
  return `<text ${attributes.join(" ")}>${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
