import { closeSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { systemErrorText } from "../../config/system-error-text";
import {
  AOF_ANNOTATION,
  AOF_BROKEN,
  AOF_COMMAND,
  AOF_CUT,
  AOF_END,
  AofReader,
  type AofWindow,
} from "../../persistence/aof/aof-reader";
import { AofFileSource } from "../../persistence/aof/aof-source";
import { commandName } from "./command-name";
import type { RdbCheck } from "./rdb-check";

/** What is to be done with a file. */
export interface AofCheckOptions {
  /** Cut off what is behind the last good command, after asking. */
  readonly fixes: boolean;
  /** Cut off what was written after this Unix time; absent: nothing of the kind. */
  readonly truncateTo: number | undefined;
}

export interface AofCheckParts {
  readonly window: AofWindow;
  readonly newRdbCheck: () => RdbCheck;
  readonly print: (line: string) => void;
  /** Asks; true for yes. */
  readonly confirm: (question: string) => boolean;
}

export interface CheckedFile {
  readonly path: Uint8Array;
  /** As they are printed; the name of a file of a manifest is without its directory. */
  readonly shownPath: string;
  readonly name: string;
  readonly hasRdb: boolean;
  /** Only the last file of a manifest may be made shorter. */
  readonly isLast: boolean;
}

/** How a file came out of it. */
export type AofVerdict = "ok" | "empty" | "truncated" | "failed";

interface Found {
  /** Behind the last whole command that is in no open transaction, and the lines up to the problem. */
  position: number;
  lines: number;
  problem: string | undefined;
  problemAt: number;
  /** Where the first annotation stands that is later than asked for; -1 for none. */
  laterAt: number;
}

const MULTI = "multi";
const EXEC = "exec";
const HEX_DIGITS = 16;

/**
 * Looks whether an append only file is good, and makes it so by cutting off its end when it is told
 * to: the work of redis-check-aof on one file. What commands mean it does not know, but for MULTI
 * and EXEC.
 */
export class AofCheck {
  readonly #parts: AofCheckParts;
  readonly #options: AofCheckOptions;

  constructor(parts: AofCheckParts, options: AofCheckOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  check(file: CheckedFile): AofVerdict {
    const { print, newRdbCheck } = this.#parts;
    const { path, name, isLast } = file;
    const { truncateTo } = this.#options;
    let source: AofFileSource;
    try {
      source = new AofFileSource(path);
    } catch (error) {
      print(`Cannot open file ${file.shownPath}: ${systemErrorText(error)}, aborting...`);
      return "failed";
    }
    const { sizeBytes } = source;
    if (sizeBytes === 0) {
      source.close();
      return "empty";
    }
    const begin = file.hasRdb ? newRdbCheck().check(path, name) : 0;
    if (begin === undefined) {
      print("RDB preamble of AOF file is not sane, aborting.");
      return "failed";
    }
    if (file.hasRdb) print("RDB preamble is OK, proceeding with AOF tail...");
    const found = this.#walk(source, name, begin);
    source.close();
    if (found.laterAt >= 0) return this.#truncateTo(file, found.laterAt, truncateTo ?? 0);
    if (found.problem !== undefined) print(`0x${hex(found.problemAt)}: ${found.problem}`);
    const rest = sizeBytes - found.position;
    if (truncateTo !== undefined && rest === 0) {
      print(`Truncate nothing in AOF ${name} to timestamp ${truncateTo}`);
      return "ok";
    }
    print(
      `AOF analyzed: filename=${name}, size=${sizeBytes}, ok_up_to=${found.position}, ` +
        `ok_up_to_line=${found.lines}, diff=${rest}`,
    );
    if (rest === 0) return "ok";
    if (!this.#options.fixes) {
      print(`AOF ${name} is not valid. Use the --fix option to try fixing it.`);
      return "failed";
    }
    if (!isLast) {
      print(`Failed to truncate AOF ${name} because it is not the last file`);
      return "failed";
    }
    return this.#fix(file, sizeBytes, found.position);
  }

  #walk(source: AofFileSource, name: string, begin: number): Found {
    const { window } = this.#parts;
    const { truncateTo } = this.#options;
    const reader = new AofReader(source, window, begin);
    const found: Found = {
      position: begin,
      lines: 1,
      problem: undefined,
      problemAt: 0,
      laterAt: -1,
    };
    const fail = (at: number, text: string): Found => {
      found.problem = text;
      found.problemAt = at;
      return found;
    };
    let isOpen = false;
    for (;;) {
      const next = reader.next();
      if (next === AOF_END) {
        if (isOpen) return fail(reader.position, "Reached EOF before reading EXEC for MULTI");
        return found;
      }
      if (next === AOF_BROKEN || next === AOF_CUT) {
        found.lines += linesBetween(source, reader.start, reader.problemAt);
        const text = next === AOF_CUT ? "Reached EOF before the end of a command" : reader.problem;
        return fail(reader.problemAt, text);
      }
      if (next === AOF_ANNOTATION && truncateTo !== undefined) {
        if (reader.timestampSeconds > truncateTo) {
          found.laterAt = isOpen ? found.position : reader.start;
          return found;
        }
      } else if (next === AOF_COMMAND) {
        const word = commandName(window);
        found.lines += 1 + 2 * reader.argumentCount;
        if (isOpen ? word === MULTI : word === EXEC) {
          return fail(reader.position, `Unexpected ${word.toUpperCase()} in AOF ${name}`);
        }
        if (word === MULTI) isOpen = true;
        else if (word === EXEC) isOpen = false;
      }
      if (!isOpen) found.position = reader.position;
    }
  }

  #truncateTo(file: CheckedFile, at: number, seconds: number): AofVerdict {
    const { print } = this.#parts;
    const { name, shownPath } = file;
    if (at === 0) {
      print(`AOF ${shownPath} has nothing before timestamp ${seconds}, aborting...`);
      return "failed";
    }
    if (!file.isLast) {
      print(
        `Failed to truncate AOF ${shownPath} to timestamp ${seconds} to offset ${at} because it is not ` +
          "the last file.",
      );
      print(
        "If you insist, please delete all files after this file according to the manifest file and " +
          "delete the corresponding records in manifest file manually. Then re-run redis-check-aof.",
      );
      return "failed";
    }
    if (!this.#cut(file, at)) return "failed";
    print(`Successfully truncated AOF ${name} to timestamp ${seconds}`);
    return "truncated";
  }

  #fix(file: CheckedFile, sizeBytes: number, position: number): AofVerdict {
    const { print, confirm } = this.#parts;
    const { name } = file;
    print(
      `This will shrink the AOF ${name} from ${sizeBytes} bytes, with ${sizeBytes - position} bytes, ` +
        `to ${position} bytes`,
    );
    if (!confirm("Continue? [y/N]: ")) {
      print("Aborting...");
      return "failed";
    }
    if (!this.#cut(file, position)) return "failed";
    print(`Successfully truncated AOF ${name}`);
    return "truncated";
  }

  #cut({ path, name }: CheckedFile, position: number): boolean {
    try {
      const file = openSync(Buffer.from(path), "r+");
      try {
        ftruncateSync(file, position);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      return true;
    } catch (error) {
      this.#parts.print(`Failed to truncate AOF ${name}: ${systemErrorText(error)}`);
      return false;
    }
  }
}

/** Line ends from one byte to before another, within one command that is not whole. */
function linesBetween(source: AofFileSource, from: number, to: number): number {
  const chunk = Buffer.alloc(65536);
  let lines = 0;
  for (let at = from; at < to; ) {
    const got = source.read(chunk, 0, Math.min(chunk.length, to - at), at);
    if (got === 0) break;
    for (let i = 0; i < got; i++) if (chunk[i] === 0x0a) lines++;
    at += got;
  }
  return lines;
}

function hex(offset: number): string {
  return offset.toString(16).padStart(HEX_DIGITS, " ");
}
