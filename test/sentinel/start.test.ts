// How a Sentinel starts, is refused, is shown by the system and starts again: beside the real one.

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { freePort } from "../support/free-port";
import { RawClient } from "../support/raw-client";
import { type ProgramRun, runProgram } from "../support/run-program";
import {
  OUR_SENTINEL,
  OUR_SERVER,
  REAL_SENTINEL,
  REAL_SERVER,
  ServerProcess,
} from "../support/server-process";
import { type Cleanup, tempDir } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

const MONITOR = "sentinel monitor m 127.0.0.1 1 2";
const ID = /Sentinel ID is ([0-9a-f]{40})/;

function plain({ code, stdout, stderr }: ProgramRun): string {
  const text = `${stdout}${stderr}`
    .replace(/7\.2\.4|7\.0\.15/g, "VERSION")
    .replace(/^\d+:([CXM]) \d+ \w+ \d+ [\d:.]+ /gm, "$1 ")
    .replace(/\/tmp\/redis-test-\w+/g, "DIR");
  return `${code} ${text}`;
}

/** Runs that end by themselves, of our program and the real one. */
async function refusals(args: readonly string[], cwd: string, input = ""): Promise<string[]> {
  const runs: string[] = [];
  for (const program of [OUR_SENTINEL, REAL_SENTINEL]) {
    runs.push(plain(await runProgram(program, args, { cwd, input })));
  }
  return runs;
}

describe("a Sentinel refuses to start in the words of the real one", () => {
  const files: readonly (readonly [what: string, args: readonly string[], file?: string])[] = [
    ["without a file", []],
    ["with options only", ["--port", "0"]],
    ["with a file that is not there", ["nothing.conf"]],
    ["with an unknown directive", ["s.conf"], `${MONITOR}\nnonsense 1\n`],
    ["with an unknown statement", ["s.conf"], "sentinel nonsense m 1\n"],
    ["with an option of no master", ["s.conf"], "sentinel quorum m 1\n"],
    ["with a quorum that is none", ["s.conf"], "sentinel monitor m 127.0.0.1 1 0\n"],
    ["with a port that is none", ["s.conf"], "sentinel monitor m 127.0.0.1 70000 2\n"],
    ["with a host that is none", ["s.conf"], "sentinel monitor m not/a/host 1 2\n"],
    [
      "with a script that is not there",
      ["s.conf"],
      `${MONITOR}\nsentinel notification-script m /nothing\n`,
    ],
  ];
  for (const [what, args, file] of files) {
    test(what, async (t) => {
      const dir = tempDir(t);
      if (file !== undefined) writeFileSync(join(dir, "s.conf"), file);
      const [ours, real] = await refusals(args, dir);
      assert.equal(ours, real);
    });
  }

  test("with a configuration from standard input", async (t) => {
    const [ours, real] = await refusals(["-"], tempDir(t), `${MONITOR}\n`);
    assert.equal(ours, real);
  });

  test("with a file that it may not write", async (t) => {
    const dir = tempDir(t);
    const file = join(dir, "s.conf");
    writeFileSync(file, `port 0\n${MONITOR}\n`);
    chmodSync(file, 0o444);
    chmodSync(dir, 0o755);
    // Whoever runs the tests may be allowed everything.
    const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    const runs: string[] = [];
    for (const program of [OUR_SENTINEL, REAL_SENTINEL]) {
      const args = process.getuid?.() === 0 ? [...nobody, program, file] : [file];
      const command = args.length > 1 ? "/usr/bin/setpriv" : program;
      runs.push(plain(await runProgram(command, args, { cwd: "/" })));
    }
    assert.match(
      runs[0] ?? "",
      /^1 X # Sentinel config file .* is not writable: Permission denied/,
    );
    assert.equal(runs[0], runs[1]);
  });

  test("on a port that is taken", async (t) => {
    const dir = tempDir(t);
    const taken = await ServerProcess.start({}, t);
    writeFileSync(join(dir, "s.conf"), `port ${taken.port}\nbind 127.0.0.1\n${MONITOR}\n`);
    const run = await runProgram(OUR_SENTINEL, ["s.conf"], { cwd: dir });
    assert.equal(run.code, 1);
    assert.match(run.stdout, /Failed listening on port \d+ \(TCP\), aborting\.\n$/);
  });
});

/** A daemon that has ended may wait for a while to be buried. */
function alive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** Starts a daemon and gives its process id; it is killed after the test if it is still there. */
async function startDaemon(
  program: string,
  args: readonly string[],
  dir: string,
  t: Cleanup,
): Promise<number> {
  const run = await runProgram(program, args, { cwd: dir });
  assert.deepEqual([run.code, run.stderr], [0, ""]);
  const file = join(dir, "s.pid");
  const pid = await waitFor("pid file", () => Number(readFileSync(file, "latin1")));
  t.after(() => {
    if (alive(pid)) process.kill(pid, "SIGKILL");
  });
  return pid;
}

