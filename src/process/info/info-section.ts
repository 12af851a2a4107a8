/**
 * One section of INFO: its name, when it is shown, and its lines.
 *
 * Values are made when they are asked for. Field names and units are Redis's; a field of ours that
 * Redis lacks stands last in its section.
 */
export interface InfoSection {
  /** As in the heading, `Server`; arguments name it without case. */
  readonly name: string;
  /** Shown by INFO without arguments, or only by `all`, `everything` and its own name. */
  readonly shownBy: "default" | "all";
  readonly fields: () => readonly InfoField[];
}

export type InfoField = readonly [name: string, value: string | number];

/** The report for the sections that `names` choose (lower case), in the order of `sections`. */
export function infoReport(sections: readonly InfoSection[], names: readonly string[]): string {
  const chosen = new Set(names.length === 0 ? ["default"] : names);
  const parts: string[] = [];
  for (const section of sections) {
    if (!isChosen(section, chosen)) continue;
    const lines = section.fields().map(([name, value]) => `${name}:${value}\r\n`);
    parts.push(`# ${section.name}\r\n${lines.join("")}`);
  }
  return parts.join("\r\n");
}

function isChosen(section: InfoSection, chosen: ReadonlySet<string>): boolean {
  if (chosen.has("everything") || chosen.has("all")) return true;
  if (chosen.has(section.name.toLowerCase())) return true;
  return chosen.has("default") && section.shownBy === "default";
}

/** Two decimals, as INFO shows ratios and rates. */
export function twoDecimals(value: number): string {
  return value.toFixed(2);
}
