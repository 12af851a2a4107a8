// Reads a stream of effects (an incremental append only file, what a sink was given) into commands,
// each with its database, and compares two such logs. Times may differ by how long a run takes.

const TIME_TOLERANCE_MS = 30_000;
/** Digits of a Unix time in seconds and in milliseconds, these years. */
const TIME = /^1[789]\d{8}(\d{3})?$/;
const FAR_TIME = /^\d{14,19}$/;
const STREAM_ID = /^(1[789]\d{11})-(\d+)$/;

export interface Effect {
  readonly database: number;
  /** Latin1 texts. */
  readonly words: readonly string[];
}

/**
 * Reads the next part of a stream, whose last database was `database`. SELECT shows in the databases
 * of what comes behind it; comments of the file are left out.
 */
export function readEffects(bytes: Buffer, database = -1): { effects: Effect[]; database: number } {
  const effects: Effect[] = [];
  let selected = database;
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf("\r\n", at, "latin1");
    if (lineEnd < 0) throw new Error(`a line without an end at ${at}`);
    const line = bytes.toString("latin1", at, lineEnd);
    at = lineEnd + 2;
    if (line.startsWith("#")) continue;
    if (!/^\*\d+$/.test(line)) throw new Error(`not the beginning of a request at ${at}: ${line}`);
    const words: string[] = [];
    for (let left = Number(line.slice(1)); left > 0; left--) {
      const headerEnd = bytes.indexOf("\r\n", at, "latin1");
      const header = bytes.toString("latin1", at, headerEnd);
      if (!/^\$\d+$/.test(header)) throw new Error(`not the length of an argument: ${header}`);
      const end = headerEnd + 2 + Number(header.slice(1));
      words.push(bytes.toString("latin1", headerEnd + 2, end));
      if (bytes.toString("latin1", end, end + 2) !== "\r\n") throw new Error(`no end at ${end}`);
      at = end + 2;
    }
    if (words[0] === "SELECT") selected = Number(words[1]);
    else effects.push({ database: selected, words });
  }
  return { effects, database: selected };
}

/** What is different first, with what comes before it; undefined when nothing is. */
export function effectDifference(
  ours: readonly Effect[],
  real: readonly Effect[],
): string | undefined {
  for (let i = 0; i < Math.max(ours.length, real.length); i++) {
    if (isSame(ours[i], real[i])) continue;
    const before = real.slice(Math.max(0, i - 2), i).map((effect) => `  after ${shown(effect)}`);
    const after = [`  ours: ${shown(ours[i])}`, `  real: ${shown(real[i])}`];
    const next = [`  then ours: ${shown(ours[i + 1])}`, `  then real: ${shown(real[i + 1])}`];
    return [...before, ...after, ...next].join("\n");
  }
  return undefined;
}

function shown(effect: Effect | undefined): string {
  if (effect === undefined) return "nothing";
  const words = effect.words.map((word) => (word.length > 60 ? `${word.slice(0, 60)}...` : word));
  return `[${effect.database}] ${words.map((word) => JSON.stringify(word)).join(" ")}`;
}

function isSame(ours: Effect | undefined, real: Effect | undefined): boolean {
  if (ours === undefined || real === undefined) return false;
  const { words } = real;
  if (ours.words.length !== words.length) return false;
  // MULTI and EXEC stand before the SELECT of what is between them.
  const isFrame = words[0] === "MULTI" || words[0] === "EXEC";
  if (!isFrame && ours.database !== real.database) return false;
  return words.every((word, i) => {
    const our = ours.words[i] ?? "";
    return isSameWord(our, word) || (words[i - 1] === "PXAT" && isSameFarTime(our, word));
  });
}

/** A time from now that lies thousands of years ahead. */
function isSameFarTime(ours: string, real: string): boolean {
  if (!FAR_TIME.test(ours) || !FAR_TIME.test(real)) return false;
  const difference = BigInt(ours) - BigInt(real);
  return difference * difference <= BigInt(TIME_TOLERANCE_MS) ** 2n;
}

function isSameWord(ours: string, real: string): boolean {
  if (ours === real) return true;
  const [ourTime, realTime] = [timeOf(ours), timeOf(real)];
  if (ourTime === undefined || realTime === undefined) return false;
  return Math.abs(ourTime - realTime) <= TIME_TOLERANCE_MS;
}

function timeOf(word: string): number | undefined {
  const id = STREAM_ID.exec(word);
  if (id !== null) return Number(id[1]);
  if (!TIME.test(word)) return undefined;
  return word.length === 13 ? Number(word) : Number(word) * 1000;
}
