/**
 * Reading configuration files from the disk and from standard input, and expanding the patterns of
 * `include`. Paths and contents are byte text; errors are values in the system's words.
 */
import { accessSync, closeSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { globMatch } from "../base/glob";
import { fromBytes, toBytes } from "./byte-text";
import { systemErrorText } from "./system-error-text";

export type Reading = { readonly text: string } | { readonly problem: string };

/** What the loader asks for; tests answer from memory. */
export interface ConfigFiles {
  read(path: string): Reading;
  readStdin(): Reading;
  /** The files that a pattern of `include` names, in byte order; none is no error. */
  expand(pattern: string): string[];
  /** Why a log file cannot be opened for appending, or undefined; creates it like Redis. */
  tryAppend(path: string): string | undefined;
}

/** Far more than any real configuration, and little enough to hold in memory. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;
const STDIN = 0;

export class DiskConfigFiles implements ConfigFiles {
  read(path: string): Reading {
    return readWhole(toBytes(path));
  }

  readStdin(): Reading {
    return readWhole(STDIN);
  }

  expand(pattern: string): string[] {
    return expandPattern(pattern);
  }

  tryAppend(path: string): string | undefined {
    try {
      closeSync(openSync(toBytes(path), "a"));
      return undefined;
    } catch (error) {
      return systemErrorText(error);
    }
  }
}

function readWhole(source: Buffer | number): Reading {
  try {
    if (typeof source !== "number" && statSync(source).size > FILE_BYTES_MAX) {
      return { problem: "File too large" };
    }
    const bytes = readFileSync(source);
    if (bytes.length > FILE_BYTES_MAX) return { problem: "File too large" };
    return { text: fromBytes(bytes) };
  } catch (error) {
    return { problem: systemErrorText(error) };
  }
}

/**
 * Files that match a pattern with `*`, `?` or `[`, part by part as glob(3) does: a wildcard does not
 * match `/`, nor a dot at the start of a name. Directories are left out: there is nothing to read.
 */
function expandPattern(pattern: string): string[] {
  let found = [pattern.startsWith("/") ? "/" : ""];
  for (const part of pattern.split("/")) {
    if (part === "") continue;
    found = found.flatMap((base) => matchPart(base, part));
  }
  return found.filter(isNoDirectory).sort();
}

function matchPart(base: string, part: string): string[] {
  const join = (name: string) =>
    base === "" || base.endsWith("/") ? base + name : `${base}/${name}`;
  if (!/[*?[]/.test(part)) return exists(join(part)) ? [join(part)] : [];
  const bytes = toBytes(part);
  return namesIn(base === "" ? "." : base)
    .filter((name) => !name.startsWith(".") || part.startsWith("."))
    .filter((name) => globMatch(bytes, 0, bytes.length, toBytes(name), 0, name.length, false))
    .map(join);
}

/** A directory that cannot be read has no names, as for glob(3). */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(toBytes(directory), { encoding: "buffer" }).map(fromBytes);
  } catch {
    return [];
  }
}

function exists(path: string): boolean {
  try {
    accessSync(toBytes(path));
    return true;
  } catch {
    return false;
  }
}

function isNoDirectory(path: string): boolean {
  return statSync(toBytes(path), { throwIfNoEntry: false })?.isDirectory() === false;
}
