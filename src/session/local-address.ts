import type { SlotAddress } from "../net/transport";

/** Whether a client comes from this very machine: what some permissions are limited to. */
export function isLocal({ isUnix, remoteIp }: SlotAddress): boolean {
  return (
    isUnix ||
    remoteIp.startsWith("127.") ||
    remoteIp === "::1" ||
    remoteIp.startsWith("::ffff:127.")
  );
}
