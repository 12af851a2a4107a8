// The README does what it says: every command in it is typed as it stands there, and answers what
// stands below it; everything it names exists.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { freePort } from "../support/free-port";
import { RawClient } from "../support/raw-client";
import { REAL_SERVER, ServerProcess } from "../support/server-process";
import { tempDir } from "../support/temp-dir";
import { waitFor, withDeadline } from "../support/wait-for";
import {
  environmentVariables,
  fencedBlocks,
  headingAnchors,
  linkTargets,
  npmScripts,
  type ShownCommand,
  shownCommands,
} from "./readme-parts";

// This file is compiled to dist/test/server.
const ROOT = resolve(__dirname, "..", "..", "..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const DEADLINE_MS = 30_000;
/** npm compiles before it starts, on a machine that is busy with other tests. */
const BUILD_DEADLINE_MS = 120_000;
const ERROR_REPLY = /^\(?error\)?|^[A-Z]{3,} /m;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A line of the README in a shell of its own, which is a process group so that all of it can end. */
class Shell {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = "";
  #stderr = "";

  constructor(line: string, directory: string, environment: NodeJS.ProcessEnv = {}) {
    this.#child = spawn("/bin/sh", ["-c", line], {
      cwd: directory,
      detached: true,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#stdout += chunk.toString("utf8");
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString("utf8");
    });
    this.ended = new Promise((done) => {
      this.#child.once("close", (code) =>
        done({ code, stdout: this.#stdout, stderr: this.#stderr }),
      );
    });
  }

  get output(): string {
    return this.#stdout + this.#stderr;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends what is left of the group. */
  async kill(): Promise<void> {
    if (!this.isRunning || this.#child.pid === undefined) return;
    process.kill(-this.#child.pid, "SIGKILL");
    await this.ended;
  }
}

/** A directory in which the README's lines find what they find in the project's. */
function workDirectory(t: TestContext): string {
  const directory = tempDir(t);
  symlinkSync(join(ROOT, "dist"), join(directory, "dist"));
  for (const file of ["redis.conf", "sentinel.conf"])
    cpSync(join(ROOT, file), join(directory, file));
  return directory;
}

/** A `redis-cli` that talks to `port` and prints as it does at a terminal. */
function searchPathWithCli(directory: string, port: number): string {
  const bin = join(directory, "bin");
  mkdirSync(bin);
  const script = `#!/bin/sh\nexec /usr/bin/redis-cli -p ${port} --no-raw "$@"\n`;
  writeFileSync(join(bin, "redis-cli"), script, { mode: 0o755 });
  return `${bin}${delimiter}${process.env.PATH}`;
}

async function typeInto(
  directory: string,
  path: string,
  { line, output }: ShownCommand,
): Promise<void> {
  const shell = new Shell(line, directory, { PATH: path });
  const result = await withDeadline(`end of ${line}`, DEADLINE_MS, shell.ended).finally(() =>
    shell.kill(),
  );
  assert.equal(result.code, 0, `${line}\n${shell.output}`);
  if (output !== "") assert.equal(result.stdout.trimEnd(), output, line);
  else assert.doesNotMatch(result.stdout, ERROR_REPLY, line);
}

function consoleBlocks(program: string): ShownCommand[][] {
  return fencedBlocks(README)
    .filter(({ language }) => language === "console")
    .map(shownCommands)
    .filter(([first]) => first?.line.includes(program) === true);
}

/** In front of what is asked of a Sentinel. */
const TO_SENTINEL = "redis-cli -p 26379";
const SENTINEL_PORT = /\b26379\b/g;
const MASTER_PORT = /\b6379\b/g;

test("every redis-cli line answers what is shown below it", async (t) => {
  const blocks = consoleBlocks("redis-cli").filter(
    ([first]) => !first.line.startsWith(TO_SENTINEL),
  );
  assert.ok(blocks.length >= 3);
  for (const block of blocks) {
    const directory = workDirectory(t);
    const configFile = readFileSync(join(ROOT, "redis.conf"), "utf8");
    const server = await ServerProcess.start({ configFile });
    const path = searchPathWithCli(directory, server.port);
    try {
      for (const command of block) await typeInto(directory, path, command);
    } finally {
      await server.stop();
    }
  }
});

test("a Sentinel is started as shown, and answers what is shown", async (t) => {
  const directory = workDirectory(t);
  const master = await ServerProcess.start({}, t);
  const port = await freePort();
  const withPorts = (text: string) =>
    text.replace(SENTINEL_PORT, `${port}`).replace(MASTER_PORT, `${master.port}`);
  const conf = join(directory, "sentinel.conf");
  writeFileSync(conf, withPorts(readFileSync(conf, "latin1")), "latin1");
  const blocks = fencedBlocks(README);
  const start = blocks.find(({ lines }) =>
    lines.some((line) => /^dist\/redis-sentinel /.test(line)),
  );
  const shell = new Shell(withPorts(start?.lines.join("\n") ?? "exit 1"), directory);
  try {
    await waitFor("the Sentinel", async () => (shell.isRunning ? await isServed(port) : "ended"), {
      timeoutMs: DEADLINE_MS,
    });
    assert.ok(shell.isRunning, shell.output);
    const commands = consoleBlocks(TO_SENTINEL).flat();
    assert.ok(commands.length >= 3);
    const path = searchPathWithCli(directory, port);
    for (const { line, output } of commands) {
      await typeInto(directory, path, { line: withPorts(line), output: withPorts(output) });
    }
  } finally {
    await shell.kill();
  }
});

async function isServed(port: number): Promise<boolean> {
  const client = await RawClient.connect({ port });
  try {
    return (await client.command("PING")).toString() === "+PONG\r\n";
  } finally {
    await client.close();
  }
}

/** Waits until the shell's server answers on the port, then ends it with SHUTDOWN. */
async function expectServed(shell: Shell, port: number, timeoutMs: number): Promise<void> {
  try {
    const state = await waitFor(
      "an answer",
      async () => (shell.isRunning ? await isServed(port) : "ended"),
      { timeoutMs },
    ).catch((error) => {
      throw new Error(`${error}\n${shell.output}`);
    });
    assert.equal(state, true, shell.output);
    const client = await RawClient.connect({ port });
    client.send("SHUTDOWN", "NOSAVE");
    await client.expectClose();
    const { code } = await withDeadline("end of the server", DEADLINE_MS, shell.ended);
    assert.equal(code, 0, shell.output);
  } finally {
    await shell.kill();
  }
}

test("every redis-server line tells or serves", async (t) => {
  const lines = consoleBlocks("dist/redis-server").flat();
  assert.ok(lines.length >= 3);
  const directory = workDirectory(t);
  for (const { line } of lines) {
    const port = await freePort();
    const withPort = line.replace(/\bport \d+/g, `port ${port}`);
    const shell = new Shell(withPort, directory);
    if (withPort !== line) {
      await expectServed(shell, port, DEADLINE_MS);
      continue;
    }
    const { code } = await withDeadline(`end of ${line}`, DEADLINE_MS, shell.ended);
    const real = new Shell(line.replace("dist/redis-server", REAL_SERVER), directory);
    assert.equal(code, (await real.ended).code, `${line}\n${shell.output}`);
    assert.notEqual(shell.output, "", line);
  }
});

test("npm start builds and serves, with options behind --", async (t) => {
  const copy = tempDir(t);
  // A copy, because what is built must not change under the other tests; without tests, to be quick.
  for (const part of [".ci", "native", "src", "package.json", "redis.conf", "tsconfig.json"]) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const port = await freePort();
  const shell = new Shell(`npm start -- --port ${port}`, copy);
  await expectServed(shell, port, BUILD_DEADLINE_MS);
});

test("the scripts that it names exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const named = npmScripts(README);
  assert.ok(named.includes("start") && named.includes("test"));
  for (const name of named) assert.ok(name in scripts, `npm run ${name}`);
});

test("its links lead to files and headings that exist", () => {
  const anchors = headingAnchors(README);
  for (const target of linkTargets(README)) {
    const [path, anchor] = target.split("#");
    if (path !== "") assert.ok(existsSync(join(ROOT, path)), target);
    else assert.ok(anchors.includes(anchor ?? ""), target);
  }
});

test("the variables of the environment that it names are looked at", () => {
  const sources = ["src", "test"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(ROOT, folder, file), "utf8")),
  );
  for (const name of environmentVariables(README)) {
    assert.ok(
      sources.some((source) => source.includes(name)),
      name,
    );
  }
});
