// What tests of the append only file do again and again with a server.

import type { RawClient } from "../support/raw-client";
import type { ServerOptions, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { info, REAL } from "./saved-server";

export const AOF_ON = { appendonly: "yes" };

export const SERVERS: readonly (readonly [name: string, options: ServerOptions])[] = [
  ["ours", {}],
  ["redis-server", REAL],
];

export async function kill(server: ServerProcess): Promise<void> {
  server.kill("SIGKILL");
  await server.exited;
}

export async function untilRewritten(client: RawClient): Promise<ReadonlyMap<string, string>> {
  return waitFor("end of the rewrite", async () => {
    const fields = await info(client);
    const isOver =
      fields.get("aof_rewrite_in_progress") === "0" && fields.get("aof_rewrite_scheduled") === "0";
    return isOver ? fields : null;
  });
}
