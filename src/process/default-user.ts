import { createHash } from "node:crypto";
import type { Config } from "../config/config";

/**
 * The credential of the one user there is, in the words of a `user` line: his password's hash, or
 * that he needs none.
 */
export function defaultUserCredential(config: Config): string {
  const password = config.bytes("requirepass");
  if (password.length === 0) return "nopass";
  return `#${createHash("sha256").update(password).digest("hex")}`;
}
