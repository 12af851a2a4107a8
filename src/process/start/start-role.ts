/**
 * From the command line to a process that serves, for either role: answers questions (-v, -h), reads
 * the configuration, goes into the background when it is to.
 *
 * What always holds: before the role takes over, nothing but the terminal has heard of this start,
 * and a problem ends it with exit code 1.
 */
import type { ConfigSources, Invocation } from "../../config/command-line";
import { Config } from "../../config/config";
import { DiskConfigFiles, type Reading } from "../../config/config-files";
import { ProcessHost } from "../../config/config-host";
import type { ConfigProblem } from "../../config/config-problem";
import { type LoadedConfig, loadConfig } from "../../config/load-config";
import { answerCaller, isDaemon, startDaemon } from "./daemon";
import { HELP_TEXT, TEST_MEMORY_TEXT, versionText } from "./program-texts";
import { startLog } from "./start-log";
import { isSupervised } from "./supervision";
import { checkSystem } from "./system-checks";

/** What a role is started with. */
export interface RoleStart {
  readonly config: Config;
  readonly loaded: LoadedConfig;
  /** Absolute path as byte text, or empty. */
  readonly configFile: string;
  readonly hasArguments: boolean;
  readonly isDaemon: boolean;
}

export interface Role {
  readonly name: "server" | "sentinel";
  /** Sets what this role has by default. */
  readonly prepare?: (config: Config) => void;
  /** Why it cannot serve with what was loaded. */
  readonly refusal: (start: RoleStart) => ConfigProblem | undefined;
  readonly serve: (start: RoleStart) => void;
}

export function answerQuestion(question: Exclude<Invocation["kind"], "run">): void {
  if (question === "version") {
    process.stdout.write(versionText());
    return;
  }
  process.exitCode = 1;
  if (question === "help") process.stderr.write(HELP_TEXT);
  else if (question === "test-memory") process.stderr.write(TEST_MEMORY_TEXT);
  else checkMachine();
}

function checkMachine(): void {
  const backlog = new Config(new ProcessHost()).number("tcp-backlog");
  const { text, isWell } = checkSystem(backlog);
  process.stdout.write(text);
  process.exitCode = isWell ? 0 : 1;
}

/** @param directory where the program was called. */
export function startRole(
  role: Role,
  sources: ConfigSources,
  hasArguments: boolean,
  directory: string,
): void {
  const daemon = isDaemon(process.env);
  const config = new Config(new ProcessHost());
  role.prepare?.(config);
  const files = new RememberingFiles(role.name);
  const outcome = loadConfig(config, sources, files, role.name);
  if ("problem" in outcome) {
    showProblem(outcome.problem, role.name, daemon);
    return;
  }
  const { loaded } = outcome;
  const configFile = sources.file ?? "";
  const start = { config, loaded, configFile, hasArguments, isDaemon: daemon };
  const problem = role.refusal(start);
  if (problem !== undefined) showProblem(problem, role.name, daemon);
  else if (config.flag("daemonize") && !daemon && !isSupervised(config, process.env)) {
    goIntoBackground(directory, files.standardInput);
  } else {
    role.serve(start);
  }
}

/** Blocks belong on stderr; single lines to the log, which is not configured yet. */
export function showProblem(problem: ConfigProblem, role: Role["name"], daemon: boolean): void {
  if (daemon) answerCaller(problem.text);
  else if (problem.form === "block") process.stderr.write(problem.text);
  else startLog(letterOf(role)).warning(problem.text);
  process.exitCode = 1;
}

function goIntoBackground(directory: string, standardInput: string | undefined): void {
  startDaemon(directory, standardInput).then((problem) => {
    if (problem === undefined) process.exit(0);
    process.stderr.write(problem);
    process.exit(1);
  });
}

/** A data node is nobody yet at this time, a Sentinel is one from the beginning. */
function letterOf(role: Role["name"]): "child" | "sentinel" {
  return role === "sentinel" ? "sentinel" : "child";
}

/** Keeps what standard input said, for a daemon that cannot read it again. */
class RememberingFiles extends DiskConfigFiles {
  standardInput: string | undefined;
  readonly #role: Role["name"];

  constructor(role: Role["name"]) {
    super();
    this.#role = role;
  }

  override readStdin(): Reading {
    startLog(letterOf(this.#role)).warning("Reading config from stdin");
    const reading = super.readStdin();
    if ("text" in reading) this.standardInput = reading.text;
    return reading;
  }
}
