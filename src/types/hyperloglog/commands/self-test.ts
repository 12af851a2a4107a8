import type { CommandSpec } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { selfTest } from "../self-test";

/** PFSELFTEST. */

function runSelfTest(call: DataCall): void {
  const wrong = selfTest();
  if (wrong === undefined) call.reply.ok();
  else call.reply.error(`TESTFAILED ${wrong}`);
}

export const selfTestCommand: CommandSpec<DataCall> = {
  name: "pfselftest",
  arity: 1,
  flags: ["admin"],
  group: "hyperloglog",
  since: "2.8.9",
  summary: "Tests HyperLogLogs on this machine.",
  complexity: "some 50 ms",
  isSystem: true,
  handler: runSelfTest,
};
