// Every parity script against the subject and the real server, in RESP2 and RESP3.
// REDIS_PARITY_SUBJECT names another subject than ours (the real server proves the harness).

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { RawClient } from "../support/raw-client";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { runScript } from "./parity";
import type { ParityScript } from "./script";
import { ERROR_SCRIPTS } from "./scripts/errors";
import { EXPIRE_SCRIPTS } from "./scripts/expire";
import { KEYSPACE_SCRIPTS } from "./scripts/keyspace";
import { PROTOCOL_SCRIPTS } from "./scripts/protocol";
import { SERVER_SCRIPTS } from "./scripts/server";
import { SESSION_SCRIPTS } from "./scripts/session";
import { STRING_SCRIPTS } from "./scripts/strings";

const SUBJECT = process.env.REDIS_PARITY_SUBJECT ?? OUR_SERVER;
const FAMILIES: Readonly<Record<string, readonly ParityScript[]>> = {
  strings: STRING_SCRIPTS,
  keyspace: KEYSPACE_SCRIPTS,
  expire: EXPIRE_SCRIPTS,
  session: SESSION_SCRIPTS,
  server: SERVER_SCRIPTS,
  errors: ERROR_SCRIPTS,
  protocol: PROTOCOL_SCRIPTS,
};
const CONFIG = { "enable-debug-command": "yes" };

describe("parity with the real server", { skip: !canRun(SUBJECT) }, () => {
  let ours: ServerProcess;
  let real: ServerProcess;
  before(async () => {
    ours = await ServerProcess.start({ program: SUBJECT, config: CONFIG });
    real = await ServerProcess.start({ program: REAL_SERVER, config: CONFIG });
  });
  after(async () => {
    await ours?.stop();
    await real?.stop();
  });
  for (const [family, scripts] of Object.entries(FAMILIES)) {
    for (const parityScript of scripts) {
      for (const protocol of parityScript.protocols) {
        test(`${family}: ${parityScript.name} (RESP${protocol})`, async (t) => {
          const lacking = await missingCommands(ours, parityScript.needs);
          if (lacking.length > 0) return t.skip(`needs ${lacking.join(" ")}`);
          const differences = await runScript(
            parityScript,
            protocol,
            { ours, real },
            {
              digest: true,
              subjectIsReal: SUBJECT === REAL_SERVER,
            },
          );
          assert.equal(differences.join("\n"), "", "replies differ");
        });
      }
    }
  }
});

async function missingCommands(
  server: ServerProcess,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const client = await RawClient.connect(server);
  const reply = await client.call("COMMAND", "INFO", ...names);
  await client.close();
  return names.filter((_, index) => !Array.isArray(reply) || reply[index] === null);
}
