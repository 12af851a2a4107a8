// Random input: nothing a user writes makes the configuration throw, a refused CONFIG SET changes
// nothing, and what CONFIG GET shows can be set again.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readCommandLine } from "../../../src/config/command-line";
import { Config } from "../../../src/config/config";
import { loadConfig } from "../../../src/config/load-config";
import { rewriteConfig } from "../../../src/config/rewrite-config";
import { directiveTable } from "../../../src/config/rows/table";
import { type SeededRandom, withSeed } from "../../support/seeds";

const LOCAL = { local: true, loading: false };
const HOST = { currentDirectory: () => "/data", changeDirectory: () => undefined };
const FRAGMENTS = [
  ...[
    " ",
    "  ",
    "\t",
    "\r",
    "\n",
    '"',
    "'",
    "\\",
    "\\x4",
    "\\xff",
    "#",
    "-",
    "--",
    "%",
    "{",
    "}",
    ".",
  ],
  ...["0", "1", "-1", "18446744073709551616", "1kb", "9".repeat(400), "yes", "no", "\x00", "\xe9"],
  ...["normal", "pubsub", "save", "now", "KEA", "include /x", "user", "sentinel a", "a.b", "1e9"],
];

function randomText(random: SeededRandom, pieces: number): string {
  let text = "";
  for (let count = random.below(pieces); count > 0; count--) {
    if (random.chance(0.1)) text += random.bytes(random.below(4)).toString("latin1");
    else if (random.chance(0.3)) text += random.pick(directiveTable).name;
    else text += random.pick(FRAGMENTS);
  }
  return text;
}

describe("Config under random input", () => {
  it("a refused CONFIG SET changes nothing, an accepted one can be repeated as shown", () =>
    withSeed((random) => {
      const config = new Config(HOST);
      config.record("enable-protected-configs", "yes");
      for (let round = 0; round < 2_000; round++) {
        const pairs: [string, string][] = [];
        for (let count = random.between(1, 3); count > 0; count--) {
          pairs.push([random.pick(directiveTable).name, randomText(random, 4)]);
        }
        const before = config.get(["*"]);
        const error = config.set(pairs, LOCAL);
        if (error !== undefined) {
          assert.deepEqual(config.get(["*"]), before, JSON.stringify(pairs));
          continue;
        }
        for (const [name] of pairs) {
          const [[, text]] = config.get([name]);
          assert.equal(config.set([[name, text]], LOCAL), undefined, `${name} ${text}`);
          assert.deepEqual(config.get([name]), [[name, text]]);
        }
      }
    }));

  it("files, options and rewriting end in a value or a problem", () =>
    withSeed((random) => {
      for (let round = 0; round < 2_000; round++) {
        const text = randomText(random, 40);
        const config = new Config(HOST);
        const args = Array.from({ length: random.below(5) }, () => randomText(random, 3));
        const invocation = readCommandLine(args, "/");
        if (invocation.kind !== "run") continue;
        const files = {
          read: (path: string) => (path === "/x" ? { problem: "Is a directory" } : { text }),
          readStdin: () => ({ text }),
          expand: (pattern: string) => [pattern],
          tryAppend: () => undefined,
        };
        const outcome = loadConfig(config, invocation.sources, files, "server");
        if ("problem" in outcome) assert.notEqual(outcome.problem.text, "");
        const now = rewriteConfig({ oldText: text, config, users: undefined });
        assert.equal(rewriteConfig({ oldText: now, config, users: undefined }), now);
      }
    }));
});
