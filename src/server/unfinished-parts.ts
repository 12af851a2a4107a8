/**
 * What a configuration may ask of a data node and this build cannot do yet, where it only does less
 * without. Each part that gets built takes its lines away.
 */
import type { Config } from "../config/config";

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
