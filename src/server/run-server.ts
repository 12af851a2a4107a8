import { encodeUtf8 } from "../config/byte-text";
import { type ConfigSources, readCommandLine } from "../config/command-line";
import { Config } from "../config/config";
import { DiskConfigFiles } from "../config/config-files";
import { ProcessHost } from "../config/config-host";
import { loadConfig } from "../config/load-config";
import { refusedParts } from "../process/start/refused-parts";
import { answerQuestion, type Role, showProblem, startRole } from "../process/start/start-role";
import { newRdbCheck, newWindow } from "./check/check-tools";
import { RestoreProblem } from "./restore/recovery-plan";
import { restoreTo } from "./restore/restore-to";
import { ServerProcess } from "./server-process";

const RESTORE_TO = "--restore-to";

const SERVER: Role = {
  name: "server",
  refusal: ({ config, loaded }) => refusedParts(config, loaded),
  serve: (start) => {
    const server = new ServerProcess(start);
    server.start().catch((error: unknown) => server.crash("start", error));
  },
};

/** The role of the data node, from the command line on; and the restoring of an earlier moment. */
export function runServer(given: readonly string[]): void {
  const directory = process.cwd();
  const { args, when } = takeRestoreTo(given);
  const invocation = readCommandLine(args.map(encodeUtf8), encodeUtf8(directory));
  if (invocation.kind !== "run") answerQuestion(invocation.kind);
  else if (when !== undefined) restore(invocation.sources, when);
  else startRole(SERVER, invocation.sources, args.length > 0, directory);
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

function restore(sources: ConfigSources, when: string): void {
  const config = new Config(new ProcessHost());
  const outcome = loadConfig(config, sources, new DiskConfigFiles(), "server");
  if ("problem" in outcome) {
    showProblem(outcome.problem, "server", false);
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
