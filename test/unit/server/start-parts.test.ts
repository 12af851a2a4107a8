// The parts of a start that need no process: limits, titles, checks of the machine, lines about
// things that are not built yet.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { Config } from "../../../src/config/config";
import type { ConfigLine } from "../../../src/config/config-problem";
import { crashReport } from "../../../src/process/crash-report";
import {
  collide,
  endpointsOf,
  type ResolvedEndpoint,
  wildcardIp,
} from "../../../src/process/endpoints";
import { fitMaxClients, guardMaxClients, slotsFor } from "../../../src/process/start/max-clients";
import { followOomScore } from "../../../src/process/start/oom-score";
import { OpenFiles } from "../../../src/process/start/open-files";
import { processTitle } from "../../../src/process/start/process-title";
import { refusedParts } from "../../../src/process/start/refused-parts";
import {
  backlogWarning,
  checkSystem,
  overcommitWarning,
} from "../../../src/process/start/system-checks";

function newConfig(): Config {
  return new Config({ currentDirectory: () => "/", changeDirectory: () => undefined });
}

function set(config: Config, ...pairs: [string, string][]): string | undefined {
  return config.set(pairs, { local: true, loading: false });
}

describe("maxclients and the files a process may open", () => {
  function newFiles(limit: number, mostLimit: number) {
    const warnings: string[] = [];
    const state = { limit };
    const files = new OpenFiles({
      limit: () => state.limit,
      raise: (wanted) => {
        if (wanted > mostLimit) return "Operation not permitted";
        state.limit = wanted;
        return undefined;
      },
      warning: (text) => warnings.push(text),
    });
    return { files, warnings, state };
  }

  test("stays what it is when they suffice, or the limit can be raised", () => {
    const config = newConfig();
    const { files, warnings, state } = newFiles(1024, 20_000);
    assert.equal(fitMaxClients(config, files), true);
    assert.deepEqual([config.number("maxclients"), state.limit], [10_000, 10_032]);
    assert.deepEqual(warnings, []);
  });

  test("is lowered at start to what fits, with Redis's words about it", () => {
    const config = newConfig();
    const { files, warnings } = newFiles(1024, 1024);
    assert.equal(fitMaxClients(config, files), true);
    assert.equal(config.number("maxclients"), 992);
    assert.match(
      warnings.join("\n"),
      /requested maxclients of 10000 .*\n.*10032 because of OS error: Operation not permitted\.\n.* has been reduced to 992 /,
    );
  });

  test("ends the start when nothing is left for clients", () => {
    const { files, warnings } = newFiles(32, 32);
    assert.equal(fitMaxClients(newConfig(), files), false);
    assert.match(warnings.join(), /'ulimit -n' of 32 is not enough .* at least 10032\. Exiting\./);
  });

  test("is raised at run time as far as the system and the transport allow", () => {
    const config = newConfig();
    const { files } = newFiles(20_000, 70_000);
    guardMaxClients(config, files, slotsFor(config, files));
    assert.equal(slotsFor(config, files), 20_000);
    assert.equal(set(config, ["maxclients", "19968"]), undefined);
    assert.match(set(config, ["maxclients", "19969"]) ?? "", /event loop API .* not able/);
    assert.match(set(config, ["maxclients", "80000"]) ?? "", /not able .* try with 19969$/);
    assert.equal(config.number("maxclients"), 19_968);
  });
});

describe("the title", () => {
  test("has what the template asks for, without blanks at its ends", () => {
    const config = newConfig();
    const template = "  {title} {listen-addr} {port}/{tls-port} {unixsocket}|{config-file} {{y}  ";
    set(config, ["proc-title-template", template], ["bind", "10.0.0.1 ::1"], ["port", "7000"]);
    assert.equal(
      processTitle(config, "/etc/redis.conf"),
      "redis-server 10.0.0.1:7000 7000/0 |/etc/redis.conf {y}",
    );
    set(config, ["port", "0"], ["proc-title-template", "{listen-addr}{config-file}"]);
    assert.equal(processTitle(config, ""), "-");
  });
});

describe("endpoints", () => {
  const resolved = (bind: string, port = 1): ResolvedEndpoint => {
    const [endpoint] = endpointsOf([bind], port);
    assert.ok(endpoint !== undefined);
    return { ...endpoint, ip: wildcardIp(endpoint) ?? endpoint.address };
  };

  test("are taken from bind with prefix, family and wildcards", () => {
    assert.deepEqual(endpointsOf(["*", "-::*", "-10.0.0.1"], 5), [
      { address: "*", port: 5, family: 4, optional: false },
      { address: "::*", port: 5, family: 6, optional: true },
      { address: "10.0.0.1", port: 5, family: 4, optional: true },
    ]);
    assert.deepEqual(endpointsOf(["*"], 0), []);
    assert.deepEqual([resolved("*").ip, resolved("-::*").ip], ["0.0.0.0", "::"]);
  });

  test("collide when one is all addresses of the other's kind at the same port", () => {
    assert.equal(collide(resolved("*"), resolved("127.0.0.1")), true);
    assert.equal(collide(resolved("::1"), resolved("::*")), true);
    assert.equal(collide(resolved("*"), resolved("::*")), false);
    assert.equal(collide(resolved("127.0.0.1"), resolved("127.0.0.2")), false);
    assert.equal(collide(resolved("*", 1), resolved("*", 2)), false);
  });
});

