/**
 * Sentinel's rewrite as a function from the old text of its configuration file, the configuration and
 * the model to the new text. Reading and replacing the file is state-store.ts's work.
 *
 * What always holds: comments and the operator's lines stay where they are; a line about a master
 * stays beside the comment that explains it, because lines of one master never change places with
 * those of another; reading the new text gives the state that was written.
 */
import { lowerByteText } from "../../config/byte-text";
import type { Config } from "../../config/config";
import { configOption, writeDirectives } from "../../config/rewrite-config";
import { RewriteLines } from "../../config/rewrite-lines";
import type { SentinelModel } from "../model/sentinel-model";
import { currentLineName } from "./line-names";
import { OWN_LINES } from "./own-lines";
import { lineKey, stateLines } from "./write-lines";

export interface SentinelRewriteInput {
  /** The text of the file now, or undefined when it does not exist. */
  readonly oldText: string | undefined;
  readonly config: Config;
  /** As in RewriteInput of config/rewrite-config.ts. */
  readonly users: readonly string[] | undefined;
  readonly model: SentinelModel;
}

/** Nothing is ever saved by a Sentinel, so its file says nothing about when. */
const UNUSED_DIRECTIVES = new Set(["save"] as const);

export function rewriteSentinel(input: SentinelRewriteInput): string {
  const { config, users } = input;
  const sentinelKeys = new Set<string>();
  const lines = new RewriteLines(input.oldText, (args) => {
    const key = sentinelKey(args);
    if (key === undefined) return configOption(config, args);
    sentinelKeys.add(key);
    return key;
  });
  writeDirectives(lines, config, UNUSED_DIRECTIVES);
  lines.finish("save");
  if (users !== undefined) {
    for (const user of users) lines.write("user", `user ${user}`, true);
    lines.finish("user");
  }
  for (const { key, text, forced } of stateLines(input.model)) lines.write(key, text, forced);
  // What has no value any more, or is about a master that is not watched any more.
  for (const key of sentinelKeys) lines.finish(key);
  return lines.text();
}

/** The key of a `sentinel ...` line; undefined for a line about anything else. */
function sentinelKey(args: readonly string[]): string | undefined {
  if (args.length < 2 || lowerByteText(args[0]) !== "sentinel") return undefined;
  const name = currentLineName(lowerByteText(args[1]));
  const isOwn = OWN_LINES.some((own) => own.name === name);
  return lineKey(name, isOwn ? "" : args[2]);
}
