// A copy that takes longer to be loaded than either side may be silent: the link lasts, one copy is
// enough, and clients of the replica are answered meanwhile.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { assertEqualData, field, startReplica } from "./pair";

const KEYS = 1500;
/** With its delay the load takes three seconds and more. */
const KEY_LOAD_DELAY_US = 2000;
const DEADLINE = { timeoutMs: 40_000 };

suite("a load that takes longer than repl-timeout", { concurrency: 2 }, () => {
  for (const program of [REAL_SERVER, OUR_SERVER]) {
    for (const load of ["disabled", "on-empty-db"]) {
      test(`repl-diskless-load ${load}, from ${program}`, async (t) => {
        const config = {
          save: "",
          "enable-debug-command": "yes",
          "repl-diskless-sync-delay": 0,
          "repl-ping-replica-period": 1,
          "repl-timeout": 2,
          "shutdown-timeout": 0,
        };
        const master = await ServerProcess.start({ program, config }, t);
        const writer = await master.client();
        await writer.call("DEBUG", "POPULATE", String(KEYS), "key", "400");
        const replica = await startReplica(t, master.port, {
          "repl-diskless-load": load,
          "repl-timeout": 2,
          "key-load-delay": KEY_LOAD_DELAY_US,
        });
        const reader = await replica.client();
        const is = async (section: string, name: string, value: string) =>
          (await field(reader, section, name)) === value;
        await waitFor("loading", () => is("persistence", "loading", "1"), DEADLINE);
        await waitFor("the link", () => is("replication", "master_link_status", "up"), DEADLINE);
        await assertEqualData(writer, reader);
        assert.equal(await field(writer, "stats", "sync_full"), "1");
        assert.doesNotMatch(master.logs(), /Disconnecting timedout replica/);
        await Promise.all([writer.close(), reader.close()]);
      });
    }
  }
});
