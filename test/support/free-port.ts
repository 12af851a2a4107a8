// Choosing a TCP port for a server under test. A port that was free a moment ago may be taken when
// the server binds it, so who starts a server tries again with another one (see server-process.ts).

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below the range from which the system takes ports for outgoing connections: a port inside it may
// be held by any client of any other test at the moment the server wants to listen.
const FIRST_PORT = 10_000;
const LAST_PORT = 32_000;
const ATTEMPTS = 100;

/** A port on which nobody listened on 127.0.0.1 or any other address at the time of the call. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await canListen(port)) return port;
  }
  throw new Error(`no free port found in ${ATTEMPTS} attempts`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
