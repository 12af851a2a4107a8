// Given a real server's declarations, our COMMAND must answer what the real server answers: all that
// it derives (legacy key ranges, movablekeys, categories, order) is proved on every command there is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { replyCommandDocs } from "../../../src/command/command-info/docs-reply";
import { replyCommandInfo } from "../../../src/command/command-info/info-reply";
import { CommandTable } from "../../../src/command/command-table";
import { ReplyWriter } from "../../../src/protocol/reply-writer";
import type { RawClient } from "../../support/raw-client";
import { realCommandSpecs } from "../../support/real-command-specs";
import { REAL_SERVER, ServerProcess } from "../../support/server-process";

const OUTPUT_BYTES = 1 << 20;

function written(resp3: boolean, write: (reply: ReplyWriter) => void): string {
  const output = Buffer.alloc(OUTPUT_BYTES);
  const reply = new ReplyWriter(output, new Uint32Array(64), () => undefined);
  reply.resp3 = resp3;
  reply.begin(0);
  write(reply);
  return output.toString("latin1", 0, reply.position);
}

/** Subcommands come in the order of a hash whose key is random; each is compared by itself, too. */
function sortedLines(bytes: string): string {
  return bytes.split("\r\n").sort().join("\n");
}

/** Both protocols, each command alone. */
async function compareAll(client: RawClient, subject: "INFO" | "DOCS"): Promise<number> {
  const table = new CommandTable(await realCommandSpecs(client));
  let compared = 0;
  for (const resp3 of [true, false]) {
    await client.command("HELLO", resp3 ? "3" : "2");
    for (const command of table.all()) {
      const expected = await client.command("COMMAND", subject, command.fullName);
      const ours = written(resp3, (reply) => {
        if (subject === "INFO") {
          reply.array(1);
          replyCommandInfo(reply, command);
        } else {
          reply.map(1);
          replyCommandDocs(reply, command);
        }
      });
      const isContainer = command.subcommands !== undefined;
      const inOrder = (bytes: string): string => (isContainer ? sortedLines(bytes) : bytes);
      assert.equal(inOrder(ours), inOrder(expected.toString("latin1")), command.fullName);
      compared++;
    }
  }
  return compared;
}

test("COMMAND INFO of every command of a real server comes out in the same bytes", async (t) => {
  const real = await ServerProcess.start({ program: REAL_SERVER }, t);
  const client = await real.client();
  const compared = await compareAll(client, "INFO");
  assert.ok(compared > 700, `${compared} compared`);
  await client.close();
});

test("COMMAND DOCS of every command of a real server comes out in the same bytes", async (t) => {
  const real = await ServerProcess.start({ program: REAL_SERVER }, t);
  const client = await real.client();
  const compared = await compareAll(client, "DOCS");
  assert.ok(compared > 700, `${compared} compared`);
  await client.close();
});
