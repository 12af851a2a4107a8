/**
 * The manifest of an append only file: which files it consists of, in the order in which they are
 * loaded. Here are its form in memory and its text; what changes it is in manifest-plans.ts.
 *
 * It opens no files. Names are byte text (config/byte-text.ts), without a directory. What always
 * holds: at most one base; increments have rising numbers; `parseManifest(formatManifest(m))` gives
 * `m` again, as far as a file can tell it (numbers that no file bears any more begin anew).
 */
import { parseSafeInteger } from "../../base/int64";
import {
  fromBytes,
  lowerByteText,
  quoteByteText,
  splitByteText,
  toBytes,
  trimByteText,
} from "../../config/byte-text";

/** The letters that stand for it in the file. */
export type AofFileType = "b" | "h" | "i";

export interface AofFile {
  readonly name: string;
  readonly seq: number;
  readonly type: AofFileType;
}

export interface Manifest {
  /** The data set as it was at a moment; absent when the increments tell everything. */
  readonly base: AofFile | undefined;
  /** What a rewrite has made superfluous: to be removed, never loaded. */
  readonly history: readonly AofFile[];
  /** What was executed since the base, oldest first; the last is being written. */
  readonly increments: readonly AofFile[];
  /** The numbers given last; the next file of the kind gets one more. */
  readonly baseSeq: number;
  readonly incrementSeq: number;
}

export const EMPTY_MANIFEST: Manifest = {
  base: undefined,
  history: [],
  increments: [],
  baseSeq: 0,
  incrementSeq: 0,
};

/** Bytes of a line with its line feed; what is more is refused, as by Redis. */
const LONGEST_LINE = 1024;
const LINE_FEED = 0x0a;
const NUL = 0x00;
const COMMENT = 0x23;
const FEWEST_WORDS = 6;
const INVALID_FORMAT = "Invalid AOF manifest file format";

/** Why a manifest cannot be used, in Redis's words. */
export class ManifestProblem extends Error {
  /** The lines for the log. */
  readonly report: readonly string[];

  /** @param line the line without its ends, where the problem is in its words. */
  constructor(text: string, lineNumber = 0, line?: string) {
    super(text);
    const place =
      line === undefined
        ? []
        : [`Reading the manifest file, at line ${lineNumber}`, `>>> '${shown(line)}'`];
    this.report = ["*** FATAL AOF MANIFEST FILE ERROR ***", ...place, text];
  }
}

/** @throws ManifestProblem */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length === 0) throw new ManifestProblem("Found an empty AOF manifest");
  let manifest = EMPTY_MANIFEST;
  let number = 0;
  for (let at = 0; at < bytes.length; ) {
    // A comment that is too long goes on in a line of its own, as Redis reads it.
    const piece = bytes.subarray(at, at + LONGEST_LINE);
    const lineFeed = piece.indexOf(LINE_FEED);
    const length = lineFeed < 0 ? piece.length : lineFeed + 1;
    at += length;
    number++;
    if (piece[0] === COMMENT) continue;
    const nul = piece.indexOf(NUL);
    if (lineFeed < 0 || (nul >= 0 && nul < lineFeed)) {
      throw new ManifestProblem("The AOF manifest file contains too long line");
    }
    const line = trimByteText(fromBytes(piece.subarray(0, length)));
    manifest = withFile(manifest, parseLine(line, number), line, number);
  }
  return manifest;
}

/** The text of the file: base, history, increments. */
export function formatManifest({ base, history, increments }: Manifest): Buffer {
  const files = [...(base === undefined ? [] : [base]), ...history, ...increments];
  const lines = files.map(({ name, seq, type }) => `file ${word(name)} seq ${seq} type ${type}\n`);
  return toBytes(lines.join(""));
}

/** Words come in pairs; pairs with names that are not known are for versions to come. */
function parseLine(line: string, number: number): AofFile {
  const words = splitByteText(line);
  if (words === undefined || words.length < FEWEST_WORDS || words.length % 2 !== 0) {
    throw new ManifestProblem(INVALID_FORMAT, number, line);
  }
  let name = "";
  let seq = 0;
  let type = "";
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1];
    const key = lowerByteText(words[i]);
    if (key === "file") {
      if (/[/\\]/.test(value)) {
        throw new ManifestProblem("File can't be a path, just a filename", number, line);
      }
      name = value;
    } else if (key === "seq") {
      const digits = toBytes(value);
      seq = parseSafeInteger(digits, 0, digits.length);
    } else if (key === "type") {
      type = value.charAt(0);
    }
  }
  // Redis takes the digits in front of whatever is no number; nobody who means well writes that.
  if (name === "" || name.includes("\0") || Number.isNaN(seq) || seq === 0 || type === "") {
    throw new ManifestProblem(INVALID_FORMAT, number, line);
  }
  if (type !== "b" && type !== "h" && type !== "i") {
    throw new ManifestProblem("Unknown AOF file type", number, line);
  }
  return { name, seq, type };
}

function withFile(manifest: Manifest, file: AofFile, line: string, number: number): Manifest {
  if (file.type === "b") {
    if (manifest.base !== undefined) {
      throw new ManifestProblem("Found duplicate base file information", number, line);
    }
    return { ...manifest, base: file, baseSeq: file.seq };
  }
  if (file.type === "h") return { ...manifest, history: [...manifest.history, file] };
  if (file.seq <= manifest.incrementSeq) {
    throw new ManifestProblem("Found a non-monotonic sequence number", number, line);
  }
  const increments = [...manifest.increments, file];
  return { ...manifest, increments, incrementSeq: file.seq };
}

/** As Redis quotes names, and those with a single quote too, which it could not read again. */
function word(name: string): string {
  return /^[!#-&(-[\]-~]+$/.test(name) ? name : quoteByteText(name);
}

function shown(line: string): string {
  return toBytes(line).toString("utf8");
}
