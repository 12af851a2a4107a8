// Loading from memory: order, includes, limits, and what is handed to other rooms. The same texts
// beside the real server: real-loading.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readCommandLine } from "../../../src/config/command-line";
import { Config } from "../../../src/config/config";
import type { ConfigFiles, Reading } from "../../../src/config/config-files";
import type { ConfigHost } from "../../../src/config/config-host";
import { lineProblem } from "../../../src/config/config-problem";
import { type LoadOutcome, loadConfig } from "../../../src/config/load-config";
import { IGNORED_DIRECTIVES } from "../../../src/config/rows/table";

/** A replica of the deployment that must go on working, without its comments. */
const REDIS_3_2_FILE = `
bind 127.0.0.173
protected-mode yes
port 6379
tcp-backlog 511
daemonize yes
supervised no
pidfile /d/redis_6379.pid
masterauth "ghost+db@hz2016"
requirepass "ghost+db@hz2016"
loglevel notice
logfile "/d/redis.log"
save 900 1
save 300 10
dir /d/data/
slave-serve-stale-data yes
slave-read-only yes
slaveof 127.0.0.173 6379
slave-announce-ip 127.0.0.172
repl-diskless-sync no
slave-priority 100
auto-aof-rewrite-min-size 64mb
lua-time-limit 5000
notify-keyspace-events ""
hash-max-ziplist-entries 512
list-max-ziplist-size -2
zset-max-ziplist-value 64
client-output-buffer-limit slave 256mb 64mb 60
hz 10
aof-rewrite-incremental-fsync yes
`;

const REDIS_3_2_NAMES = `timeout tcp-keepalive protected-mode port tcp-backlog bind unixsocket
unixsocketperm save dir loglevel logfile syslog-enabled syslog-ident syslog-facility databases
include maxclients maxmemory maxmemory-policy maxmemory-samples slaveof repl-ping-slave-period
repl-timeout repl-disable-tcp-nodelay repl-diskless-sync repl-diskless-sync-delay repl-backlog-size
repl-backlog-ttl masterauth slave-serve-stale-data slave-read-only rdbcompression rdbchecksum
activerehashing daemonize hz appendonly appendfilename no-appendfsync-on-rewrite appendfsync
auto-aof-rewrite-percentage auto-aof-rewrite-min-size aof-rewrite-incremental-fsync
aof-load-truncated requirepass pidfile dbfilename hash-max-ziplist-entries hash-max-ziplist-value
list-max-ziplist-entries list-max-ziplist-value list-max-ziplist-size list-compress-depth
set-max-intset-entries zset-max-ziplist-entries zset-max-ziplist-value hll-sparse-max-bytes
rename-command cluster-enabled cluster-config-file cluster-require-full-coverage
cluster-node-timeout cluster-migration-barrier cluster-slave-validity-factor lua-time-limit
slowlog-log-slower-than latency-monitor-threshold slowlog-max-len client-output-buffer-limit
stop-writes-on-bgsave-error slave-priority min-slaves-to-write min-slaves-max-lag
notify-keyspace-events supervised sentinel slave-announce-ip slave-announce-port`;

class MemoryFiles implements ConfigFiles {
  readonly #texts: ReadonlyMap<string, string>;

  constructor(texts: Readonly<Record<string, string>>) {
    this.#texts = new Map(Object.entries(texts));
  }

  read(path: string): Reading {
    const text = this.#texts.get(path);
    return text === undefined ? { problem: "No such file or directory" } : { text };
  }

  readStdin(): Reading {
    return this.read("stdin");
  }

  expand(pattern: string): string[] {
    const [head] = pattern.split("*");
    return [...this.#texts.keys()].filter((path) => path.startsWith(head)).sort();
  }

  tryAppend(path: string): string | undefined {
    return path.startsWith("/missing/") ? "No such file or directory" : undefined;
  }
}

class RootHost implements ConfigHost {
  directory = "/";

