/**
 * What a configuration may ask for, this build cannot do yet, and it would be dangerous to go on
 * without. Each part that gets built takes its lines away.
 */
import type { Config } from "../../config/config";
import {
  type ConfigLine,
  type ConfigProblem,
  lineProblem,
  wholeProblem,
} from "../../config/config-problem";
import type { LoadedConfig } from "../../config/load-config";
import { defaultUserCredential } from "../default-user";

/**
 * Users are refused, because leaving them out would let everybody in. The one user that every
 * configuration rewritten by Redis names, the default user who may do everything, is the same here.
 */
export function refusedParts(config: Config, loaded: LoadedConfig): ConfigProblem | undefined {
  for (const line of loaded.users) {
    if (isPlainDefaultUser(line, config)) continue;
    return lineProblem(
      line,
      "Users are not part of this build yet, and without them everybody would be let in. " +
        "Use requirepass.",
    );
  }
  if (config.text("aclfile") !== "") {
    return wholeProblem("Users (aclfile) are not part of this build yet. Use requirepass.");
  }
  if (config.flag("cluster-enabled")) {
    return wholeProblem("This server does not support cluster mode (cluster-enabled yes).");
  }
  if (config.number("tls-port") !== 0) {
    return wholeProblem("TLS (tls-port) is not part of this build yet.");
  }
  return undefined;
}

const HARMLESS_RULES: ReadonlySet<string> = new Set([
  "on",
  "sanitize-payload",
  "~*",
  "allkeys",
  "&*",
  "allchannels",
  "+@all",
  "allcommands",
]);

/**
 * `user default on nopass ~* &* +@all`, or with the hash of requirepass in place of nopass. Redis 6.0,
 * which knew no rules for channels, wrote it without `&*`; any other rule for them is refused.
 */
function isPlainDefaultUser(line: ConfigLine, config: Config): boolean {
  const [, name, ...rules] = line.args;
  if (name !== "default") return false;
  const rest = rules.filter((rule) => !HARMLESS_RULES.has(rule));
  const grantsAll = ["~*", "+@all"].every((rule) => rules.includes(rule));
  return (
    grantsAll &&
    rules.includes("on") &&
    rest.length === 1 &&
    rest[0] === defaultUserCredential(config)
  );
}
