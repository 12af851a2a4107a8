// The same Sentinel configurations to our reading and to a real redis-sentinel 7.0: the same words
// when it refuses, the same lines when it rewrites; and each reads what the other has written.
// Where ours differs on purpose, the case says so.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { REWRITE_MARK } from "../../../../src/config/rewrite-lines";
import { rewriteSentinel } from "../../../../src/sentinel/state/rewrite-sentinel";
import { runProgram } from "../../../support/run-program";
import { REAL_SENTINEL, ServerProcess } from "../../../support/server-process";
import { type Cleanup, tempDir } from "../../../support/temp-dir";
import { waitFor } from "../../../support/wait-for";
import { ID_A, loadText, modelOf, modelOrProblem, sentinelPart } from "./state-rig";

const MONITOR = "sentinel monitor m 127.0.0.1 6399 2\n";

/** Texts that both refuse. */
const REFUSED: readonly string[] = [
  "sentinel monitor m 127.0.0.1 6399 0",
  "sentinel monitor m 127.0.0.1 6399 x",
  "sentinel monitor m 127.0.0.1 70000 2",
  "sentinel monitor m 127.0.0.1 -1 2",
  "sentinel monitor m nosuch.host.invalid 6399 2",
  "sentinel monitor m 127.0.0.1 6399",
  "sentinel monitor m 127.0.0.1 6399 2 3",
  "sentinel foo",
  "sentinel foo bar",
  "sentinel down-after-milliseconds m 500",
  "sentinel myid abc",
  "sentinel myid",
  "sentinel deny-scripts-reconfig maybe",
  "sentinel resolve-hostnames maybe",
  "sentinel announce-hostnames maybe",
  "sentinel announce-ip",
  "sentinel announce-ip a b",
  "sentinel current-epoch",
  `${MONITOR}\n# x\nsentinel down-after-milliseconds m 0`,
  `${MONITOR}sentinel down-after-milliseconds m`,
  `${MONITOR}sentinel down-after-milliseconds m 5 6`,
  `${MONITOR}sentinel failover-timeout m -1`,
  `${MONITOR}sentinel failover-timeout m x`,
  `${MONITOR}sentinel notification-script m /nonexist`,
  `${MONITOR}sentinel client-reconfig-script m /nonexist`,
  `${MONITOR}sentinel known-replica m nosuch.host.invalid 7001`,
  `${MONITOR}sentinel known-replica m 127.0.0.1 99999`,
  `${MONITOR}sentinel known-replica m 127.0.0.1`,
  `${MONITOR}sentinel known-sentinel m 127.0.0.1 99999 aa`,
  `${MONITOR}sentinel known-sentinel m 127.0.0.1`,
  `${MONITOR}sentinel rename-command m config a\nsentinel rename-command m CONFIG b`,
  `${MONITOR}sentinel rename-command m CONFIG`,
  `${MONITOR}sentinel master-reboot-down-after-period m -1`,
  `${MONITOR}${MONITOR}`,
  `${MONITOR}sentinel config-epoch x 1`,
  `${MONITOR}sentinel leader-epoch m`,
  // The order in which wrong lines are found: those about itself, monitor, the rest.
  "sentinel down-after-milliseconds m 500\nsentinel monitor m 1 2 0\nsentinel myid x",
  "sentinel down-after-milliseconds m 500\nsentinel monitor m 127.0.0.1 2 0",
];

const MY_ID = `sentinel myid ${"c".repeat(40)}\n`;
const FULL = `# mine
${MY_ID}
sentinel monitor m 127.0.0.1 6399 2

# about times
sentinel down-after-milliseconds m 5000x
sentinel failover-timeout m 1000
sentinel parallel-syncs m 4
sentinel notification-script m /bin/true
sentinel client-reconfig-script m /bin/true
sentinel auth-pass m ghost+db@hz2016
sentinel auth-user m bob
sentinel master-reboot-down-after-period m 5
sentinel config-epoch m 7
sentinel leader-epoch m 8
sentinel known-replica m 127.0.0.1 1
sentinel known-sentinel m 127.0.0.1 2 ${ID_A}
sentinel rename-command m CONFIG guess
sentinel current-epoch 9
sentinel announce-ip 1.2.3.4
sentinel announce-port 99
sentinel sentinel-user u
sentinel sentinel-pass p
# about names
sentinel resolve-hostnames yes
sentinel announce-hostnames no
sentinel deny-scripts-reconfig no
# end
`;

