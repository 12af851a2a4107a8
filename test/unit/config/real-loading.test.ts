// The same files and arguments to the loader and to a real redis-server: equal values when it
// starts, equal words when it refuses. The real server runs on a unix socket in its own directory.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fromBytes } from "../../../src/config/byte-text";
import { readCommandLine } from "../../../src/config/command-line";
import { Config } from "../../../src/config/config";
import { DiskConfigFiles, type Reading } from "../../../src/config/config-files";
import { ProcessHost } from "../../../src/config/config-host";
import { loadConfig } from "../../../src/config/load-config";
import { tempDir } from "../../support/temp-dir";
import { oracleRefusal, SocketOracle } from "./socket-oracle";

interface Case {
  readonly text: string;
  readonly args?: readonly string[];
  readonly stdin?: string;
}

const HEAD = "port 0\nunixsocket s.sock\n";

/** Cases that load; every value is compared. */
const GOOD: readonly Case[] = [
  { text: "save\nbind\nclient-output-buffer-limit\nlatency-tracking-info-percentiles\n" },
  {
    text:
      'save "900 1"\nbind "127.0.0.1 -::1"\nclient-output-buffer-limit "normal 1 2 3 pubsub 1 1 1"' +
      '\nshutdown-on-sigterm "save now"\noom-score-adj-values "1 2 3"\n' +
      'latency-tracking-info-percentiles "1 2"\nhz 9999\nreplicaof "a 7"\n',
  },
  { text: 'save 900 1 300 10\nsave 1 1\nsave ""\nsave 5 5\n' },
  { text: 'save "900  1"\nsave " \'300\' 10"\n' },
  { text: "save ''\nslaveof No One\nmaxmemory 1gB\nbind a b\nbind 127.0.0.1\n" },
  { text: 'bind ""\nlatency-tracking-info-percentiles ""\n\r\n\t#x\nhz 3\r\n' },
  {
    text: "shutdown-on-sigterm save\nshutdown-on-sigterm now\nclient-output-buffer-limit pubsub 1 1 1",
  },
  { text: "\"hz\" 7\n'MAXMEMORY' '5'\noom-score-adj relative\nunixsocketperm 0700\n" },
  { text: 'requirepass ""\nmasterauth "a\\x41\\n"\nsyslog-ident \'it\\\'s\'\nlogfile ""\n' },
  { text: "hz 44\ninclude inc/*.conf\ninclude none*.conf\ninclude in?/[a].conf\n" },
  { text: "slave-read-only no\nreplica-read-only yes\nhash-max-ziplist-value 1kb\n" },
  { text: "repl-backlog-size 100kb\nmaxmemory-clients 5%\nlist-max-ziplist-entries 3\n" },
  { text: "save 1 1\n", args: ["--save", "5", "5"] },
  { text: "save 1 1\n", args: ["--save"] },
  { text: "save 1 1\n", args: ["--SAVE", "--hz", "11"] },
  { text: "save 1 1\n", args: ["--save", ""] },
  { text: "", args: ["--save", "900 1", "--bind", "127.0.0.1 ::1", "--hz", "12"] },
  { text: "", args: ["--hz 12", "--maxmemory 5mb", '--save "5 5"'] },
  { text: "", args: ["--bind", "127.0.0.1", "-::1"] },
  { text: "", args: ["--bind", "--::1"] },
  { text: "", args: ["--maxmemory ", "4", "--"] },
  { text: "hz 12\n", args: ["--maxmemory", "3", "-"], stdin: "hz 44\n" },
  { text: "", args: ["--bind", "127.0.0.1", "-"], stdin: "hz 44" },
  { text: "notify-keyspace-events An\nproto-max-bulk-len 1gb\ntcp-keepalive 0\n" },
];

/** Cases that are refused; the words are compared. */
const BAD: readonly Case[] = [
  { text: "foo bar\n" },
  { text: "port\n" },
  { text: "port 1 2\n" },
  { text: 'port "\n' },
  { text: "PORT x\n" },
  { text: "   hz   abc   \t\n" },
  { text: "hz 3 # comment\n" },
  { text: "save a\n" },
  { text: "save 1 2 3\n" },
  { text: "include nofile\n" },
  { text: "include a b\n" },
  { text: 'include ""\n' },
  { text: "include bad/*.conf\n" },
  { text: "rename-command get\n" },
  { text: "user\n" },
  { text: "loadmodule\n" },
  { text: "a.b\n" },
  { text: "sentinel monitor x\n" },
  { text: "dir /nonexist\n" },
  { text: "logfile /nonexist/x\n" },
  { text: "dbfilename a/b\n" },
  { text: "list-max-ziplist-entries 3 4\n" },
  { text: "replicaof a\n" },
  { text: "replicaof a b\n" },
  { text: "replicaof a 70000\n" },
  { text: "replicaof a 1 2\n" },
  { text: "cluster-enabled yes\nreplicaof a 1\n\n\n# x\n" },
  { text: "unixsocketperm 999\n" },
  { text: "unixsocketperm 1777\n" },
  { text: "maxmemory-clients 101%\n" },
  { text: "appendfilename a/b\n" },
  { text: 'appendfilename ""\n' },
  { text: "appenddirname a/b\n" },
  { text: 'appenddirname ""\n' },
  { text: "enable-debug-command maybe\n" },
  { text: "requirepass \n" },
  { text: "client-output-buffer-limit normal 0 0\n" },
  { text: "notify-keyspace-events q\n" },
  { text: "supervised x\n" },
  { text: "oom-score-adj-values 1 2\n" },
  { text: "oom-score-adj-values\n" },
  { text: "shutdown-on-sigterm\n" },
  { text: "cluster-announce-hostname a_b\n" },
  { text: "proc-title-template {x}\n" },
  { text: "hz 3\nport 5\u00fc\n" },
  { text: "bind a b c d e f g h i j k l m n o p q\n" },
  { text: "", args: ["--port"] },
  { text: "", args: ["--hz", "7", "--foo"] },
  { text: "", args: ["--foo", "b\nar\u00e9"] },
  { text: "", args: ["--hz", "abc", "def"] },
  { text: "", args: ["--hz", "7", "-x"] },
  { text: "", args: ["--hz", "7", "-", "--port", "0"] },
  { text: "\n", args: ["-", "--maxmemory", "3"], stdin: "hz 44\n" },
  { text: "\n", args: ["--maxmemory", "4 "] },
  { text: "\n", args: ["--maxmemory 4", "5", "-"], stdin: "hz 44\n" },
  { text: "\n", args: ["--maxmemory", "--5"] },
  { text: "\n", args: ["5"] },
  { text: "\n", args: [""] },
  { text: "\n", args: ["--hz", "5\n7"] },
  { text: "", args: ['--hz "', "5"] },
  { text: "\n", args: ["--save", "", "5", "5"] },
];

