import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  isProcessRunning,
  removeStrayFiles,
} from "../../../../src/persistence/snapshot/stray-files";
import { tempDir } from "../../../support/temp-dir";

test("what killed processes have left is removed, and nothing else", (t) => {
  const directory = tempDir(t);
  const stray = ["temp-12-3.rdb", "temp-1700000000.12.4.rdb", "temp-7-1.rdb"];
  const kept = [
    "dump.rdb",
    // The data set itself, under an unlucky name.
    "temp-13-1.rdb",
    "temp-12.rdb",
    "temp-20261122-1.rdb",
    "temp-1700000000.12.rdb",
    "temp-99-1.rdb",
    "temp-1700000000.99.4.rdb",
    "temp-.rdb",
    "temp-12.rdb.bak",
    "temp-x12.rdb",
    "temp-12345678901.rdb",
  ];
  for (const name of [...stray, ...kept]) writeFileSync(join(directory, name), "x");
  mkdirSync(join(directory, "temp-13-2.rdb"));
  const lines: string[] = [];
  const log = {
    notice: (text: string) => lines.push(`* ${text}`),
    warning: (text: string) => lines.push(`# ${text}`),
  };
  const fileName = "temp-13-1.rdb";
  removeStrayFiles({
    directory,
    fileName,
    pid: 7,
    isRunning: (pid) => pid === 99 || pid === 7,
    log,
  });
  assert.deepEqual(readdirSync(directory).sort(), [...kept, "temp-13-2.rdb"].sort());
  assert.equal(lines.filter((line) => line.startsWith("* Removed temp-")).length, stray.length);
  assert.match(lines.find((line) => line.startsWith("#")) ?? "", /^# Cannot remove temp-13-2\.rdb/);
});

test("a directory that is not there has no stray files", () => {
  const log = { notice: assert.fail, warning: assert.fail };
  removeStrayFiles({
    directory: "/nonexistent",
    fileName: "dump.rdb",
    pid: 1,
    isRunning: () => false,
    log,
  });
});

test("whether a process runs", () => {
  assert.equal(isProcessRunning(process.pid), true);
  assert.equal(isProcessRunning(2 ** 31 - 2), false);
});
