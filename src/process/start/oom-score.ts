/**
 * How willing the kernel is to end this process when memory runs out (`oom-score-adj`).
 *
 * The first of `oom-score-adj-values` counts: this is a master, and nothing that saves is a process
 * of its own. What the process came with is put back when the directive is switched off.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Config } from "../../config/config";
import { systemErrorText } from "../../config/system-error-text";

const SCORE_FILE = "/proc/self/oom_score_adj";
const SCORE_MIN = -1000;
const SCORE_MAX = 1000;
const REFUSAL = "Failed to set current oom_score_adj. Check server logs.";

export interface ScoreFile {
  read(): string;
  write(text: string): void;
}

const systemFile: ScoreFile = {
  read: () => readFileSync(SCORE_FILE, "latin1"),
  write: (text) => writeFileSync(SCORE_FILE, text),
};

/** Applies the directive now, if it is on, and at every change. */
export function followOomScore(
  config: Config,
  warning: (text: string) => void,
  file: ScoreFile = systemFile,
): void {
  let original: number | undefined;
  const apply = (): string | undefined => {
    const kind = config.value("oom-score-adj");
    if (kind === "no" && original === undefined) return undefined;
    try {
      original ??= Number(file.read());
      file.write(String(score(kind, original, config.value("oom-score-adj-values")[0])));
      if (kind === "no") original = undefined;
      return undefined;
    } catch (error) {
      warning(`Unable to write oom_score_adj: ${systemErrorText(error)}`);
      return REFUSAL;
    }
  };
  apply();
  config.onChange(["oom-score-adj", "oom-score-adj-values"], apply);
}

function score(kind: "no" | "yes" | "relative" | "absolute", original: number, value: number) {
  if (kind === "no") return original;
  const wanted = kind === "absolute" ? value : original + value;
  return Math.max(SCORE_MIN, Math.min(SCORE_MAX, wanted));
}
