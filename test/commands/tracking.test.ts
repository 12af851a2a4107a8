// Client-side caching beside the real server: the same lines on both, and after each of them
// everything that every connection has been sent.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { wordsOf } from "../support/published-events";
import type { RawClient } from "../support/raw-client";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

/** Client `a` speaks the protocol of the round; `b` and `c` name theirs themselves. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "keys that were read are told of once": `
    a CLIENT TRACKING ON
    a SET k 1
    a GET k
    b SET k 2
    b SET k 3
    a GET k
    a SET k 4
    a MGET k nokey k
    a MSET k 1 nokey 2
    a EXISTS k
    b EXPIRE k 100
    a TTL k
    b PERSIST k
    a GET k
    b RENAME k l
    a MGET k l
    b RENAME l k
    a STRLEN k
    b DEL k
    a GET k
    b APPEND k x
    a GETRANGE k 0 -1
    b GETSET k y
    a GET k
    b COPY nope k
    b COPY k k2
    a GET k2
    b MOVE k2 1
    a GET k
    b SELECT 1
    b SET k other
    a GET k
    b SWAPDB 0 1
    b SET k other
    a OBJECT ENCODING k
    b DEL k
    a GETDEL k
    b SET k 1
    a GET "\\x00\\xff\\r\\n"
    b SET "\\x00\\xff\\r\\n" 1
    a GET ""
    b SET "" 1
    a GET __proto__
    b SET __proto__ 1
    b SELECT 0
    a CLIENT TRACKING OFF
    a GET k
    b SET k 1
  `,
  "flushes are told of to everybody who tracks": `
    a CLIENT TRACKING ON
    c HELLO 3
    c CLIENT TRACKING ON BCAST PREFIX zz
    a GET k
    b FLUSHALL
    b SET k 1
    a GET k
    a FLUSHDB
    b FLUSHDB ASYNC
    b FLUSHALL SYNC
    b FLUSHALL WRONG
  `,
  NOLOOP: `
    a CLIENT TRACKING ON NOLOOP
    a GET k
    a SET k 1
    b SET k 2
    a MGET k l
    b SET k 2
    a SET l 2
    a FLUSHALL
  `,
  OPTIN: `
    a CLIENT TRACKING ON OPTIN
    a GET k
    b SET k 1
    a CLIENT CACHING YES
    a GET k
    b SET k 1
    a CLIENT CACHING YES
    a CLIENT TRACKINGINFO
    a CLIENT ID
    a GET k
    a GET l
    b MSET k 1 l 1
    a CLIENT CACHING YES
    a PING
    a GET k
    b SET k 1
    a CLIENT CACHING YES
    a NOSUCH
    a GET k
    b SET k 1
    a CLIENT CACHING NO
    a CLIENT TRACKINGINFO
  `,
  OPTOUT: `
    a CLIENT TRACKING ON OPTOUT
    a GET k
    b SET k 1
    a CLIENT CACHING NO
    a CLIENT TRACKINGINFO
    a GET k
    b SET k 1
    a GET k
    b SET k 1
    a CLIENT CACHING YES
  `,
  transactions: `
    a CLIENT TRACKING ON
    a MULTI
    a GET k
    a SET k 1
    a GET l
    a FLUSHALL
    a FLUSHDB
    a SET k 2
    a EXEC
    a GET k
    b MULTI
    b SET k 3
    b SET l 3
    b EXEC
    a CLIENT TRACKING OFF
    a CLIENT TRACKING ON OPTIN
    a CLIENT CACHING YES
    a MULTI
    a GET k
    a GET l
    a EXEC
    b MSET k 1 l 1
    a MULTI
    a GET k
    a CLIENT CACHING YES
    a GET l
    a EXEC
    a GET m
    b MSET k 1 l 1 m 1
    a CLIENT TRACKING OFF
    a CLIENT TRACKING ON BCAST
    a MULTI
    a SET k 1
    a FLUSHALL
    a EXEC
    b MULTI
    b SET k 1
    b CLIENT TRACKING OFF
    b DEL k
    b EXEC
  `,
  BCAST: `
    a CLIENT TRACKING ON BCAST
    b SET k 1
    a SET k 1
    b MSET z 1 a 2 z 3 "" 4 ab 5
    b DEL z a nope
    a GET k
    b FLUSHALL
    a CLIENT TRACKING OFF
    b SET k 1
    a CLIENT TRACKING ON BCAST PREFIX user: PREFIX item: PREFIX x
    b MSET user:1 a item:2 b user:0 c other d use e
    a MSET user:1 a item:2 b user:0 c other d use e
    a CLIENT TRACKING ON BCAST PREFIX o NOLOOP
    a CLIENT TRACKINGINFO
    a MSET user:1 a item:2 b user:0 c other d use e
    b MSET user:1 a item:2 b user:0 c other d use e
    c HELLO 3
    c CLIENT TRACKING ON BCAST PREFIX user:
    b SET user:7 1
    c SET user:7 1
    a SET user:7 1
    a RESET
    b SET user:7 1
    c CLIENT TRACKING OFF
    b SET user:7 1
  `,
  "redirection to a RESP3 client": `
    c HELLO 3
    a CLIENT TRACKING ON REDIRECT $c
    a CLIENT GETREDIR
    a CLIENT TRACKINGINFO
    a GET k
    b SET k 1
    a GET k
    a SET k 1
    a GET k
    c CLIENT TRACKING ON
    c GET k
    b SET k 2
    b CLIENT KILL ID $c
    a GET k
    b SET k 3
    a CLIENT TRACKINGINFO
    a CLIENT GETREDIR
    a CLIENT TRACKING ON
    a CLIENT TRACKINGINFO
  `,
  "redirection to a RESP2 subscriber": `
    c SUBSCRIBE __redis__:invalidate
    a CLIENT TRACKING ON REDIRECT $c BCAST PREFIX k
    b SET k 1
    a MSET k 1 l 2 kk 3
    a CLIENT TRACKING OFF
    a CLIENT TRACKING ON REDIRECT $c
    a GET k
    b SET k 1
    c UNSUBSCRIBE
    a GET k
    b SET k 1
    c GET k
    c SUBSCRIBE other
    a GET k
    a SET k 1
    c RESET
    a GET k
    b SET k 1
  `,
  "words and their errors": `
    a CLIENT TRACKING
    a CLIENT TRACKING FOO
    a CLIENT TRACKING FOO BAR
    a CLIENT TRACKING ON BAR
    a CLIENT TRACKING OFF BAR
    a CLIENT TRACKING OFF
    a CLIENT TRACKINGINFO
    a CLIENT GETREDIR
    a CLIENT CACHING YES
    a CLIENT CACHING MAYBE
    a CLIENT CACHING
    a CLIENT TRACKING ON PREFIX a
    a CLIENT TRACKING ON PREFIX
    a CLIENT TRACKING ON REDIRECT
    a CLIENT TRACKING ON REDIRECT x
    a CLIENT TRACKING ON REDIRECT 0
    a CLIENT TRACKING ON REDIRECT -1
    a CLIENT TRACKING ON REDIRECT 9999999
    a CLIENT TRACKING ON REDIRECT 9223372036854775808
    a CLIENT TRACKING ON REDIRECT $b REDIRECT $c
    a CLIENT TRACKING OFF REDIRECT 9999999
    a CLIENT TRACKING ON OPTIN OPTOUT
    a CLIENT TRACKING ON BCAST OPTIN
    a CLIENT TRACKING ON BCAST OPTOUT
    a CLIENT TRACKING ON BCAST PREFIX a PREFIX ab
    a CLIENT TRACKING ON BCAST PREFIX abc PREFIX b PREFIX ab
    a CLIENT TRACKING ON BCAST PREFIX a PREFIX a
    a CLIENT TRACKING ON BCAST PREFIX a PREFIX b
    a CLIENT TRACKINGINFO
    a CLIENT TRACKING ON BCAST PREFIX b2
    a CLIENT TRACKING ON BCAST PREFIX c PREFIX a
    a CLIENT TRACKING ON BCAST PREFIX "c\\x00d" PREFIX "c\\x00de"
    a CLIENT TRACKING ON BCAST PREFIX c
    a CLIENT TRACKING ON
    a CLIENT TRACKING ON OPTIN
    a CLIENT TRACKING ON BCAST
    a CLIENT TRACKINGINFO
    a CLIENT TRACKING ON BCAST OPTIN
    a CLIENT TRACKING OFF PREFIX q
    a CLIENT TRACKING ON OPTIN
    a CLIENT TRACKING ON BCAST
    a CLIENT TRACKING ON OPTOUT
    a CLIENT TRACKING ON NOLOOP
    a CLIENT TRACKINGINFO
    a CLIENT CACHING YES
    a CLIENT TRACKING ON NOLOOP OPTOUT
    a CLIENT CACHING YES
    a CLIENT CACHING NO
    a CLIENT CACHING MAYBE
    a CLIENT TRACKINGINFO
    a CLIENT TRACKINGINFO X
    a CLIENT GETREDIR X
    a RESET
    a CLIENT TRACKINGINFO
  `,
  "what was read before tracking was switched off and on": `
    a CLIENT TRACKING ON
    a MGET k l
    a CLIENT TRACKING OFF
    b SET k 1
    a CLIENT TRACKING ON
    b SET l 1
    a MGET m
    a CLIENT TRACKING OFF
    a CLIENT TRACKING ON BCAST PREFIX zz
    b SET m 1
  `,
  "keys that expire when they are read": `
    b DEBUG SET-ACTIVE-EXPIRE 0
    a CLIENT TRACKING ON
    c HELLO 3
    c CLIENT TRACKING ON NOLOOP
    b SET k 1 PXAT 33177117420000
    a GET k
    c GET k
    b PEXPIREAT k 1
    b SET k 1 PXAT 1
    a GET k
    c GET k
    b SET k 1 PXAT 1
    b GET k
    a MGET k l
    a EXPIRE k 0
  `,
};

const CLIENTS = ["a", "b", "c"] as const;

class Connections {
  /** Those in a transaction, which a wrong command would spoil. */
  readonly #queuing = new Set<string>();

  private constructor(
    private readonly clients: ReadonlyMap<string, RawClient>,
    private readonly ids: ReadonlyMap<string, string>,
  ) {}

  static async open(server: ServerProcess, protocol: "2" | "3"): Promise<Connections> {
    const clients = new Map<string, RawClient>();
    const ids = new Map<string, string>();
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
    // What it brings about is on its way once there is a reply.
    const reply = await this.clients.get(name)?.command(...sent);
    if (line.endsWith(" MULTI")) this.#queuing.add(name);
    if (line.endsWith(" EXEC")) this.#queuing.delete(name);
    const order = [name, ...CLIENTS.filter((each) => each !== name)];
    const received = [`${name} ${this.#named(String(reply?.toString("latin1")))}`];
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

describe("client-side caching", { skip: !canRun(OUR_SERVER) }, () => {
  const config = { "enable-debug-command": "yes" };
  let servers: ServerProcess[];
  before(async () => {
    servers = [
      await ServerProcess.start({ config }),
      await ServerProcess.start({ program: REAL_SERVER, config }),
    ];
  });
  after(async () => {
    for (const server of servers) await server.stop();
  });

  for (const protocol of ["2", "3"] as const) {
    for (const [name, script] of Object.entries(SCRIPTS)) {
      test(`${name} (RESP${protocol})`, async (t) => {
        const [ours, real] = await Promise.all(
          servers.map((server) => Connections.open(server, protocol)),
        );
        assert.ok(ours !== undefined && real !== undefined);
        t.after(() => Promise.all([ours.close(), real.close()]));
        for (const line of script.split("\n").map((text) => text.trim())) {
          if (line === "") continue;
          assert.deepEqual(await ours.run(line), await real.run(line), line);
        }
      });
    }
  }
});

for (const program of [OUR_SERVER, REAL_SERVER]) {
  describe(`the tracking table of ${program}`, { skip: !canRun(program) }, () => {
    test("has no more keys than it may, and tells of those that it drops", async (t) => {
      const server = await ServerProcess.start(
        { program, config: { "tracking-table-max-keys": "10" } },
        t,
      );
      const [admin, client] = await Promise.all([server.client(), server.client()]);
      t.after(() => Promise.all([admin.close(), client.close()]));
      await client.command("HELLO", "3");
      await client.command("CLIENT", "TRACKING", "ON");
      const keys = Array.from({ length: 50 }, (_, n) => `key:${n}`);
      await client.command("MGET", ...keys);
      assert.equal(await trackedKeys(admin), 10);
      const dropped = new Set<string>();
      for (let count = 0; count < 40; count++) dropped.add(String(await client.readReply()));
      assert.equal(dropped.size, 40);
      await admin.command("CONFIG", "SET", "tracking-table-max-keys", "3");
      await waitFor("fewer keys", async () => (await trackedKeys(admin)) === 3);
      for (let count = 0; count < 7; count++) dropped.add(String(await client.readReply()));
      assert.equal(dropped.size, 47);
      await admin.command("CONFIG", "SET", "tracking-table-max-keys", "0");
      await client.command("MGET", ...keys);
      assert.equal(await trackedKeys(admin), 50);
    });

    test("is empty after a flush, and its clients go with their connections", async (t) => {
      const server = await ServerProcess.start({ program }, t);
      const [admin, client] = await Promise.all([server.client(), server.client()]);
      t.after(() => admin.close());
      const figures = async (): Promise<string[]> => {
        const text = `${await admin.call("INFO", "clients")}${await admin.call("INFO", "stats")}`;
        return [...text.matchAll(/^tracking_\w+:\d+/gm)].map(([line]) => line);
      };
      await client.command("CLIENT", "TRACKING", "ON");
      await client.command("MGET", "a", "b");
      await admin.command(
        "CLIENT",
        "TRACKING",
        "ON",
        "REDIRECT",
        String(await client.call("CLIENT", "ID")),
      );
      await admin.command("GET", "a");
      assert.deepEqual(await figures(), [
        "tracking_clients:2",
        "tracking_total_keys:2",
        "tracking_total_items:3",
        "tracking_total_prefixes:0",
      ]);
      await admin.command("FLUSHALL");
      await admin.command("CLIENT", "TRACKING", "OFF");
      await client.command("CLIENT", "TRACKING", "OFF");
      await client.command("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "b");
      assert.deepEqual(await figures(), [
        "tracking_clients:1",
        "tracking_total_keys:0",
        "tracking_total_items:0",
        "tracking_total_prefixes:2",
      ]);
      await client.close();
      await waitFor("nobody tracks", async () => (await figures())[0] === "tracking_clients:0");
      assert.equal((await figures())[3], "tracking_total_prefixes:0");
    });

    test("tells of keys that are evicted and that expire by themselves", async (t) => {
      const server = await ServerProcess.start({ program }, t);
      const [admin, client, broadcast] = await Promise.all([1, 2, 3].map(() => server.client()));
      assert.ok(admin && client && broadcast);
      t.after(() => Promise.all([admin, client, broadcast].map((each) => each.close())));
      for (const [each, ...mode] of [[client], [broadcast, "BCAST", "NOLOOP"]] as const) {
        await each.command("HELLO", "3");
        await each.command("CLIENT", "TRACKING", "ON", ...mode);
      }
      await broadcast.command("SET", "short", "v", "PX", "200");
      await broadcast.command("SET", "victim", "v");
      await client.command("MGET", "short", "victim");
      for (const each of [client, broadcast]) {
        assert.match(String(await each.readReply()), /invalidate\r\n\*1\r\n\$5\r\nshort\r\n$/);
      }
      await admin.command("CONFIG", "SET", "maxmemory-policy", "allkeys-random");
      await admin.command("CONFIG", "SET", "maxmemory", "1");
      for (const each of [client, broadcast]) {
        assert.match(String(await each.readReply()), /invalidate\r\n\*1\r\n\$6\r\nvictim\r\n$/);
      }
    });
  });
}

async function trackedKeys(client: RawClient): Promise<number> {
  const text = String(await client.call("INFO", "stats"));
  return Number(/tracking_total_keys:(\d+)/.exec(text)?.[1]);
}
