// Every parity script against the subject and the real server, in RESP2 and RESP3.
// REDIS_PARITY_SUBJECT names another subject than ours (the real server proves the harness).

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { FAMILIES } from "./families";
import { runScript } from "./parity";
import type { ParityScript } from "./script";

const SUBJECT = process.env.REDIS_PARITY_SUBJECT ?? OUR_SERVER;
const CONFIG = { "enable-debug-command": "yes" };

/** Both servers, started anew when a script that failed may have spoiled them for the others. */
class Servers {
  ours: ServerProcess | undefined;
  real: ServerProcess | undefined;
  digest = false;

  async start(): Promise<{ readonly ours: ServerProcess; readonly real: ServerProcess }> {
    this.ours ??= await ServerProcess.start({ program: SUBJECT, config: CONFIG });
    this.real ??= await ServerProcess.start({ program: REAL_SERVER, config: CONFIG });
    // Without DEBUG DIGEST its own scripts fail; the others then still say what they can.
    this.digest = typeof (await ask(this.ours, "DEBUG", "DIGEST")) === "string";
    return { ours: this.ours, real: this.real };
  }

  async stop(): Promise<void> {
    await Promise.all([this.ours?.stop(), this.real?.stop()]);
    this.ours = undefined;
    this.real = undefined;
  }
}

describe("parity with the real server", { skip: !canRun(SUBJECT) }, () => {
  const servers = new Servers();
  before(() => servers.start());
  after(() => servers.stop());
  for (const [family, scripts] of Object.entries(FAMILIES)) {
    for (const parityScript of scripts) {
      for (const protocol of parityScript.protocols) {
        test(`${family}: ${parityScript.name} (RESP${protocol})`, async (t) => {
          const pair = await servers.start();
          const lacking = await missingCommands(pair.ours, parityScript.needs);
          if (lacking.length > 0) return t.skip(`needs ${lacking.join(" ")}`);
          const differences = await runScript(parityScript, protocol, pair, {
            digest: servers.digest,
            subjectIsReal: SUBJECT === REAL_SERVER,
          });
          const spoiled =
            differences.length > 0 && (changesServer(parityScript) || ended(pair.ours));
          if (spoiled) await servers.stop();
          assert.equal(differences.join("\n"), "", "replies differ");
        });
      }
    }
  }
});

function changesServer({ steps }: ParityScript): boolean {
  return steps.some(({ text }) => /\b(CONFIG SET|CLIENT PAUSE|DEBUG SET)/i.test(text));
}

function ended(server: ServerProcess): boolean {
  return !server.running();
}

async function ask(server: ServerProcess, ...args: string[]): Promise<unknown> {
  const client = await server.client();
  try {
    return await client.call(...args);
  } finally {
    await client.close();
  }
}

async function missingCommands(
  server: ServerProcess,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const reply = await ask(server, "COMMAND", "INFO", ...names);
  return names.filter((_, index) => !Array.isArray(reply) || reply[index] === null);
}
