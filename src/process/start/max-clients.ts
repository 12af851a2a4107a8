/**
 * `maxclients` against what the process may open and the transport can hold: lowered at start with
 * a warning, refused by CONFIG SET.
 */
import type { Config } from "../../config/config";
import { type OpenFiles, RESERVED_FILES } from "./open-files";

/**
 * Slots beyond `maxclients` cost address space and nothing else, and leave room for a CONFIG SET
 * that raises it.
 */
const USUAL_SLOTS = 65_536;
/** What the reactor can tell apart. */
const MOST_SLOTS = 1 << 20;

/** At start; false when not even one client would fit, which the log says. */
export function fitMaxClients(config: Config, openFiles: OpenFiles): boolean {
  const wanted = config.number("maxclients");
  const fitting = Math.min(openFiles.makeRoom(wanted), MOST_SLOTS - RESERVED_FILES);
  if (fitting <= 0) return false;
  if (fitting < wanted) config.record("maxclients", fitting);
  return true;
}

/** How many slots the transport needs, with room for connections that are being refused. */
export function slotsFor(config: Config, openFiles: OpenFiles): number {
  const least = config.number("maxclients") + RESERVED_FILES;
  return Math.max(least, Math.min(USUAL_SLOTS, openFiles.limit));
}

/** While it runs. */
export function guardMaxClients(config: Config, openFiles: OpenFiles, slots: number): void {
  config.onChange("maxclients", () => {
    const wanted = config.number("maxclients");
    const fitting = openFiles.makeRoom(wanted);
    if (fitting < wanted) {
      return (
        "The operating system is not able to handle the specified number of clients, " +
        `try with ${fitting}`
      );
    }
    if (wanted <= slots - RESERVED_FILES) return undefined;
    return "The event loop API used by Redis is not able to handle the specified number of clients";
  });
}
