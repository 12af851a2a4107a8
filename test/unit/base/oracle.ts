/**
 * A real redis-server on a unix socket as the authority that the tests of this room ask. Not for
 * tests of this project's own server: those compare whole conversations elsewhere.
 */
import { existsSync } from "node:fs";
import type { RawClient } from "../../support/raw-client.js";
import type { Reply } from "../../support/reply.js";
import { REAL_SERVER, ServerProcess } from "../../support/server-process.js";

/** For node:test's `skip`: false where the authority is installed. */
export const WITHOUT_ORACLE: string | false = existsSync(REAL_SERVER)
  ? false
  : `${REAL_SERVER} is not installed`;

/** Runs `body` with a fresh server and a connection to it, and stops both. */
export async function withOracle(
  body: (client: RawClient, server: ServerProcess) => Promise<void>,
): Promise<void> {
  const config = { unixsocket: "redis.sock", "enable-debug-command": "yes" };
  const server = await ServerProcess.start({ program: REAL_SERVER, port: 0, config });
  try {
    const client = await server.client();
    await body(client, server);
    await client.close();
  } finally {
    await server.stop();
  }
}

/** A string reply with one character for each of its bytes. */
export function latin1Reply(reply: Reply | undefined): string {
  if (typeof reply === "string") return Buffer.from(reply, "utf8").toString("latin1");
  if (Buffer.isBuffer(reply)) return reply.toString("latin1");
  throw new Error(`not a string reply: ${JSON.stringify(reply)}`);
}
