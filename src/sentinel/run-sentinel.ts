import { accessSync, constants } from "node:fs";
import { decodeUtf8, encodeUtf8, toBytes } from "../config/byte-text";
import { readCommandLine } from "../config/command-line";
import type { ConfigProblem } from "../config/config-problem";
import { systemErrorText } from "../config/system-error-text";
import { refusedParts } from "../process/start/refused-parts";
import { answerQuestion, type Role, type RoleStart, startRole } from "../process/start/start-role";
import { DEFAULT_PORT } from "./model/constants";
import { SentinelProcess } from "./sentinel-process";

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

/** In the words of Redis. */
function stateProblem({ configFile }: RoleStart): ConfigProblem | undefined {
  if (configFile === "") {
    const text = "Sentinel needs config file on disk to save state. Exiting...";
    return { form: "log", text };
  }
  try {
    accessSync(toBytes(configFile), constants.W_OK);
    return undefined;
  } catch (error) {
    const path = decodeUtf8(configFile);
    const reason = systemErrorText(error);
    const text = `Sentinel config file ${path} is not writable: ${reason}. Exiting...`;
    return { form: "log", text };
  }
}
