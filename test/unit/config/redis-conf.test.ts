// The redis.conf that is delivered: complete, and true about the defaults.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { after, describe, it } from "node:test";
import { splitByteText } from "../../../src/config/byte-text";
import { Config } from "../../../src/config/config";
import { HIDDEN, hasAttribute } from "../../../src/config/directive";
import { loadConfig } from "../../../src/config/load-config";
import { directiveTable } from "../../../src/config/rows/table";
import { tempDir } from "../../support/temp-dir";
import { SocketOracle } from "./socket-oracle";

const FILE = resolve(__dirname, "../../../../redis.conf");
const TEXT = readFileSync(FILE, "latin1");
const HOST = { currentDirectory: () => "/data", changeDirectory: () => undefined };

function load(text: string): Config {
  const config = new Config(HOST);
  const files = {
    read: () => ({ text }),
    readStdin: () => ({ text: "" }),
    expand: () => [],
    tryAppend: () => undefined,
  };
  const sources = { file: FILE, fromStdin: false, optionLines: "" };
  const outcome = loadConfig(config, sources, files, "server");
  assert.ok("loaded" in outcome, JSON.stringify(outcome));
  return config;
}

/** The directives in the file, with and without # in front. */
function mentioned(prefix: "" | "# "): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const known = new Set<string>(directiveTable.map((directive) => directive.name));
  for (const line of TEXT.split("\n")) {
    if (!line.startsWith(prefix)) continue;
    const args = splitByteText(line.slice(prefix.length));
    if (args !== undefined && args.length > 1 && known.has(args[0])) {
      found.set(args[0], args.slice(1));
    }
  }
  return found;
}

describe("redis.conf", () => {
  it("sets the defaults, but listens on this machine only", () => {
    const config = load(TEXT);
    assert.deepEqual(config.value("bind"), ["127.0.0.1", "-::1"]);
    config.record("bind", new Config(HOST).value("bind"));
    assert.deepEqual(config.get(["*"]), new Config(HOST).get(["*"]));
    assert.deepEqual(config.takeNotices(), []);
  });

  it("mentions every directive", () => {
    const set = mentioned("");
    const shown = mentioned("# ");
    const missing = directiveTable
      .filter((directive) => !hasAttribute(directive, HIDDEN))
      .map((directive) => directive.name)
      .filter((name) => !set.has(name) && !shown.has(name));
    assert.deepEqual(missing, []);
    for (const name of ["include", "user", "rename-command", "loadmodule"]) {
      assert.match(TEXT, new RegExp(`\\b${name}\\b`));
    }
  });

  it("gives examples that load", () => {
    for (const [name, args] of mentioned("# ")) {
      const config = new Config(HOST);
      const directive = config.directive(name);
      assert.ok(directive !== undefined);
      assert.equal(config.assign(directive, args, false), undefined, name);
    }
  });

  it("explains each directive: no line of values without a comment above its group", () => {
    let explained = false;
    for (const line of TEXT.split("\n")) {
      if (line === "") explained = false;
      else if (line.startsWith("#")) explained = true;
      else assert.ok(explained, line);
    }
  });

  it("keeps within 100 columns of ASCII", () => {
    for (const line of TEXT.split("\n")) assert.match(line, /^[\x20-\x7e]{0,100}$/);
  });

  const dir = tempDir({ after });
  it("loads in a real redis-server, with the same values", async () => {
    const oracle = await SocketOracle.start(dir, [FILE, "--port", "0", "--unixsocket", "s.sock"]);
    try {
      const reply = await oracle.client.call("CONFIG", "GET", "*");
      assert.ok(Array.isArray(reply));
      const ours = new Map(load(TEXT).get(["*"]));
      for (let at = 0; at < reply.length; at += 2) {
        const name: string = String(reply[at]);
        if (["port", "unixsocket", "dir"].includes(name)) continue;
        assert.equal(ours.get(name), reply[at + 1], name);
      }
    } finally {
      await oracle.stop();
    }
  });
});
