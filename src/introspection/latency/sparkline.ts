/**
 * A graph of values in characters, as LATENCY GRAPH draws it: a column per value, filled up to its
 * height, with a label below that is written downwards.
 */

export interface Column {
  readonly value: number;
  readonly label: string;
}

/** Each row has so many steps; full cells below a column's top are bars. */
const STEP_MARKS = "_o#";
const FULL_MARK = "|";

/** Draws at most `width` columns beside each other; what is left comes below. */
export function drawSparkline(columns: readonly Column[], width: number, rows: number): string {
  const values = columns.map(({ value }) => value);
  const lowest = Math.min(...values);
  const range = Math.max(...values) - lowest || 1;
  const steps = rows * STEP_MARKS.length;
  const stepOf = (value: number): number =>
    Math.min(steps - 1, Math.floor(((value - lowest) * steps) / range));
  const parts: string[] = [];
  for (let from = 0; from < columns.length; from += width) {
    const part = columns.slice(from, from + width);
    const lines = [
      ...barLines(
        part.map(({ value }) => stepOf(value)),
        rows,
      ),
      ...labelLines(part),
    ];
    parts.push(lines.map((line) => `${line}\n`).join(""));
  }
  return parts.join("\n");
}

function barLines(steps: readonly number[], rows: number): string[] {
  const lines: string[] = [];
  for (let row = rows - 1; row >= 0; row--) {
    const marks = steps.map((step) => {
      const inRow = step - row * STEP_MARKS.length;
      if (inRow < 0) return " ";
      return inRow < STEP_MARKS.length ? STEP_MARKS[inRow] : FULL_MARK;
    });
    lines.push(marks.join(""));
  }
  return lines;
}

/** One line is left empty above the labels. */
function labelLines(columns: readonly Column[]): string[] {
  const height = Math.max(...columns.map(({ label }) => label.length));
  const lines = [" ".repeat(columns.length)];
  for (let line = 0; line < height; line++) {
    lines.push(columns.map(({ label }) => label[line] ?? " ").join(""));
  }
  return lines;
}
