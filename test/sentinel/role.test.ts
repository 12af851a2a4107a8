// The role of Sentinel beside the real one: what it answers beside SENTINEL, what INFO tells, who is
// told of events, and what it takes of the machine.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { freePort } from "../support/free-port";
import { residentBytes } from "../support/process-usage";
import { RawClient } from "../support/raw-client";
import type { Reply } from "../support/reply";
import { OUR_SENTINEL, OUR_SERVER, REAL_SENTINEL, ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";

const MOST_IDLE_BYTES = 70 * 1024 * 1024;

/** Commands and what they are given; each is sent to both. */
const REQUESTS = `
PING|PING x|PING x y|ROLE|ROLE x|SELECT 0|SET a b|GET a|CONFIG GET x|CONFIG|DEBUG x|SAVE|BGSAVE|TIME
PUBLISH a|PUBLISH a b|PUBLISH __sentinel__:hello x|PUBLISH __SENTINEL__:hello x
PUBLISH __sentinel__:hello x y
AUTH|AUTH x|AUTH a b|AUTH default x|AUTH a b c|HELLO 4|HELLO x|HELLO 2 AUTH a b|HELLO 2 SETNAME
CLIENT|CLIENT NOPE|CLIENT GETNAME|CLIENT SETNAME x y|CLIENT ID x|CLIENT REPLY x|CLIENT KILL x
CLIENT KILL ID 0|CLIENT NO-EVICT x|CLIENT PAUSE x|CLIENT UNPAUSE|CLIENT UNBLOCK 999|CLIENT GETREDIR
COMMAND INFO get|COMMAND GETKEYS get a|COMMAND DOCS get|COMMAND COUNT x|COMMAND NOPE
INFO foo|INFO keyspace|INFO replication|INFO memory|INFO persistence|INFO commandstats
INFO errorstats|INFO latencystats|INFO cluster|INFO modules
MONITOR|MULTI|EXEC|WATCH a|QUIT|RESET|ECHO x|DBSIZE|KEYS *|FLUSHALL|LOLWUT|FAILOVER|WAIT 0 0
SYNC|PSYNC ? -1|REPLCONF a b|REPLICAOF no one|SLAVEOF no one|SLOWLOG GET|LATENCY x|MEMORY x|OBJECT x
EVAL x 0|SCRIPT x|SSUBSCRIBE a|SPUBLISH a b|PUBSUB CHANNELS|MIGRATE|MODULE LIST
SHUTDOWN x|SHUTDOWN ABORT|SHUTDOWN SAVE NOSAVE|SHUTDOWN SAVE x
SUBSCRIBE|UNSUBSCRIBE|UNSUBSCRIBE a|PUNSUBSCRIBE|SUBSCRIBE a b|PING|PING x|ROLE|INFO|PUBLISH a b
UNSUBSCRIBE a|PSUBSCRIBE *|PUNSUBSCRIBE *|UNSUBSCRIBE
`
  .trim()
  .split(/\||\n/)
  .map((line) => line.split(" "));

/** Commands of 7.0.15 that need parts which are not built yet. */
const NOT_BUILT = /^(acl|client\|(tracking|trackinginfo|caching))(\||$)/;
/** Commands of ours that 7.0.15 has not. */
const NEWER = /^client\|(setinfo|no-touch)$/;

let ours: ServerProcess;
let real: ServerProcess;
let deadPort: number;

function sentinelFile(port: number, ...lines: string[]): string {
  return [`sentinel monitor mymaster 127.0.0.1 ${port} 2`, ...lines, ""].join("\n");
}

before(async () => {
  deadPort = await freePort();
  const configFile = sentinelFile(deadPort);
  ours = await ServerProcess.start({ program: OUR_SENTINEL, configFile });
  real = await ServerProcess.start({ program: REAL_SENTINEL, configFile });
});

after(async () => {
  await Promise.all([ours.stop(), real.stop()]);
});

async function both<T>(ask: (client: RawClient) => Promise<T>): Promise<[T, T]> {
  const clients = await Promise.all([ours.client(), real.client()]);
  const [one, other] = await Promise.all(clients.map(ask));
  await Promise.all(clients.map((client) => client.close()));
  if (one === undefined || other === undefined) throw new Error("there are two");
  return [one, other];
}

function words(reply: Reply): string[] {
  if (!Array.isArray(reply)) throw new Error(`no array: ${String(reply)}`);
  return reply.map(String).sort();
}

/** Names of the fields by section. */
function fieldsOf(info: Reply): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let names: string[] = [];
  for (const line of String(info).split("\r\n")) {
    if (line.startsWith("# ")) {
      names = [];
      sections.set(line, names);
    } else if (line !== "") {
      names.push(line.slice(0, line.indexOf(":")));
    }
  }
  return sections;
}

