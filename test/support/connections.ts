// Three connections to one server and everything that each of them is sent, line of commands by line:
// for comparing what two servers push to whom.

import { wordsOf } from "./published-events";
import type { RawClient } from "./raw-client";
import type { ServerProcess } from "./server-process";

const LEAST_ID = 50;
export const CLIENTS = ["a", "b", "c"] as const;

/** The words between separators. */
function splitAt(separator: string, words: readonly Buffer[]): Buffer[][] {
  const groups: Buffer[][] = [[]];
  for (const word of words) {
    if (String(word) === separator) groups.push([]);
    else groups.at(-1)?.push(word);
  }
  return groups;
}

export class Connections {
  /** Those in a transaction, which a wrong command would spoil. */
  readonly #queuing = new Set<string>();

  private constructor(
    private readonly clients: ReadonlyMap<string, RawClient>,
    private readonly ids: ReadonlyMap<string, string>,
  ) {}

  static async open(server: ServerProcess, protocol: "2" | "3"): Promise<Connections> {
    const clients = new Map<string, RawClient>();
    const ids = new Map<string, string>();
    // An id must not be mistaken for a number that means something else.
    for (let id = 0; id < LEAST_ID; ) {
      const client = await server.client();
      id = Number(await client.call("CLIENT", "ID"));
      await client.close();
    }
    for (const name of CLIENTS) {
      const client = await server.client();
      ids.set(`$${name}`, String(await client.call("CLIENT", "ID")));
      clients.set(name, client);
    }
    await clients.get("b")?.command("FLUSHALL");
    if (protocol === "3") await clients.get("a")?.command("HELLO", "3");
    return new Connections(clients, ids);
  }

  /** Runs one line; what each connection was sent, ids of clients in the form `$a`. */
  async run(line: string): Promise<string[]> {
    const words = wordsOf(line);
    const name = String(words.shift());
    const sent = words.map((word) => Buffer.from(this.ids.get(String(word)) ?? word));
    const client = this.clients.get(name);
    const commands = splitAt(";", sent);
    for (const command of commands) client?.send(...command);
    // What they bring about is on its way once there are as many replies.
    const received: string[] = [];
    for (const _ of commands) {
      const reply = await client?.readReply();
      received.push(`${name} ${this.#named(String(reply?.toString("latin1")))}`);
    }
    if (line.endsWith(" MULTI")) this.#queuing.add(name);
    if (line.endsWith(" EXEC")) this.#queuing.delete(name);
    const order = [name, ...CLIENTS.filter((each) => each !== name)];
    for (const each of order) received.push(...(await this.#receive(each)));
    return received;
  }

  /** Everything that a connection has been sent so far. */
  async #receive(name: string): Promise<string[]> {
    const client = this.clients.get(name);
    const received: string[] = [];
    if (client === undefined || client.socket.destroyed || this.#queuing.has(name)) return received;
    // The reply to a wrong command marks the end.
    client.send("PING", "wrong", "arity");
    for (;;) {
      const reply = await client.readReply().catch(() => undefined);
      const text = reply?.toString("latin1");
      if (text === undefined || text.includes("wrong number of arguments for 'ping'")) break;
      received.push(`${name} ${this.#named(text)}`);
    }
    return received;
  }

  /** Without what differs from server to server. */
  #named(text: string): string {
    let named = text.replace(/\$\d\r\n7\.\d\.\d+\r\n/, "version\r\n");
    for (const [name, id] of this.ids) named = named.replace(`:${id}\r\n`, `:${name}\r\n`);
    return named;
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) await client.close();
  }
}
