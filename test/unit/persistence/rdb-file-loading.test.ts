// Within a value that takes long to read, clients are answered again and again.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PORTABLE_CODECS } from "../../../src/native/byte-codecs";
import { LoadingProgress } from "../../../src/persistence/loading/loading-progress";
import { RdbFileLoading } from "../../../src/persistence/loading/rdb-file-loading";
import { RDB_OPCODES, RDB_TYPES } from "../../../src/rdb/rdb-format";
import { RdbWriter } from "../../../src/rdb/rdb-writer";
import { valueTypes } from "../../../src/server/value-types";
import { CommandEngine } from "../../support/command-engine";
import { tempDir } from "../../support/temp-dir";

const VALUE_BYTES = 20 * 1024 * 1024;
const LOG = { notice: () => undefined, warning: () => undefined };

function fileWithOneString(path: string): void {
  const parts: Buffer[] = [];
  const writer = new RdbWriter(
    (bytes, length) => parts.push(Buffer.from(bytes.subarray(0, length))),
    {
      compresses: false,
      hasChecksum: true,
    },
  );
  const value = Buffer.alloc(VALUE_BYTES, "value");
  writer.header(10);
  writer.byte(RDB_TYPES.STRING);
  writer.text("key");
  writer.string(value, 0, value.length);
  writer.byte(RDB_OPCODES.END);
  writer.checksum();
  writeFileSync(path, Buffer.concat(parts));
}

test("clients are answered within a value", (t) => {
  const path = join(tempDir(t), "dump.rdb");
  fileWithOneString(path);
  const { keyspace } = new CommandEngine({ commands: [], types: valueTypes });
  let monotonicMs = 0;
  const clock = { nowMs: () => 0, nowUs: () => 0, monotonicMs: () => (monotonicMs += 3) };
  const progress = new LoadingProgress(clock, () => undefined);
  let answers = 0;
  const loading = new RdbFileLoading(
    {
      keyspace,
      loaders: [],
      codecs: PORTABLE_CODECS,
      clock,
      progress,
      log: LOG,
      keyDelayUs: () => 0,
      answer: () => {
        answers++;
      },
    },
    Buffer.from(path),
    { dropsExpired: true, merges: false },
  );
  progress.begin(loading.sizeBytes);
  assert.equal(loading.step(clock.monotonicMs()), true);
  loading.close();
  assert.ok(answers >= 5, `${answers} answers in 20 reads`);
  assert.equal(keyspace.databases[0]?.size, 1);
});