  currentDirectory(): string {
    return this.directory;
  }

  changeDirectory(path: string): string | undefined {
    if (path === "/missing") return "No such file or directory";
    this.directory = path;
    return undefined;
  }
}

function load(
  texts: Readonly<Record<string, string>>,
  args: readonly string[] = ["/main.conf"],
  role: "server" | "sentinel" = "server",
): { config: Config; outcome: LoadOutcome } {
  const invocation = readCommandLine(args, "/");
  assert.equal(invocation.kind, "run");
  const config = new Config(new RootHost());
  const outcome = loadConfig(config, invocation.sources, new MemoryFiles(texts), role);
  return { config, outcome };
}

function loadText(text: string): { config: Config; outcome: LoadOutcome } {
  return load({ "/main.conf": text });
}

function problemText(outcome: LoadOutcome): string {
  assert.ok("problem" in outcome);
  return outcome.problem.text;
}

describe("loadConfig", () => {
  it("lets the last word count: file, then standard input, then options", () => {
    const texts = { "/main.conf": "hz 11\ntimeout 1\nport 1", stdin: "hz 12\ntimeout 2" };
    const { config, outcome } = load(texts, ["/main.conf", "--hz", "13", "-"]);
    assert.ok("loaded" in outcome);
    assert.equal(config.number("hz"), 13);
    assert.equal(config.number("timeout"), 2);
    assert.equal(config.number("port"), 1);
  });

  it("reads an included file in place, so lines behind it win", () => {
    const texts = {
      "/main.conf": "hz 11\ninclude /sub.conf\ntimeout 3\n",
      "/sub.conf": "hz 12\ntimeout 2\nsave 5 5",
    };
    const { config } = load(texts);
    assert.equal(config.number("hz"), 12);
    assert.equal(config.number("timeout"), 3);
    assert.deepEqual(config.value("save"), [{ seconds: 5, changes: 5 }]);
  });

  it("includes what a pattern names, in order", () => {
    const texts = {
      "/main.conf": "include /d/*.conf\ninclude /none*\n",
      "/d/2.conf": "hz 12",
      "/d/1.conf": "hz 11",
    };
    assert.equal(load(texts).config.number("hz"), 12);
  });

  it("ends an include that includes itself", () => {
    const text = problemText(load({ "/main.conf": "include /main.conf" }).outcome);
    assert.match(text, /at line 1\n>>> 'include \/main.conf'\nIncludes are nested more than 16 /);
  });

  it("ends includes that multiply", () => {
    const texts = { "/main.conf": "include /a\n".repeat(10_001), "/a": "" };
    assert.match(problemText(load(texts).outcome), /More than 10000 files are included/);
  });

  it("hands on lines that belong to other rooms", () => {
    const { outcome } = loadText('user a on "+@all"\nrename-command CONFIG ""\nuser b off\n');
    assert.ok("loaded" in outcome);
    assert.deepEqual(outcome.loaded.users, [
      { args: ["user", "a", "on", "+@all"], line: 1, text: 'user a on "+@all"' },
      { args: ["user", "b", "off"], line: 3, text: "user b off" },
    ]);
    assert.deepEqual(outcome.loaded.renames[0].args, ["rename-command", "CONFIG", ""]);
    assert.equal(
      lineProblem(outcome.loaded.renames[0], "No such command in rename-command").text,
      "\n*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***\n" +
        "Reading the configuration file, at line 2\n" +
        ">>> 'rename-command CONFIG \"\"'\nNo such command in rename-command\n",
    );
  });

  it("keeps Sentinel's lines for the sentinel role only", () => {
    const texts = { "/main.conf": "port 26379\nsentinel monitor m 127.0.0.1 1 2\n" };
    const { outcome } = load(texts, ["/main.conf", "--sentinel"], "sentinel");
    assert.ok("loaded" in outcome);
    assert.deepEqual(outcome.loaded.sentinel[0].args.slice(0, 3), ["sentinel", "monitor", "m"]);
    assert.match(problemText(load(texts).outcome), /sentinel directive while not in sentinel mode/);
  });

  it("takes what 7.2 and this project add", () => {
    const { config, outcome } = loadText(
      "set-max-listpack-entries 7\nset-max-listpack-value 8\nlocale-collate C\nloglevel nothing\n" +
        "cluster-announce-human-nodename n1\nlog-format json\nrdb-version 7\n" +
        "snapshot-memory-limit 1gb\nrepl-compat no\nrepl-compression lz4\nmetrics-port 9121\n" +
        "replica-refuse-empty-master yes\nactivedefrag yes\n",
    );
    assert.ok("loaded" in outcome, JSON.stringify(outcome));
    assert.equal(config.number("set-max-listpack-entries"), 7);
    assert.equal(config.text("loglevel"), "nothing");
    assert.equal(config.text("rdb-version"), "7");
    assert.equal(config.number("snapshot-memory-limit"), 1024 ** 3);
    assert.equal(config.flag("replica-refuse-empty-master"), true);
  });

  it("loads a file for Redis 3.2 as it stands", () => {
    const { config, outcome } = loadText(REDIS_3_2_FILE);
    assert.ok("loaded" in outcome, JSON.stringify(outcome));
    assert.deepEqual(config.value("replicaof"), { host: "127.0.0.173", port: 6379 });
    assert.equal(config.flag("replica-read-only"), true);
    assert.equal(config.text("masterauth"), "ghost+db@hz2016");
    assert.equal(config.number("busy-reply-threshold"), 5000);
    assert.deepEqual(config.takeNotices(), []);
  });

  it("knows every directive of Redis 3.2", () => {
    const config = new Config(new RootHost());
    const others = ["include", "rename-command", "sentinel", ...IGNORED_DIRECTIVES];
    for (const name of REDIS_3_2_NAMES.split(/\s+/)) {
      assert.ok(config.directive(name) !== undefined || others.includes(name), name);
    }
  });

  it("reads obsolete directives and says so once each", () => {
    const { config, outcome } = loadText(
      "list-max-ziplist-entries 512\nlist-max-ziplist-value 64\nlua-replicate-commands yes\n" +
        "gopher-enabled no\nGopher-Enabled yes\n",
    );
    assert.ok("loaded" in outcome);
    assert.equal(config.takeNotices().length, 4);
  });

  it("refuses modules clearly", () => {
    const refusal = /this server does not support Redis modules/;
    assert.match(problemText(loadText("loadmodule /x/y.so\n").outcome), refusal);
    assert.match(problemText(loadText("graph.timeout 5\n").outcome), refusal);
  });

  it("survives a megabyte of blanks and quotes", () => {
    const blanks = " \t".repeat(500_000);
    assert.ok("loaded" in loadText(`hz${blanks}11${blanks}\n`).outcome);
    assert.match(problemText(loadText(`hz "${'\\"'.repeat(500_000)}`).outcome), /Unbalanced/);
  });
});

describe("readCommandLine", () => {
  it("answers questions only as the first argument", () => {
    assert.deepEqual(readCommandLine(["-v", "x"], "/"), { kind: "version" });
    assert.deepEqual(readCommandLine(["--help"], "/"), { kind: "help" });
    assert.equal(readCommandLine(["--hz", "1", "--version"], "/").kind, "run");
  });

  it("makes the file's path absolute", () => {
    for (const [given, file] of [
      ["a.conf", "/etc/a.conf"],
      ["./a.conf", "/etc/a.conf"],
      ["../a.conf", "/a.conf"],
      ["/x/a.conf", "/x/a.conf"],
    ]) {
      const invocation = readCommandLine([given], "/etc");
      assert.equal(invocation.kind === "run" ? invocation.sources.file : "", file);
    }
  });
});
