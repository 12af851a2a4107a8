// Real programs: arguments arrive as they are, and every way to end is told as what it is.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isExecutable, runScript } from "../../../../src/sentinel/scripts/run-script";
import type { ScriptEnd } from "../../../../src/sentinel/scripts/script-queue";
import { tempDir } from "../../../support/temp-dir";

function script(dir: string, text: string): string {
  const path = join(dir, "script.sh");
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function run(argv: readonly string[], kills = false): Promise<ScriptEnd> {
  return new Promise((resolve) => {
    const process = runScript(argv, resolve);
    if (kills) process?.kill();
  });
}

describe("a script as a process", () => {
  test("gets its arguments without a shell between, and the environment", async (t) => {
    const dir = tempDir(t);
    const out = join(dir, "out");
    const path = script(dir, `printf '%s|' "$@" > "$1"; printf '%s' "$HOME" >> "$1"`);
    const words = ["$(date)", "a b", "", "*", "\xc3\xa4"];
    assert.deepEqual(await run([path, out, ...words]), { exitCode: 0, signal: 0 });
    const expected = `${[out, "$(date)", "a b", "", "*", "ä"].join("|")}|${process.env.HOME ?? ""}`;
    assert.equal(readFileSync(out, "utf8"), expected);
  });

  test("ends with its exit code, by a signal, or with 2 when it cannot be run", async (t) => {
    const dir = tempDir(t);
    assert.deepEqual(await run([script(dir, "exit 3")]), { exitCode: 3, signal: 0 });
    assert.deepEqual(await run([script(dir, "kill -TERM $$")]), { exitCode: 0, signal: 15 });
    assert.deepEqual(await run([script(dir, "exec sleep 60")], true), { exitCode: 0, signal: 9 });
    assert.deepEqual(await run([join(dir, "nothing")]), { exitCode: 2, signal: 0 });
  });

  test("is none when an argument cannot be passed", () => {
    assert.equal(
      runScript(["/bin/true", "a\0b"], () => undefined),
      undefined,
    );
  });

  test("can be configured when it is a file that may be run", (t) => {
    const dir = tempDir(t);
    const path = script(dir, "exit 0");
    assert.equal(isExecutable(path), true);
    mkdirSync(join(dir, "folder"));
    assert.equal(isExecutable(join(dir, "folder")), false);
    assert.equal(isExecutable(join(dir, "nothing")), false);
    chmodSync(path, 0o644);
    assert.equal(isExecutable(path), false);
  });
});
