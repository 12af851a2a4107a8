// The README taken apart: what it tells people to type, what it shows them, and where it leads them.
// It reads text and runs nothing.

export interface ShownCommand {
  /** The line behind `$ `, as it is. */
  readonly line: string;
  /** The lines below it; empty where nothing is shown. */
  readonly output: string;
}

export interface FencedBlock {
  readonly language: string;
  readonly lines: readonly string[];
}

const PROMPT = "$ ";

export function fencedBlocks(markdown: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  for (const match of markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)) {
    blocks.push({ language: match[1], lines: match[2].split("\n").slice(0, -1) });
  }
  return blocks;
}

/** The commands of a console block, in their order. */
export function shownCommands(block: FencedBlock): ShownCommand[] {
  const commands: { line: string; output: string[] }[] = [];
  for (const line of block.lines) {
    if (line.startsWith(PROMPT)) commands.push({ line: line.slice(PROMPT.length), output: [] });
    else commands.at(-1)?.output.push(line);
  }
  return commands.map(({ line, output }) => ({ line, output: output.join("\n") }));
}

/** Targets of links, with their anchors. */
export function linkTargets(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]);
}

/** The anchors that a page has: one for each heading, as the usual viewers make them. */
export function headingAnchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** Names of the npm scripts that are spoken of anywhere: `npm start`, `npm test`, `npm run name`. */
export function npmScripts(markdown: string): string[] {
  const names = [...markdown.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)];
  return [...new Set(names.map((match) => match[1] ?? match[2]))];
}

/** Variables of the environment that are spoken of. */
export function environmentVariables(markdown: string): string[] {
  return [...new Set([...markdown.matchAll(/\bREDIS_[A-Z_]+\b/g)].map((match) => match[0]))];
}
