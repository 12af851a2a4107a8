// redis-check-rdb and redis-check-aof beside the programs of redis-tools: on good, cut and damaged
// files they come to the same end, with the same places.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { type SeededRandom, withSeed } from "../support/seeds";
import { OUR_SERVER } from "../support/server-process";
import { randomAof } from "./aof-bytes";
import { filled, withDirectory } from "./random-data";
import { savedBytes } from "./saved-bytes";

const OURS = dirname(OUR_SERVER);
const REAL = "/usr/bin";
const skip = existsSync(`${REAL}/redis-check-aof`) ? false : "there are no redis-tools";
const STAMPED = Buffer.from(
  [100, 200, 300].map((at) => `#TS:${at}\r\n*2\r\n$3\r\nDEL\r\n$1\r\na\r\n`).join(""),
);

interface Outcome {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** Without what is worded or placed differently: the reason, and the line that it is found in. */
function run(program: string, args: readonly string[], cwd: string, input = ""): Outcome {
  const { status, stdout, signal } = spawnSync(program, args, { cwd, input, encoding: "latin1" });
  assert.equal(signal, null);
  const lines = stdout
    .split("\n")
    .map((line) => line.replace(/ok_up_to_line=\d+/, "ok_up_to_line=N"))
    .map((line) => line.replace(/^Usage: \S*\//, "Usage: "))
    // Redis tells no reason where a file ends between two arguments.
    .filter((line) => !/^0x[ 0-9a-f]{16}: .|^AOF .* format error$/.test(line));
  return { code: status, lines };
}

/** Runs both on copies of a directory's file; what they leave must be the same as well. */
function compare(
  dir: string,
  tool: string,
  args: readonly string[],
  file: string,
  input = "",
): void {
  const before = join(dir, "before");
  copyFileSync(join(dir, file), before);
  const real = run(join(REAL, tool), [...args, file], dir, input);
  const left = readFileSync(join(dir, file));
  copyFileSync(before, join(dir, file));
  const ours = run(join(OURS, tool), [...args, file], dir, input);
  assert.deepEqual(ours, real);
  assert.deepEqual(readFileSync(join(dir, file)), left);
}

function damagedAof(good: Buffer, random: SeededRandom): Buffer {
  const at = random.below(good.length);
  switch (random.below(3)) {
    case 0:
      return good.subarray(0, at);
    case 1: {
      const bytes = Buffer.from(good);
      bytes[at] = random.below(256);
      return bytes;
    }
    default:
      return Buffer.concat([good, Buffer.from("*1\r\n$4\r\nEXEC\r\n")]);
  }
}

test("append only files: good, cut and damaged ones, fixed and not", { skip }, () =>
  withDirectory((dir) =>
    withSeed((random, seed) => {
      const good = randomAof(random, seed, 3000);
      const name = "appendonly.aof";
      for (const bytes of [good, Buffer.alloc(0), STAMPED]) {
        writeFileSync(join(dir, name), bytes);
        compare(dir, "redis-check-aof", [], name);
        compare(dir, "redis-check-aof", ["--fix"], name);
      }
      for (let round = 0; round < 4; round++) {
        writeFileSync(join(dir, name), damagedAof(good, random));
        compare(dir, "redis-check-aof", [], name);
        compare(
          dir,
          "redis-check-aof",
          ["--fix"],
          name,
          random.pick(["y\n", "Y\n", "n\n", "\n", ""]),
        );
      }
      return Promise.resolve();
    }),
  ),
);

test("append only files up to a time", { skip }, () =>
  withDirectory((dir) => {
    for (const time of ["50", "100", "150", "300", "400", "0", "-5", "soon", "1x"]) {
      writeFileSync(join(dir, "a.aof"), STAMPED);
      compare(dir, "redis-check-aof", ["--truncate-to-timestamp", time], "a.aof");
    }
    return Promise.resolve();
  }),
);

test("files of a manifest, of which only the last is made shorter", { skip }, () =>
  withDirectory((dir) =>
    withSeed((random, seed) => {
      const sub = join(dir, "a");
      const file = (name: string): string => join(sub, name);
      mkdirSync(sub);
      writeFileSync(file("m.1.base.rdb"), savedBytes(filled(random, seed), { version: 10 }));
      const lines = ["file m.1.base.rdb seq 1 type b", "file m.1.incr.aof seq 1 type i"];
      const manifest = (...more: string[]): void => {
        writeFileSync(file("m.manifest"), [...lines, ...more].map((line) => `${line}\n`).join(""));
      };
      for (const kind of ["good", "cut"]) {
        const rest = kind === "cut" ? STAMPED.subarray(0, -3) : STAMPED;
        for (const more of [[], ["file m.2.incr.aof seq 2 type i"], ["file no seq 3 type i"]]) {
          manifest(...more);
          for (const args of [[], ["--fix"], ["--truncate-to-timestamp", "150"]]) {
            for (const name of ["m.1.incr.aof", "m.2.incr.aof"]) writeFileSync(file(name), rest);
            const real = run(`${REAL}/redis-check-aof`, [...args, "a/m.manifest"], dir, "y\n");
            const left = ["m.1.incr.aof", "m.2.incr.aof"].map((name) => readFileSync(file(name)));
            for (const name of ["m.1.incr.aof", "m.2.incr.aof"]) writeFileSync(file(name), rest);
            const ours = run(`${OURS}/redis-check-aof`, [...args, "a/m.manifest"], dir, "y\n");
            assert.deepEqual(ours, real);
            const ourLeft = ["m.1.incr.aof", "m.2.incr.aof"].map((name) =>
              readFileSync(file(name)),
            );
            assert.deepEqual(ourLeft, left);
          }
        }
      }
      rmSync(file("m.1.base.rdb"));
      const codes = [REAL, OURS].map(
        (programs) => run(`${programs}/redis-check-aof`, ["a/m.manifest"], dir).code,
      );
      assert.deepEqual(codes, [1, 1]);
      return Promise.resolve();
    }),
  ),
);

test("RDB files: good ones in every word, broken ones as broken", { skip }, () =>
  withDirectory((dir) =>
    withSeed((random, seed) => {
      const good = savedBytes(filled(random, seed), { version: 10 });
      const name = join(dir, "dump.rdb");
      writeFileSync(name, good);
      compare(dir, "redis-check-rdb", [], "dump.rdb");
      for (let round = 0; round < 4; round++) {
        writeFileSync(name, good.subarray(0, random.below(good.length)));
        const [real, ours] = [REAL, OURS].map((programs) =>
          run(`${programs}/redis-check-rdb`, ["dump.rdb"], dir),
        );
        assert.equal(ours.code, real.code);
        assert.equal(ours.code, 1);
        assert.ok(ours.lines.includes("--- RDB ERROR DETECTED ---"));
        const counts = (outcome: Outcome): string[] =>
          outcome.lines.filter((line) => line.startsWith("[info]"));
        assert.deepEqual(counts(ours), counts(real));
      }
      return Promise.resolve();
    }),
  ),
);

test("usage and files that are not there", { skip }, () =>
  withDirectory((dir) => {
    for (const args of [
      [],
      ["a", "b"],
      ["--fix"],
      ["--fix", "none"],
      ["none"],
      ["1", "2", "3", "4"],
    ]) {
      const [real, ours] = [REAL, OURS].map((programs) =>
        run(`${programs}/redis-check-aof`, args, dir),
      );
      assert.deepEqual(ours, real, args.join(" "));
    }
    return Promise.resolve();
  }),
);