/** Texts that both rewrite to the same lines. */
const REWRITTEN: readonly string[] = [
  `${MY_ID}${MONITOR}`,
  FULL,
  // Without their places, so that all lines are new: the order of a rewrite.
  `${FULL.split("\n").reverse().join("\n")}`,
  `${MY_ID}${MONITOR}sentinel down-after-milliseconds m 30000\nsentinel failover-timeout m 180000
sentinel parallel-syncs m 1\nsentinel announce-port 0\nsentinel announce-ip ""\n# x\n`,
  `${MY_ID}${MONITOR}sentinel parallel-syncs m -3\nsentinel known-sentinel m 127.0.0.1 5\n`,
  `${MY_ID}sentinel known-sentinel m ::1 2 ${ID_A}\nsentinel monitor m ::1 6399 2\n`,
];

async function rewrittenByReal(text: string, cleanup: Cleanup): Promise<string> {
  const dir = tempDir(cleanup);
  const file = join(dir, "redis.conf");
  const options = { program: REAL_SENTINEL, dir, configFile: text };
  const server = await ServerProcess.start(options, cleanup);
  const client = await server.client();
  assert.equal(await client.call("SENTINEL", "FLUSHCONFIG"), "OK");
  await client.close();
  const written = await waitFor("the file is written", () => {
    const found = readFileSync(file, "latin1");
    return Promise.resolve(found.includes("sentinel current-epoch") ? found : undefined);
  });
  await server.stop();
  return written;
}

function rewrittenByUs(text: string): string {
  const { config } = loadText(text);
  return rewriteSentinel({ oldText: text, config, users: [], model: modelOf(text) });
}

/** Lines above the mark as they stand, those below it too, without empty lines. */
function comparable(text: string): string[] {
  const lines = sentinelPart(text).split("\n");
  return lines.filter((line) => line !== "" && line !== REWRITE_MARK);
}

describe("beside a real Sentinel", () => {
  it("refuses the same texts in the same words", async (t) => {
    const dir = tempDir(t);
    const file = join(dir, "s.conf");
    for (const text of REFUSED) {
      writeFileSync(file, `${text}\n`);
      const { stderr, code } = await runProgram(REAL_SENTINEL, [file, "--port", "0"], { cwd: dir });
      assert.equal(code, 1, text);
      const problem = modelOrProblem(`${text}\n`);
      assert.ok("text" in problem, text);
      assert.equal(problem.form, "block");
      const versionless = (block: string): string => block.replace(/Redis \d+\.\d+\.\d+/, "Redis");
      assert.equal(versionless(problem.text), versionless(stderr), text);
    }
  });

  for (const [index, text] of REWRITTEN.entries()) {
    it(`rewrites to the same lines (${index})`, async (t) => {
      const real = await rewrittenByReal(text, t);
      assert.deepEqual(comparable(rewrittenByUs(text)), comparable(real));
    });
  }

  it("is read by the real one, which has then nothing to change", async (t) => {
    const ours = rewrittenByUs(FULL.replace("sentinel auth-pass m ghost+db@hz2016\n", ""));
    assert.deepEqual(comparable(await rewrittenByReal(ours, t)), comparable(ours));
  });

  it("reads what the real one has written, also where that writes old lines and new ones", async (t) => {
    const text = `${MY_ID}${MONITOR}sentinel known-slave m 127.0.0.1 7001\n`;
    const real = await rewrittenByReal(text, t);
    assert.match(real, /known-slave m 127.0.0.1 7001\n(.*\n)*.*known-replica m 127.0.0.1 7001\n/);
    assert.equal(modelOf(real).masters.get("m")?.replicas.size, 1);
    const ours = rewrittenByUs(real);
    assert.equal(ours.match(/127\.0\.0\.1 7001/g)?.length, 1);
    assert.deepEqual(comparable(await rewrittenByReal(ours, t)), comparable(ours));
  });
});
