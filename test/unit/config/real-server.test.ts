// The same questions to Config and to a real redis-server 7.0: names, defaults, and for every
// directive what CONFIG SET answers to good and bad values and what CONFIG GET shows then.
// Where this server differs on purpose, the difference is listed here with its reason.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Config } from "../../../src/config/config";
import type { ConfigHost } from "../../../src/config/config-host";
import { hasAttribute, IMMUTABLE } from "../../../src/config/directive";
import { ownRows } from "../../../src/config/rows/own-rows";
import { directiveTable } from "../../../src/config/rows/table";
import type { RawClient } from "../../support/raw-client";
import type { Reply } from "../../support/reply";
import { tempDir } from "../../support/temp-dir";
import { SocketOracle } from "./socket-oracle";

const LOCAL = { local: true, loading: false };

/** Newer than 7.0, or of this project. */
const NOT_IN_ORACLE = new Set([
  ...ownRows.map((row) => row.name),
  "set-max-listpack-entries",
  "set-max-listpack-value",
  "cluster-announce-human-nodename",
  "locale-collate",
]);

/** The oracle would close the connection, rebind, or need what a test has not (certificates). */
const NOT_SAFE_TO_SET = new Set([
  "port",
  "bind",
  "dir",
  "maxclients",
  "maxmemory-clients",
  "tls-port",
  "tls-cluster",
  "tls-replication",
  "appendonly",
  "activedefrag",
  "watchdog-period",
]);

/**
 * The oracle takes a missing number for 0 (`5 ` is 5 seconds, 0 changes), and hexadecimal floats
 * and a negative zero for percentiles; here those are refused, and 0.
 */
const STRICTER = new Set([
  "save 5 ",
  "oom-score-adj-values 100  1",
  "latency-tracking-info-percentiles -0",
  "latency-tracking-info-percentiles 0x10",
]);

/** 7.2 takes `nothing`; 7.0 lists one word less. */
const OTHER_ERRORS = new Set(["loglevel"]);

const VALUES: readonly string[] = [
  ...["yes", "no", "YES", "maybe", "", " ", "abc", "a/b", "@", "\xff\x80", "{title}", "{x}"],
  ...["0", "1", "-1", "-0", "007", "+7", " 5", "5 ", "1e3", "0x10", "99", "100", "101", "1001"],
  ...["2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296"],
  ...["9223372036854775807", "9223372036854775808", "-9223372036854775808"],
  ...["1b", "1k", "1kb", "10mb", "1GB", "1.5gb", "3gbx", "5%", "0%", "100%", "101%", "%", "-5%"],
  ...["everysec", "always", "ALLKEYS-lru", "volatile-ttl", "noeviction", "debug", "warning"],
  ...["disabled", "swapdb", "on-empty-db", "relative", "absolute", "clients", "optional"],
  ...["allchannels", "resetchannels", "panic", "ignore", "hostname", "unknown-endpoint"],
  ...["save", "nosave", "default", "now force", "save now", "save nosave", "now  force", "x now"],
  ...["100 1", "100 1 50", "100 1 50 2", "0 1", "1 0", "10 -1", "a b", "100  1", "+1 02"],
  ...["1 2 3", "1 2 x", "-2001 0 0", "2000 -2000 03", "50 99.9 100", "50 100.1", "1e-5 .5 1."],
  ...["pubsub 1mb 1kb 60", "pubsub 1 2", "foo 1 2 3", "master 1 2 3", "pubsub a 2 3", "x"],
  ...["replica 1 2 3 pubsub 4 5 6", "slave 1gb 512mb 1 PubSub 0 0 0", "pubsub 1 1 -1"],
  ...["A", "KEA", "An", "AKEnm", "g$lshzxetd", "g$lshzxet", "Kq", "mdn", "host.name-1", "host_1"],
];

class NoHost implements ConfigHost {
  currentDirectory(): string {
    return "/";
  }

  changeDirectory(): string | undefined {
    return undefined;
  }
}

