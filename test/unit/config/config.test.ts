// Config by itself: typed reads, listeners, all-or-nothing. What the real server answers to the
// same questions is compared in real-server.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Config } from "../../../src/config/config";
import type { ConfigHost } from "../../../src/config/config-host";

/** Directories that are only names. */
class FakeHost implements ConfigHost {
  directory = "/start";
  readonly known = new Set(["/start", "/data"]);

  currentDirectory(): string {
    return this.directory;
  }

  changeDirectory(path: string): string | undefined {
    if (!this.known.has(path)) return "No such file or directory";
    this.directory = path;
    return undefined;
  }
}

const LOCAL = { local: true, loading: false };

function freshConfig(): { config: Config; host: FakeHost } {
  const host = new FakeHost();
  return { config: new Config(host), host };
}

function allowProtected(config: Config, permission: "yes" | "local"): void {
  config.record("enable-protected-configs", permission);
}

describe("typed reads", () => {
  it("answers defaults", () => {
    const { config } = freshConfig();
    assert.equal(config.number("port"), 6379);
    assert.equal(config.flag("appendonly"), false);
    assert.equal(config.text("appendfsync"), "everysec");
    assert.equal(config.text("dir"), "/start");
    assert.deepEqual(config.value("bind"), ["*", "-::*"]);
    assert.equal(config.value("client-output-buffer-limit").replica.softSeconds, 60);
    assert.equal(config.value("replicaof"), undefined);
  });

  it("keeps 64-bit values exact and text of any bytes", () => {
    const { config } = freshConfig();
    assert.equal(config.set([["maxmemory", "18446744073709551615"]], LOCAL), undefined);
    assert.equal(config.value("maxmemory"), 18446744073709551615n);
    assert.equal(config.number("maxmemory"), 2 ** 64);
    assert.deepEqual(config.get(["maxmemory"]), [["maxmemory", "18446744073709551615"]]);
    assert.equal(config.set([["requirepass", "\u00c3\u00bc\u0000\u00ff"]], LOCAL), undefined);
    assert.deepEqual(config.bytes("requirepass"), Buffer.from([0xc3, 0xbc, 0, 0xff]));
    assert.equal(config.text("requirepass"), "\u00fc\u0000\ufffd");
  });
});

describe("CONFIG SET", () => {
  it("tells a listener once and only about changes", () => {
    const { config } = freshConfig();
    const seen: string[] = [];
    config.onChange(["hz", "timeout"], () => {
      seen.push(`${config.number("hz")} ${config.number("timeout")}`);
      return undefined;
    });
    config.set([["hz", "10"]], LOCAL);
    assert.deepEqual(seen, []);
    config.set(
      [
        ["hz", "20"],
        ["timeout", "3"],
      ],
      LOCAL,
    );
    assert.deepEqual(seen, ["20 3"]);
  });

  it("undoes everything when a later value is bad", () => {
    const { config } = freshConfig();
    config.onChange("hz", () => assert.fail("told about a change that did not happen"));
    const error = config.set(
      [
        ["hz", "20"],
        ["save", "1 1"],
        ["timeout", "x"],
      ],
      LOCAL,
    );
    const problem = "argument couldn't be parsed into an integer";
    assert.equal(
      error,
      `ERR CONFIG SET failed (possibly related to argument 'timeout') - ${problem}`,
    );
    assert.equal(config.number("hz"), 10);
    assert.equal(config.value("save").length, 3);
  });

  it("undoes everything when a listener refuses, and tells those asked before", () => {
    const { config } = freshConfig();
    const seen: number[] = [];
    config.onChange("hz", () => {
      seen.push(config.number("hz"));
      return undefined;
    });
    config.onChange("port", () => (config.number("port") === 1 ? "taken" : undefined));
    const error = config.set(
      [
        ["hz", "20"],
        ["port", "1"],
      ],
      LOCAL,
    );
    assert.equal(error, "ERR CONFIG SET failed (possibly related to argument 'port') - taken");
    assert.deepEqual(seen, [20, 10]);
    assert.equal(config.number("port"), 6379);
    assert.deepEqual(config.takeNotices(), []);
  });

  it("notes when a room cannot go back", () => {
    const { config } = freshConfig();
    config.onChange("port", () => "broken");
    config.set([["port", "1"]], LOCAL);
    assert.deepEqual(config.takeNotices(), [
      "Failed to go back to the old value after a failed CONFIG SET: broken",
    ]);
  });

  it("changes the directory, or nothing", () => {
    const { config, host } = freshConfig();
    allowProtected(config, "local");
    const pairs = [
      ["dir", "/data"],
      ["port", "1"],
    ] as const;
    config.onChange("port", () => "taken");
    assert.match(String(config.set(pairs, LOCAL)), /taken/);
    assert.equal(host.directory, "/start");
    assert.equal(config.set([["dir", "/data"]], LOCAL), undefined);
    assert.equal(host.directory, "/data");
    assert.match(String(config.set([["dir", "/nowhere"]], LOCAL)), /'dir'\) - No such file or/);
    assert.equal(config.text("dir"), "/data");
  });

  it("protects what enable-protected-configs protects", () => {
    const { config } = freshConfig();
    const remote = { local: false, loading: false };
    const refusal =
      "ERR CONFIG SET failed (possibly related to argument 'dbfilename') - can't set protected config";
    assert.equal(config.set([["dbfilename", "x"]], LOCAL), refusal);
    allowProtected(config, "local");
    assert.equal(config.set([["dbfilename", "x"]], remote), refusal);
    assert.equal(config.set([["dbfilename", "x"]], LOCAL), undefined);
    allowProtected(config, "yes");
    assert.equal(config.set([["dbfilename", "y"]], remote), undefined);
  });

  it("refuses what loading cannot bear", () => {
    const { config } = freshConfig();
    const loading = { local: true, loading: true };
    assert.equal(
      config.set([["appendonly", "yes"]], loading),
      "LOADING Redis is loading the dataset in memory",
    );
    assert.equal(config.set([["hz", "11"]], loading), undefined);
  });
});

describe("notices", () => {
  it("says once that a directive without meaning was changed", () => {
    const { config } = freshConfig();
    config.set([["jemalloc-bg-thread", "yes"]], LOCAL);
    assert.deepEqual(config.takeNotices(), []);
    config.set([["jemalloc-bg-thread", "no"]], LOCAL);
    assert.equal(config.takeNotices().length, 1);
    config.set([["jemalloc-bg-thread", "yes"]], LOCAL);
    config.set([["jemalloc-bg-thread", "no"]], LOCAL);
    assert.deepEqual(config.takeNotices(), []);
  });

  it("knows what must not be logged, by any name and case", () => {
    const { config } = freshConfig();
    assert.equal(config.isSensitive("RequirePass"), true);
    assert.equal(config.isSensitive("hz"), false);
    assert.equal(config.isSensitive("nosuch"), false);
  });
});
