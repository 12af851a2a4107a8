/**
 * Opens the sockets of links so that reading costs little: all of them read into one memory, and what
 * came is copied from there, one behind the other, into slabs. Node would take 64 KiB from the system
 * for each read, and nearly all that a Sentinel reads has a few bytes.
 *
 * What always holds: a slab is written once, so what was read from it stays as it is.
 */
import { connect, type Socket } from "node:net";
import { copyBytes } from "../../base/bytes";
import type { LinkOptions } from "../../net/link";

/** The most that is read at once; what is read fits into one slab. */
const SLAB_BYTES = 64 * 1024;

export type SocketOpener = NonNullable<LinkOptions["openSocket"]>;

export function socketOpener(): SocketOpener {
  const memory = Buffer.allocUnsafeSlow(SLAB_BYTES);
  let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  let at = 0;
  const take = (count: number): Buffer => {
    if (count > slab.length - at) {
      slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      at = 0;
    }
    copyBytes(slab, at, memory, 0, count);
    at += count;
    return slab.subarray(at - count, at);
  };
  return (host, port, bindAddress, connected) => {
    const callback = (count: number): boolean => {
      socket.emit("data", take(count));
      return true;
    };
    const local = bindAddress === undefined ? {} : { localAddress: bindAddress };
    const onread = { buffer: memory, callback };
    const socket: Socket = connect({ host, port, onread, ...local }, connected);
    return socket;
  };
}
