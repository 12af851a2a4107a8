/**
 * Why a configuration cannot be used, in the form that Redis prints and scripts look for. Nothing
 * here prints or ends the process.
 */
import { REDIS_VERSION } from "../base/redis-version";

/** A line of a configuration, as it stands and as it was split; all byte text. */
export interface ConfigLine {
  readonly args: readonly string[];
  /** Counted from 1 in the text that the line belongs to: a file with what follows it. */
  readonly line: number;
  readonly text: string;
}

export interface ConfigProblem {
  /** `block` belongs on stderr as it is; `log` is one line for the log, at level warning. */
  readonly form: "block" | "log";
  readonly text: string;
}

const HEAD = `\n*** FATAL CONFIG FILE ERROR (Redis ${REDIS_VERSION}) ***\n`;

/** A line that cannot be used. */
export function lineProblem(line: ConfigLine, reason: string): ConfigProblem {
  const where = `Reading the configuration file, at line ${line.line}\n`;
  return { form: "block", text: `${HEAD}${where}>>> '${line.text}'\n${reason}\n` };
}

/** Lines that cannot be used together, or with the system as it is. */
export function wholeProblem(reason: string): ConfigProblem {
  return { form: "block", text: `${HEAD}${reason}\n` };
}

/** A file that cannot be read. */
export function fileProblem(path: string, reason: string): ConfigProblem {
  return { form: "log", text: `Fatal error, can't open config file '${path}': ${reason}` };
}
