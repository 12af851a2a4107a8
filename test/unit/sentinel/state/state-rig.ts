// Sentinel configurations in memory: text to model and back, with the names that a test knows.

import assert from "node:assert/strict";
import { isIP } from "node:net";
import { Config } from "../../../../src/config/config";
import type { ConfigProblem } from "../../../../src/config/config-problem";
import { type LoadedConfig, loadConfig } from "../../../../src/config/load-config";
import { SentinelModel } from "../../../../src/sentinel/model/sentinel-model";
import type { LineContext } from "../../../../src/sentinel/state/line-context";
import { readLines } from "../../../../src/sentinel/state/read-lines";

export const ID_A = "a".repeat(40);
export const ID_B = "b".repeat(40);
const HOST = { currentDirectory: () => "/", changeDirectory: () => undefined };

export class TestContext implements LineContext {
  readonly nowMs = 1000;
  readonly warnings: string[] = [];
  readonly #names: ReadonlyMap<string, string>;

  constructor(names: Readonly<Record<string, string>> = {}) {
    this.#names = new Map(Object.entries(names));
  }

  resolve(host: string): string | undefined {
    return isIP(host) === 0 ? this.#names.get(host) : host;
  }

  isExecutable(path: string): boolean {
    return path.startsWith("/bin/");
  }

  warn(sentence: string): void {
    this.warnings.push(sentence);
  }
}

/** The configuration of a file with this text. */
export function loadText(text: string): { config: Config; loaded: LoadedConfig } {
  const config = new Config(HOST);
  const files = {
    read: () => ({ text }),
    readStdin: () => ({ text: "" }),
    expand: () => [],
    tryAppend: () => undefined,
  };
  const sources = { file: "/main.conf", fromStdin: false, optionLines: "" };
  const outcome = loadConfig(config, sources, files, "sentinel");
  assert.ok("loaded" in outcome, JSON.stringify(outcome));
  return { config, loaded: outcome.loaded };
}

/** The model that a text stands for, or why there is none. */
export function modelOrProblem(
  text: string,
  context: LineContext = new TestContext(),
): SentinelModel | ConfigProblem {
  const model = new SentinelModel();
  return readLines(model, loadText(text).loaded.sentinel, context) ?? model;
}

export function modelOf(text: string, context: LineContext = new TestContext()): SentinelModel {
  const model = modelOrProblem(text, context);
  assert.ok(model instanceof SentinelModel, JSON.stringify(model));
  return model;
}

/** Lines about Sentinel's business, comments and empty lines; the rest is the plain directives'. */
export function sentinelPart(text: string): string {
  return text
    .split("\n")
    .filter((line) => line === "" || line.startsWith("#") || /^sentinel /i.test(line))
    .join("\n");
}