describe("loading beside a real redis-server", () => {
  const start = process.cwd();
  after(() => process.chdir(start));
  const dir = tempDir({ after });
  mkdirSync(join(dir, "inc", "d.conf"), { recursive: true });
  mkdirSync(join(dir, "bad"));
  for (const [name, text] of [
    ["inc/a.conf", "hz 33\n"],
    ["inc/b.conf", "hz 34\n"],
    ["inc/.hidden.conf", "bad\n"],
    ["bad/a.conf", "hz 5\nbad\n"],
  ]) {
    writeFileSync(join(dir, name), text);
  }

  it("gives the same values", async () => {
    for (const [index, wanted] of GOOD.entries()) {
      const real = await realValues(dir, wanted);
      const ours = loadHere(dir, wanted);
      assert.ok("config" in ours, `${index}: ${JSON.stringify(wanted)} ${JSON.stringify(ours)}`);
      for (const [name, text] of ours.config.get(["*"])) {
        if (real.has(name)) assert.equal(text, real.get(name), `${name} ${JSON.stringify(wanted)}`);
      }
    }
  });

  it("refuses with the same words", async () => {
    const realTexts = await Promise.all(
      BAD.map((wanted, index) => realRefusal(dir, wanted, index)),
    );
    for (const [index, wanted] of BAD.entries()) {
      const ours = loadHere(dir, wanted, `bad${index}.conf`);
      assert.ok("text" in ours, `loaded: ${JSON.stringify(wanted)}`);
      assert.equal(ours.text.replace("7.2.4", "7.0.15"), realTexts[index], JSON.stringify(wanted));
    }
  });

  it("reads Debian's own configuration file", () => {
    const path = "/etc/redis/redis.conf";
    const config = new Config({ currentDirectory: () => "/", changeDirectory: () => undefined });
    const files = new DiskConfigFiles();
    files.tryAppend = () => undefined;
    const sources = { file: path, fromStdin: false, optionLines: "" };
    const outcome = loadConfig(config, sources, files, "server");
    assert.ok("loaded" in outcome, JSON.stringify(outcome));
    assert.equal(config.flag("daemonize"), true);
    assert.deepEqual(config.takeNotices(), []);
  });
});

class FilesWithStdin extends DiskConfigFiles {
  readonly #stdin: string;

  constructor(stdin: string) {
    super();
    this.#stdin = stdin;
  }

  override readStdin(): Reading {
    return { text: this.#stdin };
  }
}

function loadHere(
  dir: string,
  wanted: Case,
  name = "c.conf",
): { config: Config } | { text: string } {
  process.chdir(dir);
  writeFileSync(join(dir, name), HEAD + wanted.text);
  const args = [name, ...(wanted.args ?? [])].map((arg) => fromBytes(Buffer.from(arg)));
  const invocation = readCommandLine(args, dir);
  assert.equal(invocation.kind, "run");
  const config = new Config(new ProcessHost());
  const files = new FilesWithStdin(wanted.stdin ?? "");
  const outcome = loadConfig(config, invocation.sources, files, "server");
  if ("loaded" in outcome) return { config };
  return { text: Buffer.from(outcome.problem.text, "latin1").toString() };
}

function realArguments(dir: string, wanted: Case, name: string): string[] {
  writeFileSync(join(dir, name), HEAD + wanted.text);
  return [name, ...(wanted.args ?? [])];
}

async function realValues(dir: string, wanted: Case): Promise<Map<string, string>> {
  const oracle = await SocketOracle.start(dir, realArguments(dir, wanted, "c.conf"), wanted.stdin);
  const reply = await oracle.client.call("CONFIG", "GET", "*");
  await oracle.stop();
  assert.ok(Array.isArray(reply));
  const values = new Map<string, string>();
  for (let at = 0; at < reply.length; at += 2) {
    values.set(String(reply[at]), fromBytes(Buffer.from(reply[at + 1] as string | Buffer)));
  }
  return values;
}

/** The block on stderr, or the text of the log line that ends the start. */
async function realRefusal(dir: string, wanted: Case, index: number): Promise<string> {
  const args = realArguments(dir, wanted, `bad${index}.conf`);
  const { stdout, stderr, code } = await oracleRefusal(dir, args, wanted.stdin);
  assert.equal(code, 1, JSON.stringify(wanted));
  if (stderr !== "") return stderr;
  return / # (Fatal error.*)\n/.exec(stdout)?.[1] ?? stdout;
}
