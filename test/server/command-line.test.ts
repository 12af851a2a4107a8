// What the program answers on the command line, and configurations that it refuses: on the same
// stream, with the same exit code and, where the words are Redis's, the same text as a real server.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { type ProgramRun, runProgram } from "../support/run-program";
import { OUR_SERVER, REAL_SERVER } from "../support/server-process";
import { tempDir } from "../support/temp-dir";

/** Both servers' runs, without versions, process ids and times. */
async function both(args: readonly string[], cwd: string, input?: string): Promise<ProgramRun[]> {
  const options = { cwd, ...(input !== undefined && { input }) };
  const runs = [
    await runProgram(OUR_SERVER, args, options),
    await runProgram(REAL_SERVER, args, options),
  ];
  return runs.map((run) => ({ ...run, stdout: plain(run.stdout), stderr: plain(run.stderr) }));
}

function plain(text: string): string {
  return text
    .replace(/7\.2\.4|7\.0\.15/g, "VERSION")
    .replace(/^\d+:([CM]) \d+ \w+ \d+ [\d:.]+ /gm, "$1 ")
    .replace(/pid=\d+/, "pid=PID")
    .replace(/^. \* (redis-server-ts|monotonic clock).*\n/gm, "");
}

describe("questions on the command line", () => {
  test("-v and --version have Redis's form, and the project's own name behind it", async (t) => {
    for (const option of ["-v", "--version"]) {
      const run = await runProgram(OUR_SERVER, [option], { cwd: tempDir(t) });
      assert.deepEqual([run.code, run.stderr], [0, ""]);
      assert.match(
        run.stdout,
        /^Redis server v=7\.2\.4 sha=00000000:0 malloc=\S+ bits=64 build=[0-9a-f]{16}\nredis-server-ts \d+\.\d+\.\d+ on Node\.js v\d+/,
      );
    }
  });

  test("-h and --help explain the usage on stderr with exit code 1, as Redis does", async (t) => {
    for (const option of ["-h", "--help"]) {
      const [ours, real] = await both([option], tempDir(t));
      assert.equal(ours?.code, real?.code);
      assert.equal(ours?.stdout, "");
      assert.match(ours?.stderr ?? "", /^Usage: redis-server \[\/path\/to\/redis\.conf\]/);
    }
  });

  test("--check-system tells of each check", async (t) => {
    const run = await runProgram(OUR_SERVER, ["--check-system"], { cwd: tempDir(t) });
    assert.match(run.stdout, /^\[overcommit\]\.\.\.(OK|WARNING:[\s\S]*)\n\[backlog\]\.\.\./);
    assert.equal(run.code, run.stdout.includes("WARNING") ? 1 : 0);
  });

  test("a Sentinel without a file refuses in Redis's words, with exit code 1", async (t) => {
    const runs = [["redis-sentinel"], ["redis-server", "--sentinel"]];
    for (const [name, ...args] of runs) {
      const program = join(dirname(OUR_SERVER), name ?? "");
      const run = await runProgram(program, args, { cwd: tempDir(t) });
      assert.deepEqual([run.code, run.stderr], [1, ""]);
      const text = "Sentinel needs config file on disk to save state. Exiting...";
      assert.match(run.stdout, new RegExp(`^\\d+:X \\d\\d .* # ${text}\\n$`));
    }
  });
});

describe("configurations that cannot be used", () => {
  const refused: readonly (readonly [what: string, args: readonly string[], file?: string])[] = [
    ["an unknown option", ["--no-such-thing", "1"]],
    ["a bad number", ["--port", "abc"]],
    ["a number out of range", ["--port", "70000"]],
    ["a bad choice behind a file", ["./redis.conf", "--loglevel"], "port 0\n"],
    ["a wrong number of arguments", ["./redis.conf"], "hz 10\n\nport 1 2\n"],
    ["quotes that are not balanced", ["./redis.conf"], 'requirepass "x\n'],
    ["an unreadable file", ["/no/such/file.conf"]],
    ["a directory that is not there", ["--dir", "/no/such/directory"]],
    ["a log file that cannot be opened", ["--logfile", "/no/such/directory/log"]],
    ["a command renamed that is none", ["./redis.conf"], "port 0\nrename-command NOSUCH x\n"],
    ["a command renamed to one that is", ["./redis.conf"], "\nrename-command GET SET\n"],
    ["sentinel's lines", ["./redis.conf"], "sentinel monitor a 127.0.0.1 1 1\n"],
  ];
  for (const [what, args, file] of refused) {
    test(`${what}: Redis's words, stream and exit code`, async (t) => {
      const dir = tempDir(t);
      if (file !== undefined) writeFileSync(join(dir, "redis.conf"), file);
      const [ours, real] = await both(args, dir);
      assert.equal(ours?.stderr, real?.stderr);
      assert.equal(ours?.code, real?.code);
      // A rename is noticed when the commands are known, a little after the first lines of the log.
      if (!what.includes("renamed")) assert.equal(ours?.stdout, real?.stdout);
    });
  }

  test("lines from standard input are judged like those of a file", async (t) => {
    const [ours, real] = await both(["-"], tempDir(t), "port 0\nhz x\n");
    assert.deepEqual(ours, real);
  });

  test("users are refused, since leaving them out would let everybody in", async (t) => {
    const dir = tempDir(t);
    for (const line of ["user alice on >secret ~* +@all", "aclfile users.acl"]) {
      const file = join(dir, "redis.conf");
      writeFileSync(file, `port 0\n${line}\n`);
      const run = await runProgram(OUR_SERVER, [file], { cwd: dir });
      assert.equal(run.code, 1);
      assert.match(run.stderr, /FATAL CONFIG FILE ERROR[\s\S]*sers[\s\S]*not part of this build/);
    }
  });

  test("cluster mode and TLS are refused clearly", async (t) => {
    for (const option of [
      ["--cluster-enabled", "yes"],
      ["--tls-port", "7000"],
    ]) {
      const run = await runProgram(OUR_SERVER, option, { cwd: tempDir(t) });
      assert.equal(run.code, 1);
      assert.match(run.stderr, /cluster mode|TLS/);
    }
  });
});
