// The process as the machine around it sees it: in the background, its title and files, its log in
// every form, and who supervises it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { freePort } from "../support/free-port";
import { RawClient } from "../support/raw-client";
import { runProgram } from "../support/run-program";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { type Cleanup, tempDir } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Kills what a daemon's pid file names when the test is over, whatever became of it. */
function endLater(pidFile: string, t: Cleanup): void {
  t.after(() => {
    if (!existsSync(pidFile)) return;
    const pid = Number(readFileSync(pidFile, "latin1"));
    if (alive(pid)) process.kill(pid, "SIGKILL");
  });
}

function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, "latin1").replace(/[\0 ]+$/, "");
}

function shortName(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, "latin1").trim();
}

describe("daemonize", () => {
  test("the caller ends when the daemon serves", async (t) => {
    const dir = tempDir(t);
    const port = await freePort();
    const pidFile = join(dir, "redis.pid");
    endLater(pidFile, t);
    const args = ["--port", String(port), "--daemonize", "yes", "--pidfile", "redis.pid"];
    const run = await runProgram(OUR_SERVER, [...args, "--logfile", "redis.log"], { cwd: dir });
    assert.deepEqual(run, { code: 0, signal: null, stdout: "", stderr: "" });
    const client = await RawClient.connect({ port });
    assert.equal(await client.call("PING"), "PONG");
    const pid = Number(readFileSync(pidFile, "latin1"));
    assert.match(String(await client.call("INFO", "server")), new RegExp(`process_id:${pid}\r`));
    client.send("SHUTDOWN", "NOSAVE");
    await client.closed;
    await waitFor("end of the daemon", () => !alive(pid));
    assert.equal(existsSync(pidFile), false);
    assert.match(readFileSync(join(dir, "redis.log"), "utf8"), /bye bye\.\.\.\n$/);
  });

  test("the caller fails with the daemon's message when it cannot serve", async (t) => {
    const taken = await ServerProcess.start({}, t);
    const args = ["--port", String(taken.port), "--bind", "127.0.0.1", "--daemonize", "yes"];
    const run = await runProgram(OUR_SERVER, args, { cwd: tempDir(t) });
    assert.equal(run.code, 1);
    assert.match(run.stderr, /bind: Address already in use\nFailed listening on port \d+/);
  });

  test("a configuration that cannot be used fails before anything is started", async (t) => {
    const run = await runProgram(OUR_SERVER, ["--daemonize", "yes", "--hz", "x"], {
      cwd: tempDir(t),
    });
    assert.deepEqual([run.code, run.stdout], [1, ""]);
    assert.match(run.stderr, /FATAL CONFIG FILE ERROR[\s\S]*'hz "x"'/);
  });

  test("works with relative paths and a configuration from standard input", async (t) => {
    const dir = tempDir(t);
    const port = await freePort();
    const pidFile = join(dir, "redis.pid");
    endLater(pidFile, t);
    const input = `port ${port}\nbind 127.0.0.1\npidfile redis.pid\n`;
    writeFileSync(join(dir, "own.conf"), "daemonize yes\nhz 17\n");
    const run = await runProgram(OUR_SERVER, ["own.conf", "-"], { cwd: dir, input });
    assert.deepEqual([run.code, run.stderr], [0, ""]);
    const client = await RawClient.connect({ port });
    assert.deepEqual(await client.call("CONFIG", "GET", "hz"), ["hz", "17"]);
    process.kill(Number(readFileSync(pidFile, "latin1")), "SIGTERM");
    await client.closed;
  });
});

describe("the title of the process", () => {
  test("is made from the template, as a real one makes it", async (t) => {
    const template = "{title} on {listen-addr} {{x} {port} {tls-port}{server-mode} {config-file}";
    const titles: string[] = [];
    for (const program of [OUR_SERVER, REAL_SERVER]) {
      const server = await ServerProcess.start(
        { program, config: { "proc-title-template": template } },
        t,
      );
      await waitFor("title", () => commandLine(server.pid).includes(" on "));
      const title = commandLine(server.pid).replaceAll(String(server.port), "PORT");
      titles.push(title.replace(/^.*\/redis-server/, "redis-server"), shortName(server.pid));
    }
    assert.deepEqual(titles.slice(0, 2), titles.slice(2));
  });

  test("follows CONFIG SET, and stays as it was without set-proc-title", async (t) => {
    const server = await ServerProcess.start({}, t);
    const client = await server.client();
    assert.equal(await client.call("CONFIG", "SET", "proc-title-template", "own {port}"), "OK");
    assert.equal(commandLine(server.pid), `own ${server.port}`);
    assert.equal(shortName(server.pid), "redis-server");
    await client.close();
    const plain = await ServerProcess.start({ config: { "set-proc-title": "no" } }, t);
    assert.match(commandLine(plain.pid), /^node\0/);
  });
});

