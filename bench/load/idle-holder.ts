// A process that opens many connections to a port and keeps them open until it is told to end.
// A process of its own because one process may not have enough descriptors for both servers.

import { connect, type Socket } from "node:net";

// Opened in waves, so that the listening queue is never overrun.
const WAVE = 100;
const PING = "PING\r\n";

/** Opens one connection and has it answered once, so that it is a real client to the server. */
function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", reject);
    socket.once("connect", () => socket.write(PING));
    socket.once("data", () => resolve(socket));
  });
}

async function hold(port: number, count: number): Promise<void> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const wave = Math.min(WAVE, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: wave }, () => open(port)))));
  }
  process.send?.(sockets.length);
  process.once("message", () => process.exit(0));
  process.once("disconnect", () => process.exit(0));
}

hold(Number(process.argv[2]), Number(process.argv[3])).catch((error) => {
  console.error(error);
  process.exit(1);
});
