// The three forms of the log, levels, and what happens to lines when the place of the log is moved,
// full, missing, or the process dies.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, readSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { ManualClock } from "../../../src/base/clock";
import { createLog } from "../../../src/log/create-log";
import { LOG_LEVELS, type Log, type LogLevel } from "../../../src/log/log";
import { FileSink, StdoutSink } from "../../../src/log/log-sink";
import { tempDir } from "../../support/temp-dir";

const MODULE = resolve(__dirname, "../../../src/log/create-log.js");
const NOW = new Date(2026, 10, 2, 3, 7, 15, 5);

class ListSink {
  readonly entries: string[] = [];

  write(lines: string): void {
    this.entries.push(lines);
  }
}

function logTo(format: "redis" | "json" | "logfmt"): { log: Log; sink: ListSink } {
  const sink = new ListSink();
  const clock = new ManualClock(NOW.getTime());
  const log = createLog({ format, file: "", level: "notice", role: "child", clock, pid: 42, sink });
  return { log, sink };
}

describe("Redis-style lines", () => {
  it("have process id, role, local time and level", () => {
    const { log, sink } = logTo("redis");
    log.notice("one", { extra: 1 });
    log.setRole("master");
    log.warning("two");
    log.setLevel("debug");
    log.setRole("replica");
    log.verbose("three");
    log.setRole("sentinel");
    log.debug("four \u00fc");
    assert.deepEqual(sink.entries, [
      "42:C 02 Nov 2026 03:07:15.005 * one\n",
      "42:M 02 Nov 2026 03:07:15.005 # two\n",
      "42:S 02 Nov 2026 03:07:15.005 - three\n",
      "42:X 02 Nov 2026 03:07:15.005 . four \u00fc\n",
    ]);
  });

  it("stay one line, but for blocks", () => {
    const { log, sink } = logTo("redis");
    log.notice("a\n42:M 02 Nov 2026 03:07:15.005 # forged\r");
    log.block("notice", "  _._\n_.-``");
    assert.deepEqual(sink.entries, [
      "42:C 02 Nov 2026 03:07:15.005 * a\\n42:M 02 Nov 2026 03:07:15.005 # forged\\r\n",
      "  _._\n_.-``\n",
    ]);
  });

  it("do not load pino", () => {
    const code = `
      const { createLog } = require(process.argv[1]);
      const clock = { nowMs: () => 0, monotonicMs: () => 0 };
      const loaded = () => Object.keys(require.cache).some((file) => file.includes("pino"));
      const make = (format) =>
        createLog({ format, file: "", level: "notice", role: "child", clock, pid: 1 });
      make("redis").notice("x");
      const before = loaded();
      make("json");
      console.log(before, loaded());`;
    const child = spawnSync(process.execPath, ["-e", code, MODULE], { encoding: "utf8" });
    assert.match(child.stdout, /\* x\nfalse true\n$/, child.stderr);
  });
});

describe("levels", () => {
  for (const format of ["redis", "json", "logfmt"] as const) {
    it(`silence what is below them (${format})`, () => {
      for (const level of [...LOG_LEVELS, "nothing"] as LogLevel[]) {
        const { log, sink } = logTo(format);
        log.setLevel(level);
        assert.equal(log.level, level);
        for (const each of LOG_LEVELS) {
          log[each](each);
          log.block(each, each);
        }
        const wanted = level === "nothing" ? [] : LOG_LEVELS.slice(LOG_LEVELS.indexOf(level));
        assert.equal(sink.entries.length, wanted.length * 2);
        for (const each of LOG_LEVELS) assert.equal(log.writes(each), wanted.includes(each));
      }
    });
  }
});