describe("Config beside a real redis-server", () => {
  let oracle: SocketOracle;
  let client: RawClient;
  after(() => oracle.stop());
  const dir = tempDir({ after });

  before(async () => {
    const words = ["--port", "0", "--unixsocket", "s.sock", "--enable-protected-configs", "yes"];
    oracle = await SocketOracle.start(dir, words);
    client = oracle.client;
  });

  async function shown(name: string): Promise<Reply> {
    const reply = await client.call("CONFIG", "GET", name);
    return Array.isArray(reply) ? (reply[1] ?? null) : reply;
  }

  it("knows the same names with the same defaults", async () => {
    const reply = await client.call("CONFIG", "GET", "*");
    assert.ok(Array.isArray(reply));
    const real = new Map<string, string>();
    for (let at = 0; at < reply.length; at += 2) real.set(String(reply[at]), String(reply[at + 1]));
    const ours = new Map(new Config(new NoHost()).get(["*"]));
    for (const name of NOT_IN_ORACLE) {
      assert.ok(ours.delete(name), name);
    }
    const given = ["port", "unixsocket", "enable-protected-configs", "dir"];
    for (const name of given) {
      real.delete(name);
      ours.delete(name);
    }
    assert.deepEqual(new Map([...ours].sort()), new Map([...real].sort()));
  });

  it("answers hidden names only when they are asked for exactly", async () => {
    const hidden = [
      "use-exit-on-panic",
      "watchdog-period",
      "rdb-key-save-delay",
      "key-load-delay",
      "loading-process-events-interval-bytes",
    ];
    const ours = new Config(new NoHost());
    for (const name of hidden) {
      assert.deepEqual(ours.get([name]), [[name, await shown(name)]]);
      assert.deepEqual(ours.get([`${name}*`]), []);
      assert.deepEqual(await client.call("CONFIG", "GET", `${name}*`), []);
    }
  });

  it("answers under the name asked for", async () => {
    const ours = new Config(new NoHost());
    for (const words of [
      ["MaxMemory"],
      ["SLAVE-READ*"],
      ["slave-read-only", "replica-read-only"],
      ["hz", "h[z]", "nosuch"],
      ["[h]z"],
      ["h\\z"],
    ]) {
      const reply = await client.call("CONFIG", "GET", ...words);
      // The oracle keeps them in a hash table, so the order of several means nothing.
      assert.ok(Array.isArray(reply));
      assert.deepEqual(ours.get(words).flat().sort(), reply.sort(), words.join(" "));
    }
  });

  it("sets, shows and refuses the same", async () => {
    const ours = new Config(new NoHost());
    ours.record("enable-protected-configs", "yes");
    const names = directiveTable.flatMap((row) => (row.alias ? [row.name, row.alias] : [row.name]));
    for (const name of names) {
      if (NOT_IN_ORACLE.has(name) || NOT_SAFE_TO_SET.has(name)) continue;
      for (const value of VALUES) {
        if (!STRICTER.has(`${name} ${value}`)) await compareSet(ours, name, value);
      }
    }
  });

  async function compareSet(ours: Config, name: string, value: string): Promise<void> {
    const bytes = Buffer.from(value, "latin1");
    const reply = await client.call("CONFIG", "SET", name, bytes);
    const error = ours.set([[name, value]], LOCAL);
    const what = `CONFIG SET ${name} ${JSON.stringify(value)}`;
    const realError = reply === "OK" ? undefined : (reply as { error: string }).error;
    if (OTHER_ERRORS.has(name)) assert.equal(error === undefined, realError === undefined, what);
    else assert.equal(error, realError, what);
    if (hasAttribute(ours.directive(name) ?? fail(name), IMMUTABLE)) return;
    const after = ours.get([name])[0]?.[1] ?? "";
    const real = await client.command("CONFIG", "GET", name);
    assert.ok(
      real.includes(Buffer.from(`\r\n${after}\r\n`, "latin1")),
      `${what}: ${real} ${after}`,
    );
  }

  it("words refusals of several pairs the same", async () => {
    const ours = new Config(new NoHost());
    assert.equal(await client.call("CONFIG", "SET", "timeout", "0"), "OK");
    const questions = [
      ["nosuch", "1"],
      ["maxmemory", "100mb", "nosuch", "1"],
      ["nosuch", "1", "databases", "2"],
      ["databases", "2", "nosuch", "1"],
      ["DATABASES", "2"],
      ["HZ", "3", "hZ", "4"],
      ["MAXMEMORY", "abc"],
      ["user", "x"],
      ["include", "x"],
      ["rename-command", "x"],
      ["replicaof", "a 1"],
      ["timeout", "5", "hz", "-1"],
    ];
    for (const words of questions) {
      const reply = await client.call("CONFIG", "SET", ...words);
      const pairs: [string, string][] = [];
      for (let at = 0; at < words.length; at += 2) pairs.push([words[at], words[at + 1]]);
      assert.deepEqual({ error: ours.set(pairs, LOCAL) }, reply, words.join(" "));
    }
    assert.equal(await shown("timeout"), String(ours.number("timeout")));
  });
});

function fail(name: string): never {
  throw new Error(`unknown: ${name}`);
}
