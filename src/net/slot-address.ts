/**
 * The addresses of a client's socket in Redis's form, as CLIENT LIST shows them: `127.0.0.1:6379`,
 * `[::1]:6379`, `path:0` for a unix socket on both sides, `?:0` when the peer was gone already.
 */

import type { Socket } from "node:net";
import type { SlotAddress } from "./transport";

const UNKNOWN = "?:0";
/** Node does not tell a socket's descriptor. */
const UNKNOWN_FD = -1;

export function slotAddressOf(socket: Socket, unixPath: string): SlotAddress {
  if (unixPath !== "") {
    const address = `${unixPath}:0`;
    return { remote: address, local: address, remoteIp: "", isUnix: true, fd: UNKNOWN_FD };
  }
  return {
    remote: formatAddress(socket.remoteAddress, socket.remotePort),
    local: formatAddress(socket.localAddress, socket.localPort),
    remoteIp: socket.remoteAddress ?? "?",
    isUnix: false,
    fd: UNKNOWN_FD,
  };
}

function formatAddress(ip: string | undefined, port: number | undefined): string {
  if (ip === undefined || port === undefined) return UNKNOWN;
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}
