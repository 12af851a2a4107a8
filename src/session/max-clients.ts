import type { Config } from "../config/config";
import type { SessionLog } from "./session-log";

/** Descriptors kept for what is no client: listeners, files, links to other servers. */
export const RESERVED_FILES = 32;
/** Slots that a transport should have at least: maxclients may be raised while it runs. */
const USUAL_SLOTS = 65_536;

/** At start: lowers `maxclients` to what the process may open, and says so. */
export function fitMaxClients(config: Config, openFiles: number, log: SessionLog): void {
  const wanted = config.number("maxclients");
  if (wanted + RESERVED_FILES <= openFiles) return;
  const fitting = Math.max(1, openFiles - RESERVED_FILES);
  config.record("maxclients", fitting);
  log.warning(
    `You requested maxclients of ${wanted} requiring at least ${wanted + RESERVED_FILES} max file ` +
      "descriptors.",
  );
  log.warning(
    `Current maximum open files is ${openFiles}. maxclients has been reduced to ${fitting} to ` +
      "compensate for low ulimit. If you need higher maxclients increase 'ulimit -n'.",
  );
}

/** How many slots the transport needs, with room for connections that are being refused. */
export function slotsFor(config: Config, openFiles: number): number {
  const least = config.number("maxclients") + RESERVED_FILES;
  return Math.max(least, Math.min(USUAL_SLOTS, openFiles));
}

/** While it runs: refuses a `maxclients` that the process or the transport could not hold. */
export function guardMaxClients(config: Config, openFiles: number, slots: number): void {
  const most = Math.min(openFiles, slots) - RESERVED_FILES;
  config.onChange("maxclients", () => {
    if (config.number("maxclients") <= most) return undefined;
    return (
      "The operating system is not able to handle the specified number of clients, " +
      `try with ${most}`
    );
  });
}