describe("a Sentinel beside a real one", () => {
  test("answers every command that is not SENTINEL as the real one", async () => {
    const [one, other] = await both(async (client) => {
      const replies: string[] = [];
      for (const request of REQUESTS) {
        const reply = await client.command(...request);
        // The confirmations of several channels come one by one.
        const more =
          request.length > 2 && request[0] === "SUBSCRIBE" ? await client.readReply() : "";
        replies.push(
          `${request.join(" ")} -> ${reply.toString("latin1")}${more.toString("latin1")}`,
        );
      }
      return replies;
    });
    assert.deepEqual(one, other);
  });

  test("has the commands of the real one, each with the same facts", async () => {
    const [one, other] = await both((client) => client.call("COMMAND", "LIST"));
    const isOther = (name: string): boolean => /^sentinel(\||$)/.test(name);
    const known = words(one).filter((name) => !NEWER.test(name) && !isOther(name));
    const wanted = words(other).filter((name) => !NOT_BUILT.test(name) && !isOther(name));
    assert.deepEqual(known, wanted);
    const plain = wanted.filter((name) => name !== "client");
    const [facts, realFacts] = await both((client) => client.call("COMMAND", "INFO", ...plain));
    // The real one lists the subcommands of a container in the order of a hash table.
    const shown = (reply: Reply): string[] =>
      words(reply).map((text) => text.split(",").sort().join(","));
    assert.deepEqual(shown(facts), shown(realFacts));
  });

  test("greets as a Sentinel", async () => {
    for (const version of ["2", "3"]) {
      const [one, other] = await both((client) => client.call("HELLO", version));
      const shown = (reply: Reply): string => JSON.stringify(reply).replace(/7\.[0-9.]+/, "7");
      const withoutId = (text: string): string => text.replace(/"id",\d+/, '"id"');
      assert.equal(withoutId(shown(one)), withoutId(shown(other)));
    }
  });

  test("tells in INFO every field of the real one, in its order", async () => {
    for (const section of [[], ["all"], ["everything"], ["default"], ["server", "sentinel"]]) {
      const [one, other] = await both((client) => client.call("INFO", ...section));
      const [fields, wanted] = [fieldsOf(one), fieldsOf(other)];
      assert.deepEqual([...fields.keys()], [...wanted.keys()]);
      for (const [heading, names] of wanted) {
        const known = (fields.get(heading) ?? []).filter((name) => names.includes(name));
        assert.deepEqual(known, names, heading);
      }
    }
  });

  test("tells INFO in a plain string in RESP3 too", async () => {
    const kinds = await both(async (client) => {
      await client.command("HELLO", "3");
      return String.fromCharCode((await client.command("INFO", "sentinel"))[0] ?? 0);
    });
    assert.deepEqual(kinds, ["$", "$"]);
  });

  test("tells of its masters in INFO as the real one", async () => {
    const [one, other] = await both((client) => client.call("INFO", "sentinel"));
    assert.equal(String(one), String(other));
  });

  test("shows its role by the letter X in every line, and says who it is", () => {
    const lines = ours.logs().trim().split("\n");
    for (const line of lines) assert.match(line, /^\d+:X \d\d \w{3} \d{4} [\d:.]+ [.*#-] /);
    const text = lines.join("\n");
    assert.match(text, / \* Running mode=sentinel, port=\d+\.$/m);
    assert.match(text, / # Sentinel ID is [0-9a-f]{40}$/m);
    assert.match(
      text,
      new RegExp(` # \\+monitor master mymaster 127\\.0\\.0\\.1 ${deadPort} quorum 2$`, "m"),
    );
  });

  test("takes little memory while it has little to do", () => {
    const bytes = residentBytes(ours.pid);
    assert.ok(bytes <= MOST_IDLE_BYTES, `${bytes} bytes`);
  });
});

test("a Sentinel loads nothing of the data wing, and a data node nothing of Sentinel", () => {
  const bundle = (name: string): string => {
    const file = join(dirname(OUR_SERVER), name);
    return readFileSync(file, "utf8");
  };
  const rooms = (text: string): Set<string> =>
    new Set([...text.matchAll(/^\/\/ src\/([a-z]+)\//gm)].map((match) => match[1] ?? ""));
  const sentinel = rooms(bundle("sentinel.js"));
  assert.ok(sentinel.has("sentinel") && sentinel.has("session"), "the names of files are told");
  for (const room of [
    "keyspace",
    "types",
    "persistence",
    "transactions",
    "introspection",
    "replication",
    "server",
    "memory",
    "structures",
    "rdb",
  ]) {
    assert.equal(sentinel.has(room), false, room);
  }
  assert.equal(rooms(bundle("server.js")).has("sentinel"), false);
  assert.deepEqual([...rooms(bundle("program.js"))], []);
});

describe("events", () => {
  test("reach who subscribed to their channel or a pattern, as from the real one", async (t) => {
    const seen = await Promise.all(
      [OUR_SENTINEL, REAL_SENTINEL].map(async (program) => {
        const configFile = sentinelFile(deadPort);
        const sentinel = await ServerProcess.start({ program, configFile }, t);
        const client = await sentinel.client();
        t.after(() => client.close());
        await client.call("SUBSCRIBE", "+sdown");
        await client.call("PSUBSCRIBE", "+sd*");
        const operator = await sentinel.client();
        t.after(() => operator.close());
        const option = ["down-after-milliseconds", "100"];
        assert.equal(await operator.call("SENTINEL", "SET", "mymaster", ...option), "OK");
        const messages = [await client.readReply(), await client.readReply()];
        const log = sentinel.logs().match(/[.*#-] \+sdown .*/)?.[0];
        return [...messages.map((message) => message.toString("latin1")), log];
      }),
    );
    assert.deepEqual(seen[0], seen[1]);
    assert.match(String(seen[0]?.[0]), /\r\nmessage\r\n/);
  });
});

describe("who may come in", () => {
  test("is everybody, unless protected mode or a password says otherwise", async (t) => {
    const outside = externalAddress();
    const open = await startAt("0.0.0.0", t);
    const guarded = await startAt("0.0.0.0", t, "protected-mode yes");
    const locked = await startAt("0.0.0.0", t, "requirepass secret");
    const ask = async (port: number, ...request: string[]): Promise<string> => {
      const client = await RawClient.connect({ host: outside, port });
      try {
        return (await client.command(...request)).toString("latin1");
      } finally {
        await client.close();
      }
    };
    assert.equal(await ask(open.port, "PING"), "+PONG\r\n");
    assert.equal(await ask(locked.port, "PING"), "-NOAUTH Authentication required.\r\n");
    assert.equal(await ask(locked.port, "AUTH", "secret"), "+OK\r\n");
    assert.match(await ask(locked.port, "HELLO"), /^-NOAUTH HELLO must be called/);
    if (outside === "127.0.0.1") return;
    assert.match(await ask(guarded.port, "PING"), /^-DENIED /);
  });
});

function startAt(bind: string, t: Cleanup, ...lines: string[]): Promise<ServerProcess> {
  const configFile = sentinelFile(deadPort, ...lines);
  return ServerProcess.start({ program: OUR_SENTINEL, configFile, config: { bind } }, t);
}

/** An address of this machine that is not loopback, if it has one. */
function externalAddress(): string {
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find(({ family, internal }) => family === "IPv4" && !internal);
    if (found !== undefined) return found.address;
  }
  return "127.0.0.1";
}

describe("the end", () => {
  test("is told as the real one tells it, and its exit code is 0", async (t) => {
    const told = await Promise.all(
      [OUR_SENTINEL, REAL_SENTINEL].map(async (program) => {
        const configFile = sentinelFile(deadPort);
        const sentinel = await ServerProcess.start({ program, configFile }, t);
        const client = await sentinel.client();
        client.send("SHUTDOWN");
        await client.closed;
        const { code } = await sentinel.exited;
        const lines = sentinel.logs().trim().split("\n").slice(-2);
        return [code, ...lines.map((line) => line.replace(/^\d+:X .{24} /, ""))];
      }),
    );
    assert.deepEqual(told[0], told[1]);
  });
});
