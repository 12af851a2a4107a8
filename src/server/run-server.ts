import { encodeUtf8 } from "../config/byte-text";
import { type Invocation, readCommandLine } from "../config/command-line";
import { Config } from "../config/config";
import { DiskConfigFiles, type Reading } from "../config/config-files";
import { ProcessHost } from "../config/config-host";
import type { ConfigProblem } from "../config/config-problem";
import { type LoadedConfig, loadConfig } from "../config/load-config";
import { answerCaller, isDaemon, startDaemon } from "../process/start/daemon";
import { HELP_TEXT, TEST_MEMORY_TEXT, versionText } from "../process/start/program-texts";
import { startLog } from "../process/start/start-log";
import { isSupervised } from "../process/start/supervision";
import { checkSystem } from "../process/start/system-checks";
import { newRdbCheck, newWindow } from "./check/check-tools";
import { RestoreProblem } from "./restore/recovery-plan";
import { restoreTo } from "./restore/restore-to";
import { ServerProcess } from "./server-process";
import { refusedParts } from "./unfinished-parts";

const RESTORE_TO = "--restore-to";

/**
 * From the command line to a process that serves: answers questions (-v, -h), reads the
 * configuration, goes into the background when it is to.
 *
 * What always holds: before the server process takes over, nothing but the terminal has heard of
 * this start, and a problem ends it with exit code 1.
 */
export function runServer(given: readonly string[]): void {
  const directory = process.cwd();
  const { args, when } = takeRestoreTo(given);
  const invocation = readCommandLine(args.map(encodeUtf8), encodeUtf8(directory));
  if (invocation.kind !== "run") answer(invocation.kind);
  else if (invocation.sentinel) refuse("redis-sentinel");
  else if (when !== undefined) restore(invocation, when);
  else run(invocation, args.length > 0, directory);
}

/** `--restore-to <time>` asks for another work than serving, and is no directive. */
function takeRestoreTo(given: readonly string[]): {
  readonly args: readonly string[];
  readonly when?: string;
} {
  const at = given.indexOf(RESTORE_TO);
  if (at < 0) return { args: given };
  return { args: [...given.slice(0, at), ...given.slice(at + 2)], when: given[at + 1] ?? "" };
}

function restore({ sources }: Extract<Invocation, { kind: "run" }>, when: string): void {
  const config = new Config(new ProcessHost());
  const outcome = loadConfig(config, sources, new DiskConfigFiles(), "server");
  if ("problem" in outcome) {
    showProblem(outcome.problem, false);
    return;
  }
  const window = newWindow();
  const configFile = sources.file ?? "";
  try {
    process.stdout.write(restoreTo(when, { config, configFile, window, newRdbCheck }));
  } catch (error) {
    if (!(error instanceof RestoreProblem)) throw error;
    process.stderr.write(`${RESTORE_TO}: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** The names and roles whose work is still to come. */
export function refuse(programName: string): void {
  process.stderr.write(`${programName}: this part of the program has not been built yet.\n`);
  process.exitCode = 1;
}

function answer(question: Exclude<Invocation["kind"], "run">): void {
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

function run(
  { sources }: Extract<Invocation, { kind: "run" }>,
  hasArguments: boolean,
  directory: string,
): void {
  const daemon = isDaemon(process.env);
  const config = new Config(new ProcessHost());
  const files = new RememberingFiles();
  const outcome = loadConfig(config, sources, files, "server");
  const problem = "problem" in outcome ? outcome.problem : refusedParts(config, outcome.loaded);
  if (problem !== undefined || "problem" in outcome) {
    if (problem !== undefined) showProblem(problem, daemon);
    return;
  }
  if (config.flag("daemonize") && !daemon && !isSupervised(config, process.env)) {
    goIntoBackground(directory, files.standardInput);
    return;
  }
  serve(config, outcome.loaded, sources.file ?? "", hasArguments, daemon);
}

function serve(
  config: Config,
  loaded: LoadedConfig,
  configFile: string,
  hasArguments: boolean,
  daemon: boolean,
): void {
  const server = new ServerProcess({ config, loaded, configFile, hasArguments, isDaemon: daemon });
  server.start().catch((error: unknown) => server.crash("start", error));
}

/** Blocks belong on stderr; single lines to the log, which is not configured yet. */
function showProblem(problem: ConfigProblem, daemon: boolean): void {
  if (daemon) answerCaller(problem.text);
  else if (problem.form === "block") process.stderr.write(problem.text);
  else startLog().warning(problem.text);
  process.exitCode = 1;
}

function goIntoBackground(directory: string, standardInput: string | undefined): void {
  startDaemon(directory, standardInput).then((problem) => {
    if (problem === undefined) process.exit(0);
    process.stderr.write(problem);
    process.exit(1);
  });
}

/** Keeps what standard input said, for a daemon that cannot read it again. */
class RememberingFiles extends DiskConfigFiles {
  standardInput: string | undefined;

  override readStdin(): Reading {
    startLog().warning("Reading config from stdin");
    const reading = super.readStdin();
    if ("text" in reading) this.standardInput = reading.text;
    return reading;
  }
}
