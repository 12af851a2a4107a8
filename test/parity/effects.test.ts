// What commands hand on to the append only file and to replicas: every parity script of the data
// commands, on this server's node and on the real server, whose append only file is read.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { RawClient, type RawClientTarget } from "../support/raw-client";
import { RecordingNode } from "../support/recording-node";
import { canRun, REAL_SERVER, ServerProcess } from "../support/server-process";
import { SCRIPTS_APART, withoutOwnEffects } from "./effect-differences";
import { type Effect, effectDifference, readEffects } from "./effect-log";
import { FAMILIES } from "./families";
import { runScript } from "./parity";

/** Families whose effects are as the real server's. */
const FAMILIES_DONE = [
  "strings",
  "counters",
  "bits",
  "hashes",
  "sets",
  "zsets",
  "geo",
  "sort",
  "hyperloglog",
  "lists",
  "streams",
  "stream waiting",
  "keyspace",
  "expire",
  "transactions",
  "blocking",
];
const CONFIG = { appendonly: "yes", appendfsync: "no", "enable-debug-command": "yes" };

/** The real server's incremental file, from where it was last read. */
class RealLog {
  readonly #file: string;
  #at = 0;

  constructor(server: ServerProcess) {
    const directory = join(server.dir, "appendonlydir");
    const name = readdirSync(directory).find((file) => file.endsWith(".incr.aof"));
    if (name === undefined) throw new Error("the real server has no incremental file");
    this.#file = join(directory, name);
  }

  take(): Buffer {
    const bytes = readFileSync(this.#file).subarray(this.#at);
    this.#at += bytes.length;
    return bytes;
  }
}

describe("effects as the real server has them", { skip: !canRun(REAL_SERVER) }, () => {
  const ours = new RecordingNode();
  let real: ServerProcess;
  let log: RealLog;
  let [ourDatabase, realDatabase] = [-1, -1];
  before(async () => {
    await ours.start();
    real = await ServerProcess.start({ program: REAL_SERVER, config: CONFIG });
    log = new RealLog(real);
    // Whoever meets an expired key first removes it, so nobody may pass by at times of his own.
    await Promise.all([ours, real].map(withoutActiveExpiry));
  });
  after(async () => {
    await ours.stop();
    await real.stop();
  });

  for (const family of FAMILIES_DONE) {
    for (const parityScript of FAMILIES[family] ?? []) {
      if (SCRIPTS_APART.has(parityScript.name)) continue;
      test(`${family}: ${parityScript.name}`, async () => {
        await runScript(parityScript, 2, { ours, real });
        const ourPart = readEffects(ours.sink.take(), ourDatabase);
        const realPart = readEffects(log.take(), realDatabase);
        [ourDatabase, realDatabase] = [ourPart.database, realPart.database];
        const difference = effectDifference(
          withoutOwnEffects(sinceReset(ourPart.effects)),
          sinceReset(realPart.effects),
        );
        assert.equal(difference, undefined, difference);
      });
    }
  }
});

async function withoutActiveExpiry(target: RawClientTarget): Promise<void> {
  const client = await RawClient.connect(target);
  assert.equal(await client.call("DEBUG", "SET-ACTIVE-EXPIRE", "0"), "OK");
  await client.close();
}

/** A script begins with FLUSHALL; what came before it belongs to the one before. */
function sinceReset(effects: readonly Effect[]): readonly Effect[] {
  const reset = effects.findIndex(({ words }) => words[0] === "FLUSHALL");
  return effects.slice(reset + 1);
}
