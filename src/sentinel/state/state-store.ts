/**
 * Where a Sentinel's state is kept: in its configuration file, or in a file apart from it where
 * `sentinel-state-file` names one. Reads it at the start and saves it.
 *
 * What always holds: at every moment, also after a crash, the old or the new state is on the disk,
 * whole, and after `save` has returned without a reason the new one; nothing is written when the file
 * says already what it is to say. Lines that the operator adds to the configuration file while the
 * Sentinel runs are kept.
 */
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import { decodeUtf8, fromBytes, toBytes } from "../../config/byte-text";
import type { Config } from "../../config/config";
import { type ConfigLine, type ConfigProblem, wholeProblem } from "../../config/config-problem";
import { replaceFile } from "../../config/replace-file";
import { systemErrorText } from "../../config/system-error-text";
import type { SentinelModel } from "../model/sentinel-model";
import { ConfiguredState } from "./apart-lines";
import type { LineContext } from "./line-context";
import { readApart } from "./read-apart";
import { readLines } from "./read-lines";
import { rewriteSentinel } from "./rewrite-sentinel";

export interface StateStoreParts {
  readonly config: Config;
  /** An absolute path as byte text; undefined when the Sentinel was started without a file. */
  readonly configFile: string | undefined;
  /** What stands behind `user`, as in RewriteInput of config/rewrite-config.ts. */
  readonly users: () => readonly string[] | undefined;
}

interface Reading {
  readonly text?: string;
  readonly reason?: string;
}

/** What a file held when it was last written or read here, and how to see that it still does. */
interface KnownText extends Reading {
  readonly text: string;
  readonly stamp: string;
}

export class StateStore {
  readonly #parts: StateStoreParts;
  /** The file apart; undefined when the state is in the configuration file. */
  readonly #stateFile: string | undefined;
  #configured: ConfiguredState | undefined;
  #known: KnownText | undefined;

  /** `config` is loaded, and the working directory entered: a relative path is relative to that. */
  constructor(parts: StateStoreParts) {
    this.#parts = parts;
    const { config } = parts;
    const path = config.value("sentinel-state-file");
    this.#stateFile = path === "" ? undefined : posix.resolve(config.value("dir"), path);
  }

  /** Why no state can be kept, in Redis's words for the log; undefined when it can. */
  refusal(): string | undefined {
    const { configFile } = this.#parts;
    const apart = this.#stateFile;
    if (apart !== undefined) {
      const target = existsSync(toBytes(apart)) ? apart : posix.dirname(apart);
      return notWritable("state", apart, writingProblem(target));
    }
    if (configFile === undefined) {
      return "Sentinel needs config file on disk to save state. Exiting...";
    }
    return notWritable("config", configFile, writingProblem(configFile));
  }

  /**
   * Reads the state into a new model: the `sentinel ...` lines of the configuration, and the file
   * apart over them. After a problem the model is good for nothing.
   */
  load(
    model: SentinelModel,
    lines: readonly ConfigLine[],
    context: LineContext,
  ): ConfigProblem | undefined {
    const problem = readLines(model, lines, context);
    const file = this.#stateFile;
    if (problem !== undefined || file === undefined) return problem;
    this.#configured = new ConfiguredState(model);
    const { text, reason } = readWhole(file);
    if (reason !== undefined) return wholeProblem(`Can't read the state file '${file}': ${reason}`);
    const wrong = readApart(model, text ?? "", context);
    return wrong === undefined ? undefined : wholeProblem(`In the state file '${file}': ${wrong}`);
  }

  /** Returns the reason, in the system's words, why the disk still has the state of before. */
  save(model: SentinelModel): string | undefined {
    const file = this.#stateFile ?? this.#parts.configFile;
    if (file === undefined) return "there is no file";
    const stamp = stampOf(file);
    const known = this.#known?.stamp === stamp ? this.#known : undefined;
    const old: Reading = known ?? readWhole(file);
    if (old.reason !== undefined) return old.reason;
    const text = this.#write(model, old.text);
    // A text of somebody else's is written again, since nobody knows whether it was synced.
    if (text === known?.text) return undefined;
    const problem = replaceFile(file, toBytes(text));
    this.#known = problem === undefined ? { text, stamp: stampOf(file) } : undefined;
    return problem;
  }

  #write(model: SentinelModel, oldText: string | undefined): string {
    if (this.#configured !== undefined) return this.#configured.write(model);
    const { config, users } = this.#parts;
    return rewriteSentinel({ oldText, config, users: users(), model });
  }
}

function notWritable(
  kind: "config" | "state",
  path: string,
  reason: string | undefined,
): string | undefined {
  if (reason === undefined) return undefined;
  return `Sentinel ${kind} file ${decodeUtf8(path)} is not writable: ${reason}. Exiting...`;
}

function writingProblem(path: string): string | undefined {
  try {
    accessSync(toBytes(path), constants.W_OK);
    return undefined;
  } catch (error) {
    return systemErrorText(error);
  }
}

/** A file that is not there has neither text nor reason. */
function readWhole(path: string): Reading {
  try {
    return { text: fromBytes(readFileSync(toBytes(path))) };
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return missing ? {} : { reason: systemErrorText(error) };
  }
}

/** Another file, or one that somebody has written since, has another stamp. */
function stampOf(path: string): string {
  const stats = statSync(toBytes(path), { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}
