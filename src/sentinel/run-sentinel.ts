import { encodeUtf8 } from "../config/byte-text";
import { readCommandLine } from "../config/command-line";
import type { ConfigProblem } from "../config/config-problem";
import { refusedParts } from "../process/start/refused-parts";
import { answerQuestion, type Role, type RoleStart, startRole } from "../process/start/start-role";
import { DEFAULT_PORT } from "./model/constants";
import { newStateStore, SentinelProcess } from "./sentinel-process";

/**
 * The role of Sentinel, from the command line on: without a file that it can write to it does not
 * start, because what it must not forget is kept there.
 * @param programName what `ps` is to show.
 */
export function runSentinel(args: readonly string[], programName: string): void {
  const directory = process.cwd();
  const invocation = readCommandLine(args.map(encodeUtf8), encodeUtf8(directory));
  if (invocation.kind !== "run") answerQuestion(invocation.kind);
  else startRole(sentinelRole(programName), invocation.sources, args.length > 0, directory);
}

function sentinelRole(programName: string): Role {
  return {
    name: "sentinel",
    prepare: (config) => {
      config.record("port", DEFAULT_PORT);
      config.record("protected-mode", false);
    },
    refusal: (start) => stateProblem(start) ?? refusedParts(start.config, start.loaded),
    serve: (start) => {
      const sentinel = new SentinelProcess(start, programName);
      sentinel.start().catch((error: unknown) => sentinel.crash("start", error));
    },
  };
}

function stateProblem(start: RoleStart): ConfigProblem | undefined {
  const text = newStateStore(start).refusal();
  return text === undefined ? undefined : { form: "log", text };
}