describe("the log", () => {
  test("goes to its file, which may be renamed while the server runs", async (t) => {
    const server = await ServerProcess.start({ config: { logfile: "redis.log" } }, t);
    const file = join(server.dir, "redis.log");
    assert.match(readFileSync(file, "utf8"), /Ready to accept connections\n$/);
    assert.equal(server.logs(), "");
    renameSync(file, `${file}.1`);
    server.kill("SIGTERM");
    const exit = await server.exited;
    assert.equal(exit.code, 0);
    assert.match(readFileSync(file, "utf8"), /signal-handler[\s\S]*bye bye\.\.\.\n$/);
  });

  test("changes its level at run time", async (t) => {
    const server = await ServerProcess.start({ config: { loglevel: "warning" } }, t);
    assert.doesNotMatch(server.logs(), /^\d+:M .* \* /m);
    const client = await server.client();
    await client.call("CONFIG", "SET", "loglevel", "verbose");
    const other = await server.client();
    await waitFor("verbose line", () => /^\d+:M .* - Accepted 127/m.test(server.logs()));
    await Promise.all([client.close(), other.close()]);
  });

  test("can be JSON or logfmt", async (t) => {
    for (const [format, line] of [
      ["json", /^\{"level":"notice".*"role":"master","msg":"Ready to accept connections"\}$/m],
      ["logfmt", /^time=\S+ level=notice pid=\d+ role=master msg="Ready to accept connections"$/m],
    ] as const) {
      const server = await ServerProcess.start({ config: { "log-format": format } }, t);
      await waitFor(`${format} line`, () => line.test(server.logs()));
    }
  });
});

describe("supervised", () => {
  test("systemd is told when the server is ready and when it stops", async (t) => {
    const dir = tempDir(t);
    const socket = join(dir, "notify");
    const listener = notifyListener(socket, t);
    await waitFor("socket", () => existsSync(socket));
    for (const supervised of ["systemd", "auto"]) {
      listener.messages.length = 0;
      const server = await ServerProcess.start(
        // It stays in the foreground, whatever daemonize says.
        { config: { supervised, daemonize: "yes" }, env: { NOTIFY_SOCKET: socket } },
        t,
      );
      await waitFor("readiness", () => listener.messages.includes("READY=1"));
      assert.match(server.logs(), /\* supervised by systemd\./);
      server.kill("SIGTERM");
      await waitFor("stopping", () => listener.messages.includes("STOPPING=1"));
      assert.equal((await server.exited).code, 0);
    }
  });

  test("a supervisor that is not there is said so", async (t) => {
    const env = { NOTIFY_SOCKET: "", UPSTART_JOB: "" };
    const server = await ServerProcess.start({ config: { supervised: "upstart" }, env }, t);
    await waitFor("warning", () => server.logs().includes("but UPSTART_JOB not found!"));
  });
});

/** Node has no datagram sockets of the unix family, but the build needs python3 anyway. */
function notifyListener(path: string, t: Cleanup): { readonly messages: string[] } {
  const program = [
    "import socket, sys",
    "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "s.bind(sys.argv[1])",
    "while True: print(s.recv(4096).decode(), flush=True)",
  ].join("\n");
  const child = spawn("python3", ["-c", program, path], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const messages: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => {
    messages.push(...chunk.toString("utf8").split("\n"));
  });
  return { messages };
}

test("oom-score-adj is written, follows CONFIG SET, and is put back", async (t) => {
  const config = { "oom-score-adj": "absolute", "oom-score-adj-values": ["300", "400", "500"] };
  const scores: (number | string)[][] = [];
  for (const program of [OUR_SERVER, REAL_SERVER]) {
    const server = await ServerProcess.start({ program, config }, t);
    const client = await server.client();
    const score = () => readFileSync(`/proc/${server.pid}/oom_score_adj`, "latin1").trim();
    const seen: (number | string)[] = [score()];
    for (const words of [
      ["oom-score-adj-values", "310 400 500"],
      ["oom-score-adj", "no"],
      ["oom-score-adj", "relative"],
    ]) {
      assert.equal(await client.call("CONFIG", "SET", ...words), "OK");
      seen.push(score());
    }
    scores.push(seen);
    await client.close();
  }
  assert.deepEqual(scores[0], scores[1]);
});
