/**
 * The arguments of the program: `redis-server [FILE] [--name value ...] [-]`.
 *
 * It makes lines of a configuration file out of the options and judges none of them: load-file.ts
 * reads these lines behind the file, so an option overrides the file, and an error in an option
 * looks like one in a file. Arguments and lines are byte text.
 */
import { posix } from "node:path";
import { lowerByteText, quoteByteText, splitByteText } from "./byte-text";

export type Invocation =
  | { readonly kind: "version" | "help" | "test-memory" | "check-system" }
  | { readonly kind: "run"; readonly sources: ConfigSources; readonly sentinel: boolean };

/** Where the configuration comes from; read in this order, the last word counts. */
export interface ConfigSources {
  /** An absolute path, because `dir` changes what a relative one means; undefined: no file. */
  readonly file: string | undefined;
  readonly fromStdin: boolean;
  /** The options, one line each. */
  readonly optionLines: string;
}

const QUESTIONS: ReadonlyMap<string, "version" | "help" | "test-memory" | "check-system"> = new Map(
  [
    ["-v", "version"],
    ["--version", "version"],
    ["-h", "help"],
    ["--help", "help"],
    ["--test-memory", "test-memory"],
    ["--check-system", "check-system"],
  ],
);

/**
 * `args` without the program's own name, as byte text (`encodeUtf8` makes it of process.argv).
 * `--sentinel` anywhere asks for that role.
 */
export function readCommandLine(args: readonly string[], currentDirectory: string): Invocation {
  const question = args.length > 0 ? QUESTIONS.get(args[0]) : undefined;
  if (question !== undefined) return { kind: question };
  const file = args.length > 0 && !args[0].startsWith("-") ? args[0] : undefined;
  const options = new OptionLines(args, file === undefined ? 0 : 1);
  const sources = {
    file: file === undefined ? undefined : absolutePath(file, currentDirectory),
    fromStdin: options.fromStdin,
    optionLines: options.lines.join("\n"),
  };
  return { kind: "run", sources, sentinel: args.includes("--sentinel") };
}

function absolutePath(path: string, currentDirectory: string): string {
  return path.startsWith("/") ? path : posix.join(currentDirectory, path);
}

/**
 * Joins options and their values into lines. An option takes every argument up to the next one
 * with `--`, but at least one: in `--bind --x` the second word is a value. Only `--save` and
 * `--sentinel` may stand alone; a lone `--save` means no saving at all.
 */
class OptionLines {
  readonly lines: string[] = [];
  fromStdin = false;
  readonly #args: readonly string[];
  /** The last option still waits for its first value. */
  #waiting = false;

  constructor(args: readonly string[], start: number) {
    this.#args = args;
    for (let at = start; at < args.length; at++) this.#take(at);
  }

  #take(at: number): void {
    const word = this.#args[at];
    // A dash elsewhere is a value like any other.
    if (word === "-" && (at === 0 || at === this.#args.length - 1)) this.fromStdin = true;
    else if (!this.#waiting && word.startsWith("--")) this.#option(at);
    else this.#value(word);
  }

  #option(at: number): void {
    const word = this.#args[at];
    const name = lowerByteText(word);
    let line = `${word.slice(2)} `;
    // "--port 6380" as one argument has its value already.
    this.#waiting = splitByteText(word)?.length === 1;
    const last = at === this.#args.length - 1;
    const alone = last || this.#args[at + 1].startsWith("--");
    if (this.#waiting && alone && (name === "--save" || name === "--sentinel")) {
      if (name === "--save") line += '""';
      this.#waiting = false;
    }
    this.lines.push(line);
  }

  #value(word: string): void {
    const quoted = `${quoteByteText(word)} `;
    if (this.lines.length === 0) this.lines.push(quoted);
    else this.lines[this.lines.length - 1] += quoted;
    this.#waiting = false;
  }
}
