/**
 * Reads a configuration from a file, standard input and options into a Config.
 *
 * It never ends the process and prints nothing: a problem is a value with the text that Redis would
 * print. Lines about things of other rooms (users, renamed commands, Sentinel's masters) are handed
 * on as they are; who uses them reports trouble with `lineProblem`.
 * What always holds: the last line about a directive counts, files included in between.
 */
import { lowerByteText, splitByteText, trimByteText } from "./byte-text";
import type { ConfigSources } from "./command-line";
import type { Config } from "./config";
import type { ConfigFiles } from "./config-files";
import {
  type ConfigLine,
  type ConfigProblem,
  fileProblem,
  lineProblem,
  wholeProblem,
} from "./config-problem";
import { IGNORED_DIRECTIVES } from "./rows/table";

/** What the configuration says beside directives with values. */
export interface LoadedConfig {
  /** `user name rule ...` */
  readonly users: readonly ConfigLine[];
  /** `rename-command old new`, checked for the number of arguments only. */
  readonly renames: readonly ConfigLine[];
  /** `sentinel what ...`, only for that role. */
  readonly sentinel: readonly ConfigLine[];
}

export type LoadOutcome = { readonly loaded: LoadedConfig } | { readonly problem: ConfigProblem };

/** Redis follows an include that includes itself until its stack ends; here it is an error. */
const INCLUDE_DEPTH_MAX = 16;
/** Each level of includes may multiply the files, so their number has a limit of its own. */
const INCLUDED_FILES_MAX = 10_000;

const BAD_DIRECTIVE = "Bad directive or wrong number of arguments";

/** After a problem the Config is half loaded and good for nothing. */
export function loadConfig(
  config: Config,
  sources: ConfigSources,
  files: ConfigFiles,
  role: "server" | "sentinel",
): LoadOutcome {
  return new Loader(config, files, role).load(sources);
}

class Loader {
  readonly #config: Config;
  readonly #files: ConfigFiles;
  readonly #role: "server" | "sentinel";
  readonly #seen = new Set<string>();
  readonly #users: ConfigLine[] = [];
  readonly #renames: ConfigLine[] = [];
  readonly #sentinel: ConfigLine[] = [];
  #includedFiles = 0;

  constructor(config: Config, files: ConfigFiles, role: "server" | "sentinel") {
    this.#config = config;
    this.#files = files;
    this.#role = role;
  }

  load(sources: ConfigSources): LoadOutcome {
    let text = "";
    if (sources.file !== undefined) {
      const reading = this.#files.read(sources.file);
      if ("problem" in reading) return { problem: fileProblem(sources.file, reading.problem) };
      text = reading.text;
    }
    if (sources.fromStdin) {
      const reading = this.#files.readStdin();
      if ("problem" in reading) return { problem: fileProblem("-", reading.problem) };
      text = joinTexts(text, reading.text);
    }
    // The options start a line of their own even behind a text that ends with a newline, so that
    // line numbers in messages are those of Redis.
    if (sources.optionLines !== "") text = `${text}\n${sources.optionLines}`;
    const problem = this.#readText(text, 0) ?? this.#checkWhole();
    if (problem !== undefined) return { problem };
    const loaded = { users: this.#users, renames: this.#renames, sentinel: this.#sentinel };
    return { loaded };
  }

  #readText(text: string, depth: number): ConfigProblem | undefined {
    let number = 0;
    for (const raw of text.split("\n")) {
      number += 1;
      const trimmed = trimByteText(raw);
      if (trimmed === "" || trimmed.startsWith("#")) continue;
      const args = splitByteText(trimmed);
      const line = { args: args ?? [], line: number, text: trimmed };
      if (args === undefined) {
        return lineProblem(line, "Unbalanced quotes in configuration line");
      }
      if (args.length === 0) continue;
      const problem = this.#readLine(line, depth);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #readLine(line: ConfigLine, depth: number): ConfigProblem | undefined {
    const name = lowerByteText(line.args[0]);
    const directive = this.#config.directive(name);
    if (directive !== undefined) {
      const repeated = this.#seen.has(directive.name);
      const reason = this.#config.assign(directive, line.args.slice(1), repeated);
      this.#seen.add(directive.name);
      return reason === undefined ? undefined : lineProblem(line, reason);
    }
    if (IGNORED_DIRECTIVES.has(name) && line.args.length === 2) {
      if (!this.#seen.has(name)) {
        this.#config.addNotice(`The directive '${name}' is obsolete and has no effect.`);
      }
      this.#seen.add(name);
      return undefined;
    }
    if (name === "include" && line.args.length === 2) return this.#include(line, depth);
    const reason = this.#keepForOthers(name, line);
    return reason === undefined ? undefined : lineProblem(line, reason);
  }

  /** Lines that are no directive with a value; the reason why this one is nothing at all. */
  #keepForOthers(name: string, line: ConfigLine): string | undefined {
    const count = line.args.length;
    if (name === "user" && count >= 2) {
      this.#users.push(line);
    } else if (name === "rename-command" && count === 3) {
      this.#renames.push(line);
    } else if (name === "sentinel") {
      // The option --sentinel, which chooses the role, leaves the word alone on a line.
      if (count === 1) return undefined;
      if (this.#role !== "sentinel") return "sentinel directive while not in sentinel mode";
      this.#sentinel.push(line);
    } else if (name === "loadmodule" && count >= 2) {
      return "Modules cannot be loaded: this server does not support Redis modules";
    } else if (name.includes(".")) {
      if (count < 2) return "Module config specified without value";
      return "Configuration of a module: this server does not support Redis modules";
    } else {
      return BAD_DIRECTIVE;
    }
    return undefined;
  }

  #include(line: ConfigLine, depth: number): ConfigProblem | undefined {
    if (depth >= INCLUDE_DEPTH_MAX) {
      return lineProblem(line, `Includes are nested more than ${INCLUDE_DEPTH_MAX} files deep`);
    }
    const pattern = line.args[1];
    const paths = /[*?[]/.test(pattern) ? this.#files.expand(pattern) : [pattern];
    for (const path of paths) {
      this.#includedFiles += 1;
      if (this.#includedFiles > INCLUDED_FILES_MAX) {
        return lineProblem(line, `More than ${INCLUDED_FILES_MAX} files are included`);
      }
      const reading = this.#files.read(path);
      if ("problem" in reading) return fileProblem(path, reading.problem);
      const problem = this.#readText(reading.text, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #checkWhole(): ConfigProblem | undefined {
    const logFile = this.#config.value("logfile");
    if (logFile !== "") {
      const reason = this.#files.tryAppend(logFile);
      if (reason !== undefined) return wholeProblem(`Can't open the log file: ${reason}`);
    }
    if (this.#config.flag("cluster-enabled") && this.#config.value("replicaof") !== undefined) {
      return wholeProblem("replicaof directive not allowed in cluster mode");
    }
    return undefined;
  }
}

function joinTexts(first: string, second: string): string {
  return first === "" || first.endsWith("\n") ? first + second : `${first}\n${second}`;
}
