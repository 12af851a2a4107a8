// How the pipeline measures: short commands in runs, everything else alone.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { Arguments } from "../../../src/command/arguments";
import { Call } from "../../../src/command/call";
import { STAT_CALLS, STAT_USEC } from "../../../src/command/command";
import { CommandTable } from "../../../src/command/command-table";
import { Pipeline } from "../../../src/command/pipeline";
import type { CommandFlag, CommandSpec } from "../../../src/command/spec";
import { nameHash } from "../../../src/protocol/name-hash";
import { ReplyWriter } from "../../../src/protocol/reply-writer";

const STEP_US = 10;
const LONG_BYTES = 70_000;

function spec(name: string, more: Partial<CommandSpec<Call>>): CommandSpec<Call> {
  return {
    name,
    arity: -1,
    flags: [],
    group: "generic",
    since: "1.0.0",
    summary: "",
    complexity: "",
    handler: () => undefined,
    ...more,
  };
}

const FAST: readonly CommandFlag[] = ["fast"];
const SPECS = [
  spec("fast", { flags: FAST }),
  spec("quick", { isConstantTime: true }),
  spec("other", { flags: FAST }),
  spec("slow", {}),
  spec("login", { flags: ["fast", "no_auth"] }),
];

describe("measured runs", () => {
  let nowUs: number;
  let runs: string[];
  let pipeline: Pipeline<Call>;
  let call: Call;

  beforeEach(() => {
    nowUs = 0;
    runs = [];
    const args = new Arguments(new Uint8Array(1 << 20), new Uint32Array(4096));
    const reply = new ReplyWriter(new Uint8Array(1024), new Uint32Array(64), () => undefined);
    call = new Call(args, reply);
    call.client = { gates: 0 };
    pipeline = new Pipeline(new CommandTable(SPECS), [], {
      monotonicUs: () => nowUs,
      onRun: (_call, command, run) => {
        const count = `${run.argumentsBase}+${run.argumentCount}`;
        runs.push(`${command.fullName} x${run.calls} ${run.durationUs}us ${count}`);
      },
      onError: () => undefined,
      onCrash: (_call, error) => {
        throw error;
      },
    });
    pipeline.beginTurn();
  });

  /** Runs a command whose arguments begin at a table word of their own. */
  function execute(name: string, base: number, ...lengths: number[]): void {
    const bytes = Buffer.from(name);
    call.args.input.set(bytes, 0);
    [bytes.length, ...lengths].forEach((length, index) => {
      call.args.table[base + index * 2] = 0;
      call.args.table[base + index * 2 + 1] = length;
    });
    call.args.set(base, lengths.length + 1);
    nowUs += STEP_US;
    pipeline.execute(call, nameHash(bytes, 0, bytes.length));
  }

  function ended(): string[] {
    pipeline.endRun(call);
    return runs;
  }

  test("consecutive calls of one short command are one run, told with its last call", () => {
    execute("fast", 0, 1);
    execute("fast", 10, 1);
    execute("fast", 20, 1, 1);
    execute("quick", 30);
    execute("quick", 40);
    execute("other", 50);
    execute("fast", 60);
    assert.deepEqual(ended(), [
      "fast x3 40us 20+3",
      "quick x2 20us 40+1",
      "other x1 10us 50+1",
      "fast x1 0us 60+1",
    ]);
  });

  test("other commands and those before a login are runs of their own", () => {
    for (const name of ["slow", "slow", "login", "login", "fast"]) execute(name, 0);
    assert.deepEqual(
      ended().map((run) => run.split(" ").slice(0, 2).join(" ")),
      ["slow x1", "slow x1", "login x1", "login x1", "fast x1"],
    );
  });

  test("a large argument or many arguments make a run of their own", () => {
    execute("fast", 0, 1);
    execute("fast", 10, 1, LONG_BYTES);
    execute("fast", 20, 1);
    execute("fast", 1000, ...new Array<number>(64).fill(1));
    execute("fast", 30, 1);
    assert.deepEqual(
      ended().map((run) => run.split(" ").at(-1)),
      ["0+2", "10+3", "20+2", "1000+65", "30+2"],
    );
  });

  test("a run ends after 64 calls", () => {
    for (let calls = 0; calls < 150; calls++) execute("fast", 0);
    assert.deepEqual(
      ended().map((run) => run.split(" ")[1]),
      ["x64", "x64", "x22"],
    );
  });

  test("every call is alone when somebody wants to know short ones", () => {
    pipeline.measuresAlone = true;
    for (let calls = 0; calls < 3; calls++) execute("fast", 0);
    assert.deepEqual(ended(), ["fast x1 10us 0+1", "fast x1 10us 0+1", "fast x1 10us 0+1"]);
  });

  test("sums of calls and time are exact", () => {
    for (let calls = 0; calls < 100; calls++) {
      execute("fast", 0);
      if (calls % 7 === 0) execute("slow", 0);
    }
    ended();
    const commands = [...pipeline.table.all()];
    const sum = (stat: number): number =>
      commands.reduce((total, { stats }) => total + (stats[stat] ?? 0), 0);
    assert.equal(sum(STAT_CALLS), 115);
    assert.equal(sum(STAT_USEC), nowUs);
    assert.equal(pipeline.commandsProcessed, 115);
  });
});
