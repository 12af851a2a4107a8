/**
 * What a configuration may ask of a data node and this build cannot do yet, where it only does less
 * without. Each part that gets built takes its lines away.
 */
import type { Config } from "../config/config";

/** Sentences for the log. */
export function missingParts(config: Config): string[] {
  const missing: string[] = [];
  if (config.value("repl-compression") !== "no") {
    missing.push("This build does not compress the links of replication (repl-compression).");
  }
  return missing;
}
