/** CONFIG REWRITE on the disk: reads the file, rewrites its text, replaces it as a whole. */
import { readFileSync } from "node:fs";
import { fromBytes, toBytes } from "./byte-text";
import type { Config } from "./config";
import { replaceFile } from "./replace-file";
import { rewriteConfig } from "./rewrite-config";
import { systemErrorText } from "./system-error-text";

/**
 * `path` is byte text; `users` as in RewriteInput. A file that does not exist is made. Returns the
 * reason in the system's words when the file stays as it was, or undefined.
 */
export function rewriteConfigFile(
  path: string,
  config: Config,
  users: readonly string[] | undefined,
): string | undefined {
  let oldText: string | undefined;
  try {
    oldText = fromBytes(readFileSync(toBytes(path)));
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!missing) return systemErrorText(error);
  }
  return replaceFile(path, toBytes(rewriteConfig({ oldText, config, users })));
}