describe("a Sentinel in the background", () => {
  const calls: readonly (readonly [program: string, real: string, args: readonly string[]])[] = [
    [OUR_SENTINEL, REAL_SENTINEL, ["s.conf"]],
    [OUR_SENTINEL, REAL_SENTINEL, ["s.conf", "--sentinel"]],
    [OUR_SERVER, REAL_SERVER, ["s.conf", "--sentinel"]],
  ];
  for (const [ours, real, args] of calls) {
    const name = ours === OUR_SERVER ? "redis-server" : "redis-sentinel";
    test(`is shown as the real one: ${name} ${args.join(" ")}`, async (t) => {
      const shown: string[] = [];
      for (const program of [ours, real]) {
        const dir = tempDir(t);
        const port = await freePort();
        const lines = [`port ${port}`, "daemonize yes", `dir ${dir}`, "pidfile s.pid", MONITOR];
        writeFileSync(join(dir, "s.conf"), [...lines, "logfile s.log", ""].join("\n"));
        const pid = await startDaemon(program, args, dir, t);
        const client = await waitFor("an answer", () => RawClient.connect({ port }));
        const title = await waitFor("a title", () => {
          const text = readFileSync(`/proc/${pid}/cmdline`, "latin1").replace(/[\0 ]+$/, "");
          return text.includes("[sentinel]") ? text : null;
        });
        const comm = readFileSync(`/proc/${pid}/comm`, "latin1").trim();
        client.send("SHUTDOWN");
        await client.closed;
        await waitFor("the end", () => !alive(pid));
        const log = readFileSync(join(dir, "s.log"), "utf8").trim().split("\n");
        const letters = new Set(log.map((line) => /^\d+:(.) /.exec(line)?.[1]));
        const files = existsSync(join(dir, "s.pid"));
        const shortTitle = title.replace(String(port), "PORT").replace(/^\S*\//, "");
        shown.push(JSON.stringify([shortTitle, comm, [...letters], files]));
      }
      assert.equal(shown[0], shown[1]);
    });
  }
});

describe("what a Sentinel must not forget", () => {
  test("is in its file after the first start, and read by either program", async (t) => {
    const dir = tempDir(t);
    const configFile = `# by hand\n${MONITOR}\n`;
    const first = await ServerProcess.start({ program: OUR_SENTINEL, dir, configFile }, t);
    const id = ID.exec(first.logs())?.[1];
    assert.notEqual(id, undefined);
    await first.stop();
    const text = readFileSync(join(dir, "redis.conf"), "utf8");
    assert.match(text, /^# by hand\nsentinel monitor m 127\.0\.0\.1 1 2\n/);
    for (const program of [REAL_SENTINEL, OUR_SENTINEL]) {
      const configFile = readFileSync(join(dir, "redis.conf"), "utf8");
      const again = await ServerProcess.start({ program, dir, configFile }, t);
      assert.equal(ID.exec(again.logs())?.[1], id);
      await again.stop();
    }
  });

  test("is in a file apart where that is asked for, and the configuration stays", async (t) => {
    const dir = tempDir(t);
    const state = join(dir, "state");
    mkdirSync(state);
    const configFile = `${MONITOR}\nsentinel-state-file ${join(state, "s.state")}\n`;
    const ids: (string | undefined)[] = [];
    for (let run = 0; run < 2; run++) {
      const one = await ServerProcess.start({ program: OUR_SENTINEL, dir, configFile }, t);
      ids.push(ID.exec(one.logs())?.[1]);
      await one.stop();
    }
    assert.notEqual(ids[0], undefined);
    assert.equal(ids[0], ids[1]);
    assert.equal(readFileSync(join(dir, "redis.conf"), "utf8"), configFile);
  });

  test("is warned of when it cannot be saved, and the Sentinel watches on", async (t) => {
    if (process.getuid?.() !== 0) {
      t.skip("only root can take the rights of a directory from somebody else");
      return;
    }
    const dir = tempDir(t);
    const file = join(dir, "redis.conf");
    writeFileSync(file, "");
    chmodSync(file, 0o666);
    chmodSync(dir, 0o555);
    const under = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const options = { program: OUR_SENTINEL, under, dir, configFile: `${MONITOR}\n` };
    const sentinel = await ServerProcess.start(options, t);
    assert.match(
      sentinel.logs(),
      /# WARNING: Sentinel was not able to save the new configuration on disk!!!: Permission/,
    );
    assert.match(sentinel.logs(), / # \+monitor master m /);
  });
});

test("a host name is looked up before the Sentinel watches, where names are allowed", async (t) => {
  const lines = "sentinel resolve-hostnames yes\nsentinel monitor m localhost 1 2\n";
  const sentinel = await ServerProcess.start({ program: OUR_SENTINEL, configFile: lines }, t);
  const client = await sentinel.client();
  t.after(() => client.close());
  const address = await client.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "m");
  assert.deepEqual(address, ["127.0.0.1", "1"]);
});
