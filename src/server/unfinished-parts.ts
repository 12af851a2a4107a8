/**
 * What a configuration may ask for and this build cannot do yet: refused where going on would be
 * dangerous, warned of where it only does less. Each part that gets built takes its lines away.
 */
import type { Config } from "../config/config";
import {
  type ConfigLine,
  type ConfigProblem,
  lineProblem,
  wholeProblem,
} from "../config/config-problem";
import type { LoadedConfig } from "../config/load-config";
import { defaultUserCredential } from "../process/default-user";

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

/** Sentences for the log. */
export function missingParts(config: Config): string[] {
  const missing: string[] = [];
  const disklessLoad = config.value("repl-diskless-load");
  if (disklessLoad !== "disabled") {
    missing.push(
      `This build receives copies of a master to disk, also with repl-diskless-load ${disklessLoad}.`,
    );
  }
  if (config.value("repl-compression") !== "no") {
    missing.push("This build does not compress the links of replication (repl-compression).");
  }
  if (config.flag("replica-refuse-empty-master")) {
    missing.push(
      "replica-refuse-empty-master is on, but this build does not refuse: a master that comes back " +
        "without data empties its replicas.",
    );
  }
  return missing;
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

/** `user default on nopass ~* &* +@all`, or with the hash of requirepass in place of nopass. */
function isPlainDefaultUser(line: ConfigLine, config: Config): boolean {
  const [, name, ...rules] = line.args;
  if (name !== "default") return false;
  const rest = rules.filter((rule) => !HARMLESS_RULES.has(rule));
  const grantsAll = ["~*", "&*", "+@all"].every((rule) => rules.includes(rule));
  return (
    grantsAll &&
    rules.includes("on") &&
    rest.length === 1 &&
    rest[0] === defaultUserCredential(config)
  );
}
