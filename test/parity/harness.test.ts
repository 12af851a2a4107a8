// The parity harness itself: two real servers are equal to it, and a planted difference is found.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeReply } from "../support/reply";
import { REAL_SERVER, ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { sameReplies } from "./allowed-differences";
import { runScript } from "./parity";
import { lines, script } from "./script";
import { KEYSPACE_SCRIPTS } from "./scripts/keyspace";
import { SERVER_SCRIPTS } from "./scripts/server";
import { SESSION_SCRIPTS } from "./scripts/session";
import { missingInfoFields } from "./server-output-comparison";

const DEBUG = { "enable-debug-command": "yes" };

function startPair(cleanup: Cleanup, planted: readonly string[] = []) {
  const start = (args: readonly string[]) =>
    ServerProcess.start({ program: REAL_SERVER, config: DEBUG, args }, cleanup);
  return Promise.all([start(planted), start([])]);
}

test("two real servers are equal", async (t) => {
  const [ours, real] = await startPair(t);
  for (const parityScript of [...KEYSPACE_SCRIPTS, ...SESSION_SCRIPTS, ...SERVER_SCRIPTS]) {
    for (const protocol of parityScript.protocols) {
      const options = { digest: true, subjectIsReal: true };
      const differences = await runScript(parityScript, protocol, { ours, real }, options);
      assert.deepEqual(differences, [], parityScript.name);
    }
  }
});

test("a planted difference is told with the command and both replies", async (t) => {
  const planted = ["--rename-command", "GETDEL", "", "--proto-max-bulk-len", "2mb"];
  const [ours, real] = await startPair(t, planted);
  const plantedScript = script(
    "planted",
    lines`
      SET k v
      GETDEL k
      CONFIG GET proto-max-bulk-len
      [b] SETRANGE k 2500000 x
    `,
  );
  const differences = await runScript(plantedScript, 2, { ours, real }, { digest: true });
  assert.equal(differences.length, 4, differences.join("\n"));
  assert.match(
    differences[0] ?? "",
    /line 2: GETDEL k\n.*GETDEL.*\n {2}ours: "-ERR unknown command.*\n {2}real: "\$1/,
  );
  assert.match(differences[1] ?? "", /proto-max-bulk-len.*\n.*\n {2}ours: .*2097152/);
  assert.match(differences[2] ?? "", /exceeds maximum allowed size/);
  assert.match(differences[3] ?? "", /DIGEST/);
});

test("what ours must answer instead is held against ours only", async (t) => {
  const [ours, real] = await startPair(t);
  const newer = script("newer", 'CLIENT SETINFO lib-name x\n.ours "+OK\\r\\n"');
  const differences = await runScript(newer, 2, { ours, real }, {});
  assert.equal(differences.length, 1);
  assert.deepEqual(await runScript(newer, 2, { ours, real }, { subjectIsReal: true }), []);
});

test("allowed differences still compare what can be compared", () => {
  const same = (command: string, ours: string, real: string) =>
    sameReplies(
      command.split(" ").map((word) => Buffer.from(word)),
      Buffer.from(ours),
      Buffer.from(real),
    );
  assert.ok(same("KEYS *", "*2\r\n$1\r\na\r\n$1\r\nb\r\n", "*2\r\n$1\r\nb\r\n$1\r\na\r\n"));
  assert.ok(!same("KEYS *", "*1\r\n$1\r\na\r\n", "*2\r\n$1\r\nb\r\n$1\r\na\r\n"));
  assert.ok(!same("MGET a b", "*2\r\n$1\r\na\r\n$1\r\nb\r\n", "*2\r\n$1\r\nb\r\n$1\r\na\r\n"));
  assert.ok(same("TTL k", ":99\r\n", ":100\r\n"));
  assert.ok(!same("TTL k", ":-1\r\n", ":-2\r\n"));
  assert.ok(!same("TTL k", ":90\r\n", ":100\r\n"));
  assert.ok(!same("PTTL k", ":-1\r\n", ":1\r\n"));
  assert.ok(!same("CLIENT ID", "-ERR x\r\n", ":1\r\n"));
  assert.ok(!same("CLIENT ID", "+1\r\n", ":1\r\n"));
  assert.ok(
    same("CONFIG GET p*", "*2\r\n$4\r\nport\r\n$1\r\n1\r\n", "*2\r\n$4\r\nport\r\n$1\r\n2\r\n"),
  );
  assert.ok(
    !same("CONFIG GET h*", "*2\r\n$2\r\nhz\r\n$1\r\n1\r\n", "*2\r\n$2\r\nhz\r\n$1\r\n2\r\n"),
  );
  assert.ok(same("CLIENT INFO", "$14\r\nid=1 db=0 fd=2\r\n", "$14\r\nid=2 db=0 fd=1\r\n"));
  assert.ok(!same("CLIENT INFO", "$9\r\nid=1 db=1\r\n", "$9\r\nid=2 db=0\r\n"));
});

test("missing fields of INFO are named", () => {
  const reply = (text: string) => decodeReply(Buffer.from(`$${text.length}\r\n${text}\r\n`));
  const real = reply("# Server\r\nredis_version:7\r\nhz:10\r\n\r\n# CPU\r\nused_cpu_sys:1\r\n");
  const ours = reply("# Server\r\nredis_version:7\r\nours:1\r\n");
  assert.deepEqual(missingInfoFields(ours, real), ["# Server hz", "# CPU"]);
});
