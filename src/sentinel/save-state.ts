import { readFileSync } from "node:fs";
import { fromBytes, toBytes } from "../config/byte-text";
import type { Config } from "../config/config";
import { replaceFile } from "../config/replace-file";
import { systemErrorText } from "../config/system-error-text";
import { defaultUserCredential } from "../process/default-user";
import type { SentinelModel } from "./model/sentinel-model";
import { rewriteSentinel } from "./state/rewrite-sentinel";

/** Rewrites the configuration file; the reason in the system's words when it stays as it was. */
export function saveState(path: string, config: Config, model: SentinelModel): string | undefined {
  try {
    const oldText = fromBytes(readFileSync(toBytes(path)));
    const users = [`default on ${defaultUserCredential(config)} ~* &* +@all`];
    return replaceFile(path, toBytes(rewriteSentinel({ oldText, config, users, model })));
  } catch (error) {
    return systemErrorText(error);
  }
}