describe("the machine", () => {
  const machine = (overcommit: string, somaxconn: string) => (path: string) =>
    path.includes("overcommit") ? overcommit : somaxconn;

  test("is warned of where it refuses memory or cuts the backlog", () => {
    assert.match(overcommitWarning(machine("2\n", "")) ?? "", /^WARNING Memory overcommit is off/);
    assert.equal(overcommitWarning(machine("0\n", "")), undefined);
    assert.equal(
      overcommitWarning(() => undefined),
      undefined,
    );
    assert.match(
      backlogWarning(511, machine("", "128\n")) ?? "",
      /of 511 .* lower value of 128\.$/,
    );
    assert.equal(backlogWarning(511, machine("", "511\n")), undefined);
    assert.equal(backlogWarning(511, machine("", "x")), undefined);
  });

  test("is told of check by check", () => {
    const good = { text: "[overcommit]...OK\n[backlog]...OK\n", isWell: true };
    assert.deepEqual(checkSystem(511, machine("1\n", "4096\n")), good);
    const bad = checkSystem(511, machine("2\n", "4096\n"));
    assert.match(bad.text, /^\[overcommit\]\.\.\.WARNING:\nWARNING Memory[^\n]*\n\[backlog\]/);
    assert.equal(bad.isWell, false);
  });
});

test("the OOM score is added to what the process came with, within the kernel's bounds", () => {
  const config = newConfig();
  const written: string[] = [];
  let refuses = false;
  followOomScore(config, () => undefined, {
    read: () => "100\n",
    write: (text) => {
      if (refuses) throw new Error("no");
      written.push(text);
    },
  });
  assert.deepEqual(written, []);
  set(config, ["oom-score-adj-values", "950 0 0"], ["oom-score-adj", "yes"]);
  set(config, ["oom-score-adj", "absolute"]);
  set(config, ["oom-score-adj", "no"]);
  assert.deepEqual(written, ["1000", "950", "100"]);
  refuses = true;
  assert.match(set(config, ["oom-score-adj", "yes"]) ?? "", /Failed to set current oom_score_adj/);
});

describe("users in a configuration", () => {
  const line = (...args: string[]): ConfigLine => ({ args, line: 1, text: args.join(" ") });
  const refuses = (config: Config, ...args: string[]) =>
    refusedParts(config, { users: [line("user", ...args)], renames: [], sentinel: [] }) !==
    undefined;
  const all = ["~*", "&*", "+@all"];

  test("the default user as Redis writes him is what there is anyway", () => {
    const config = newConfig();
    assert.equal(refuses(config, "default", "on", "nopass", ...all), false);
    assert.equal(refuses(config, "default", "on", "nopass", "sanitize-payload", ...all), false);
    // As Redis 6.0 wrote him.
    assert.equal(refuses(config, "default", "on", "nopass", "~*", "+@all"), false);
    set(config, ["requirepass", "secret"]);
    const hash = createHash("sha256").update("secret").digest("hex");
    assert.equal(refuses(config, "default", "on", `#${hash}`, ...all), false);
  });

  test("any other is refused", () => {
    const config = newConfig();
    const hash = createHash("sha256").update("other").digest("hex");
    for (const rules of [
      ["alice", "on", "nopass", ...all],
      ["default", "off", "nopass", ...all],
      ["default", "on", "nopass", "~app:*", "&*", "+@all"],
      ["default", "on", "nopass", ...all, "-flushall"],
      ["default", "on", "nopass", "~*", "resetchannels", "+@all"],
      ["default", "on", "nopass", "~*", "&news", "+@all"],
      ["default", "on", `#${hash}`, ...all],
      ["default", "on", ...all],
      ["default"],
    ]) {
      assert.equal(refuses(config, ...rules), true, rules.join(" "));
    }
    set(config, ["requirepass", "secret"]);
    assert.equal(refuses(config, "default", "on", "nopass", ...all), true);
  });
});

test("a crash report tells where it happened, also when no Error was thrown", () => {
  const report = crashReport({ error: "just text", origin: "start", facts: [["process_id", 7]] });
  assert.match(report, /exception \(start\): just text\n/);
  assert.match(report, /STACK TRACE ------\n\(none\)\n-* INFO OUTPUT -*\nprocess_id:7\n=== REDIS/);
  const error = new Error("first line\nsecond line with user data");
  const withStack = crashReport({ error, origin: "x", facts: [] });
  assert.match(withStack, /STACK TRACE ------\n {4}at /);
});
