// Servers, clients and proxies of one run of a row, which end with it whatever happens, and what is
// asked of servers that follow each other.

import { CommandSource, GRAMMARS } from "../../parity/grammar";
import { field } from "../../replication/pair";
import { differingKeys } from "../../support/differing-keys";
import type { RawClient } from "../../support/raw-client";
import type { SeededRandom } from "../../support/seeds";
import { type ServerOptions, ServerProcess } from "../../support/server-process";
import { TcpProxy } from "../../support/tcp-proxy";
import type { Cleanup } from "../../support/temp-dir";
import { waitFor } from "../../support/wait-for";

export type Directives = NonNullable<ServerOptions["config"]>;

const CONFIG: Directives = {
  save: "",
  "enable-debug-command": "yes",
  // A small longest string keeps data sets small enough for digests.
  "proto-max-bulk-len": "1mb",
  "repl-diskless-sync-delay": 0,
  // At the end of a run nobody is to wait for a replica.
  "shutdown-timeout": 0,
  // A listpack has no minus zero and a skiplist has one, so that in Redis, too, a copy may differ.
  "zset-max-listpack-entries": 0,
};
/**
 * 7.0.15 lengthens a string without telling its replicas when OVERFLOW FAIL has kept BITFIELD from
 * writing.
 */
const LEFT_OUT = new Set(["BITFIELD", "SHUTDOWN", "DEBUG", "CONFIG", "CLIENT", "HELLO"]);
export const DATABASES = ["0", "1", "2", "3"];
const ALIKE_DEADLINE_MS = 60_000;
const MOST_SHOWN = 5;

export class Stage implements Cleanup {
  readonly #actions: (() => unknown)[] = [];

  /** Runs `body` and ends all that it has started. */
  static async run<T>(body: (stage: Stage) => Promise<T>): Promise<T> {
    const stage = new Stage();
    try {
      return await body(stage);
    } finally {
      for (const action of stage.#actions.reverse()) await action();
    }
  }

  after(action: () => unknown): void {
    this.#actions.push(action);
  }

  server(
    program: string,
    config: Directives = {},
    options: ServerOptions = {},
  ): Promise<ServerProcess> {
    const all = { ...CONFIG, ...config };
    return ServerProcess.start({ ...options, program, config: all }, this);
  }

  async client(server: ServerProcess): Promise<RawClient> {
    const client = await server.client();
    this.after(() => client.close());
    return client;
  }

  proxy(port: number): Promise<TcpProxy> {
    return TcpProxy.start(port, this);
  }
}

/** Random commands that write, of all types, that each of the servers knows. */
export async function writeCommands(
  random: SeededRandom,
  clients: readonly RawClient[],
): Promise<CommandSource> {
  const names = GRAMMARS.map(({ name }) => name);
  const known = await Promise.all(
    clients.map((client) => client.call("COMMAND", "INFO", ...names)),
  );
  const writes = (infos: unknown, index: number): boolean => {
    const info = Array.isArray(infos) ? infos[index] : null;
    return Array.isArray(info) && Array.isArray(info[2]) && info[2].map(String).includes("write");
  };
  const usable = GRAMMARS.filter(
    ({ name }, index) =>
      name === "SELECT" || (!LEFT_OUT.has(name) && known.every((infos) => writes(infos, index))),
  );
  return new CommandSource(random, usable);
}

export async function offsetOf(client: RawClient): Promise<number> {
  return Number(await field(client, "replication", "master_repl_offset"));
}

export async function stat(client: RawClient, name: string): Promise<number> {
  return Number(await field(client, "stats", name));
}

/** Waits until every link is up. */
export async function untilLinked(clients: readonly RawClient[]): Promise<void> {
  for (const client of clients) {
    await waitFor(
      "the link to be up",
      async () => (await field(client, "replication", "master_link_status")) === "up",
      { timeoutMs: ALIKE_DEADLINE_MS },
    );
  }
}

/**
 * Waits until all have the same offset and the same data.
 * @throws Error that names keys that differ when they do not come to it.
 */
export async function untilAlike(clients: readonly RawClient[]): Promise<void> {
  let seen = "";
  const areAlike = async (): Promise<boolean> => {
    const offsets = await Promise.all(clients.map(offsetOf));
    seen = offsets.join(" ");
    if (offsets.some((offset) => offset !== offsets[0])) return false;
    const digests = await Promise.all(clients.map((client) => client.call("DEBUG", "DIGEST")));
    seen = `${seen}, ${digests.join(" ")}`;
    // Something may happen between two questions; then they are asked again.
    return digests.every((digest) => String(digest) === String(digests[0]));
  };
  await waitFor("equal offsets and digests", areAlike, {
    timeoutMs: ALIKE_DEADLINE_MS / 4,
    intervalMs: 50,
  }).catch(async (error: unknown) => {
    const [first, ...others] = clients;
    const keys: string[] = [];
    for (const other of others) {
      const found = first === undefined ? [] : await differingKeys(first, other, DATABASES);
      keys.push(...found.map(({ db, shown }) => `${db}:${shown}`));
    }
    const shown = keys.slice(0, MOST_SHOWN).join(" ");
    throw new Error(`${String(error)}: ${seen}; ${keys.length} keys differ ${shown}`);
  });
}
