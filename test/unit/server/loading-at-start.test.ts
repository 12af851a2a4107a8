// The data set is there at once: between the last slice of loading and what follows it nobody is
// answered.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { rdbString, wholeFile } from "../../persistence/rdb-bytes";
import { RecordingNode } from "../../support/recording-node";
import { tempDir } from "../../support/temp-dir";

const AUX = 0xfa;
const RDB_VERSION = 10;

test("a master has the history of its file as soon as it is not loading any more", async (t) => {
  const directory = process.cwd();
  process.chdir(tempDir(t));
  t.after(() => process.chdir(directory));
  const id = "0123456789".repeat(4);
  const facts = { "repl-stream-db": "0", "repl-id": id, "repl-offset": "1000" };
  const records = Object.entries(facts).map(([name, value]) =>
    Buffer.concat([Buffer.from([AUX]), rdbString(name), rdbString(value)]),
  );
  writeFileSync("dump.rdb", wholeFile(RDB_VERSION, true, records));
  const { persistence, replication } = new RecordingNode().node;
  let isLooking = true;
  const seen: string[] = [];
  const look = (): void => {
    const { isLoading } = persistence.loading;
    if (!isLoading) seen.push(replication.replication.state.history.secondId);
    if (isLooking) setImmediate(look);
  };
  const loaded = persistence.loadAtStart();
  look();
  await loaded;
  isLooking = false;
  look();
  assert.ok(
    seen.every((text) => text === id),
    seen.join(" "),
  );
});