describe("lines for machines", () => {
  it("are JSON", () => {
    const { log, sink } = logTo("json");
    log.setRole("master");
    log.warning('a "b"\n%s', { peer: "1.2.3.4:5", bytes: 2n ** 60n, ok: true });
    assert.equal(sink.entries.length, 1);
    assert.equal(sink.entries[0].indexOf("\n"), sink.entries[0].length - 1);
    assert.match(sink.entries[0], /"bytes":1152921504606846976\b/);
    const { bytes, ...entry } = JSON.parse(sink.entries[0]);
    assert.equal(typeof bytes, "number");
    assert.deepEqual(entry, {
      level: "warning",
      time: NOW.toISOString(),
      pid: 42,
      role: "master",
      peer: "1.2.3.4:5",
      ok: true,
      msg: 'a "b"\n%s',
    });
  });

  it("are logfmt", () => {
    const { log, sink } = logTo("logfmt");
    log.notice('a "b"\n', { peer: "1.2.3.4:5", "odd key=": "", path: "a\\b", n: -1 });
    log.block("warning", "x\ny");
    const head = `time=${NOW.toISOString()} level=`;
    assert.deepEqual(sink.entries, [
      `${head}notice pid=42 role=child msg="a \\"b\\"\\n" peer=1.2.3.4:5 odd_key_="" path="a\\\\b" n=-1\n`,
      `${head}warning pid=42 role=child msg="x\\ny"\n`,
    ]);
  });
});

describe("the place of the log", () => {
  it("may be renamed between any two lines", (context) => {
    const dir = tempDir(context);
    const path = join(dir, "redis.log");
    const sink = new FileSink(path);
    for (let line = 0; line < 100; line++) {
      if (line % 10 === 5) renameSync(path, join(dir, `${line}.log`));
      sink.write(`${line}\n`);
    }
    let lines = "";
    for (let line = 5; line < 100; line += 10)
      lines += readFileSync(join(dir, `${line}.log`), "utf8");
    lines += readFileSync(path, "utf8");
    assert.equal(lines, Array.from({ length: 100 }, (_, line) => `${line}\n`).join(""));
  });

  it("is told about lines that were lost", (context) => {
    const dir = tempDir(context);
    const path = join(dir, "redis.log");
    const sink = new FileSink(path);
    sink.write("a\n");
    renameSync(dir, `${dir}-gone`);
    sink.write("b\n");
    sink.write("c\n");
    renameSync(`${dir}-gone`, dir);
    sink.write("d\n");
    assert.equal(readFileSync(path, "utf8"), "a\n(2 log entries were lost)\nd\n");
  });

  it("keeps a line written just before the process dies", (context) => {
    const path = join(tempDir(context), "redis.log");
    const code = `
      const { createLog } = require(process.argv[1]);
      const clock = { nowMs: () => 0, monotonicMs: () => 0 };
      for (const format of ["redis", "json"]) {
        for (const file of [process.argv[2], ""]) {
          createLog({ format, file, level: "notice", role: "child", clock, pid: 1 }).notice("last");
        }
      }
      process.kill(process.pid, "SIGKILL");`;
    const child = spawnSync(process.execPath, ["-e", code, MODULE, path], { encoding: "utf8" });
    assert.equal(child.signal, "SIGKILL", child.stderr);
    const line = /^1:C 01 Jan 1970 .* \* last\n\{"level":"notice".*"msg":"last"\}\n$/;
    assert.match(readFileSync(path, "utf8").replace("31 Dec 1969", "01 Jan 1970"), line);
    assert.match(child.stdout.replace("31 Dec 1969", "01 Jan 1970"), line);
  });

  it("does not stop the server when nobody reads it", (context) => {
    const path = join(tempDir(context), "pipe");
    execFileSync("mkfifo", [path]);
    const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      const sink = new StdoutSink(pipe);
      const line = `${"x".repeat(1023)}\n`;
      const start = performance.now();
      for (let count = 0; count < 1000; count++) sink.write(line);
      const tookMs = performance.now() - start;
      assert.ok(tookMs < 1000, `took ${tookMs} ms`);
      const torn = drain(pipe).length % line.length !== 0;
      sink.write("end\n");
      assert.match(drain(pipe).slice(torn ? 1 : 0), /^\(\d+ log entries were lost\)\nend\n$/);
    } finally {
      closeSync(pipe);
    }
  });
});

/** Everything that a non-blocking pipe holds. */
function drain(pipe: number): string {
  let text = "";
  const buffer = Buffer.alloc(65_536);
  for (;;) {
    try {
      text += buffer.toString("utf8", 0, readSync(pipe, buffer));
    } catch {
      return text;
    }
  }
}
