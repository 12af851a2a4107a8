// One measured figure of both servers, and how it is judged against the scorecard.
// Not a report: it knows no Markdown. What always holds: sample i of ours and sample i of the real
// server were taken one right after the other, so their quotient is a fair one.

import { geometricMean, median, spread } from "./statistics";

export interface Limits {
  /** `ratio`: ours / real is judged. `ours`: our own figure is. */
  readonly judged: "ratio" | "ours";
  readonly better: "higher" | "lower";
  readonly target?: number;
  /** What may never be broken. */
  readonly floor?: number;
}

export interface Measurement {
  /** Name of the scenario, as `--only` takes it. */
  readonly scenario: string;
  /** Row of the scorecard, or the issue that set the figure. */
  readonly source: string;
  /** What was measured on, such as the command. */
  readonly subject: string;
  readonly metric: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly real: readonly number[];
  /** ours / real of each pair. */
  readonly ratios: readonly number[];
  readonly limits?: Limits;
}

export type Verdict = "target" | "floor" | "below" | "none";

export interface Origin {
  readonly scenario: string;
  readonly source: string;
  readonly subject: string;
}

/** Makes a measurement of samples taken in pairs. */
export function measurement(
  origin: Origin,
  metric: string,
  unit: string,
  samples: { readonly ours: readonly number[]; readonly real: readonly number[] },
  limits?: Limits,
): Measurement {
  const ratios = samples.ours.map((ours, index) => ours / (samples.real[index] ?? Number.NaN));
  return {
    ...origin,
    metric,
    unit,
    ours: samples.ours,
    real: samples.real,
    ratios,
    ...(limits === undefined ? {} : { limits }),
  };
}

/** The geometric mean of the ratios of several measurements, pair by pair. */
export function geometricMeanOf(
  origin: Origin,
  metric: string,
  parts: readonly Measurement[],
  limits?: Limits,
): Measurement {
  const pairs = Math.min(...parts.map((part) => part.ratios.length));
  const ratios = Array.from({ length: pairs }, (_, index) =>
    geometricMean(parts.map((part) => part.ratios[index] ?? Number.NaN)),
  );
  return {
    ...origin,
    metric,
    unit: "",
    ours: [],
    real: [],
    ratios,
    ...(limits === undefined ? {} : { limits }),
  };
}

/** The figure that is judged: a median. */
export function judgedFigure(measured: Measurement): number {
  const samples = measured.limits?.judged === "ours" ? measured.ours : measured.ratios;
  return median(samples);
}

export function verdict(measured: Measurement): Verdict {
  const { limits } = measured;
  if (limits === undefined) return "none";
  const figure = judgedFigure(measured);
  const reaches = (limit: number | undefined) =>
    limit !== undefined && (limits.better === "higher" ? figure >= limit : figure <= limit);
  if (reaches(limits.target)) return "target";
  if (reaches(limits.floor)) return "floor";
  return "below";
}

/** Median and spread of a measurement's ratio, or undefined when there is none. */
export function ratioSummary(
  measured: Measurement,
): { readonly median: number; readonly least: number; readonly most: number } | undefined {
  const ratios = measured.ratios.filter((ratio) => Number.isFinite(ratio));
  if (ratios.length === 0) return undefined;
  const [least, most] = spread(ratios);
  return { median: median(ratios), least, most };
}
