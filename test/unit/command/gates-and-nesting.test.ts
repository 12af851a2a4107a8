// Gates that stop, refuse or are only told; commands run within others; what counts for whom.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { Arguments } from "../../../src/command/arguments";
import { Call } from "../../../src/command/call";
import { STAT_CALLS, STAT_FAILED, STAT_REJECTED, STAT_USEC } from "../../../src/command/command";
import { CommandTable } from "../../../src/command/command-table";
import { type Gate, Pipeline } from "../../../src/command/pipeline";
import type { CommandSpec } from "../../../src/command/spec";
import { nameHash } from "../../../src/protocol/name-hash";
import { ReplyWriter } from "../../../src/protocol/reply-writer";

const OUTPUT_BYTES = 1 << 16;

function spec(name: string, handler: (call: Call) => void): CommandSpec<Call> {
  return {
    name,
    arity: -1,
    flags: [],
    group: "generic",
    since: "1.0.0",
    summary: "",
    complexity: "",
    handler,
  };
}

describe("gates and nested commands", () => {
  let nowUs: number;
  let told: string[];
  let errors: string[];
  let output: string;
  let pipeline: Pipeline<Call>;
  let call: Call;
  let reply: ReplyWriter;

  function gate(name: string, more: Partial<Gate<Call>>): Gate<Call> {
    return { name, appliesTo: ({ spec: { name: of } }) => of !== "free", ...more };
  }

  /** Runs a command within the one that is being run, which goes on afterwards. */
  function within(name: string): void {
    const { command } = call;
    const inner = pipeline.table.find(name);
    assert.ok(inner);
    call.command = inner as typeof command;
    pipeline.runNested(call, inner);
    call.command = command;
  }

  const specs = [
    spec("fine", () => {
      nowUs += 10;
      reply.ok();
    }),
    spec("fails", () => {
      nowUs += 5;
      reply.error("ERR failed");
    }),
    spec("waits", () => {
      nowUs += 7;
      call.hasBlocked = true;
    }),
    spec("free", () => reply.ok()),
    spec("both", () => {
      pipeline.beginNested();
      within("fine");
      within("fails");
      within("waits");
    }),
  ];

  beforeEach(() => {
    nowUs = 0;
    told = [];
    errors = [];
    output = "";
    const memory = new Uint8Array(OUTPUT_BYTES);
    const runs = new Uint32Array(1024);
    const args = new Arguments(new Uint8Array(1 << 20), new Uint32Array(4096));
    reply = new ReplyWriter(memory, runs, (count) => {
      for (let run = 0; run < count; run++) {
        const [, , offset = 0, length = 0] = runs.subarray(run * 4);
        output += Buffer.from(memory.slice(offset, offset + length)).toString("latin1");
      }
    });
    call = new Call(args, reply);
    call.client = { gates: 0 };
    const gates = [
      gate("refusing", {
        stops: () => {
          reply.error("DENIED no");
          return true;
        },
      }),
      gate("delaying", { stops: () => told.push("delayed") > 0 }),
      gate("open", { stops: () => false, ran: () => void told.push("open") }),
      gate("watching", {
        ran: ({ command }) => void told.push(`ran ${command.fullName}`),
        ranWithin: ({ command }) => void told.push(`within ${command.fullName}`),
      }),
    ];
    pipeline = new Pipeline(new CommandTable(specs), gates, {
      monotonicUs: () => nowUs,
      onRun: (_call, command, run) =>
        void told.push(`${command.fullName} x${run.calls} ${run.durationUs}us`),
      onError: () => void errors.push(reply.lastError),
      onCrash: (_call, error) => {
        throw error;
      },
      refusal: (_call, command, text) => `${text} (${command?.fullName ?? "none"})`,
    });
  });

  function run(...words: string[]): string {
    const { input, table } = call.args;
    let at = 0;
    words.forEach((word, index) => {
      input.set(Buffer.from(word), at);
      table.set([at, word.length], 5 + index * 2);
      at += word.length;
    });
    call.args.set(5, words.length);
    output = "";
    reply.begin(0);
    pipeline.execute(call, nameHash(input, 0, words[0]?.length ?? 0));
    pipeline.endRun(call);
    reply.flush();
    return output;
  }

  function stats(name: string): number[] {
    const found = pipeline.table.find(name)?.stats ?? [];
    return [STAT_CALLS, STAT_USEC, STAT_FAILED, STAT_REJECTED].map((at) => found[at] ?? 0);
  }

  test("a gate that only watches stops nothing and is told", () => {
    pipeline.setGate("watching", true);
    assert.equal(run("fine"), "+OK\r\n");
    assert.deepEqual(told, ["fine x1 10us", "ran fine"]);
    told = [];
    assert.equal(run("free"), "+OK\r\n");
    assert.ok(!told.includes("ran free"));
  });

  test("a refusal is replied once, in the words of the hook, and counted", () => {
    pipeline.setGate("refusing", true);
    pipeline.setGate("watching", true);
    assert.equal(run("fine"), "-DENIED no (fine)\r\n");
    assert.deepEqual(errors, ["DENIED no (fine)"]);
    assert.deepEqual(stats("fine"), [0, 0, 0, 1]);
    assert.deepEqual(told, []);
    assert.equal(run("nosuch").includes("(none)"), true);
    assert.equal(run("free"), "+OK\r\n");
  });

  test("a refusal is replied once also where the output is nearly full", () => {
    pipeline.setGate("refusing", true);
    for (const left of [0, 1, 10, 50, 100, 4095, 4096, 4097]) {
      reply.begin(1);
      output = "";
      reply.raw(new Uint8Array(OUTPUT_BYTES - left));
      const { input, table } = call.args;
      input.set(Buffer.from("fine"));
      table.set([0, 4], 5);
      call.args.set(5, 1);
      pipeline.execute(call, nameHash(input, 0, 4));
      reply.flush();
      assert.equal(output.slice(OUTPUT_BYTES - left), "-DENIED no (fine)\r\n", `${left} left`);
    }
  });

  test("what a gate puts off is no refusal", () => {
    pipeline.setGate("delaying", true);
    assert.equal(run("fine"), "");
    assert.deepEqual([errors, told], [[], ["delayed"]]);
    assert.deepEqual(stats("fine"), [0, 0, 0, 0]);
  });

  test("commands within another count for themselves, errors too, time for both", () => {
    pipeline.setGate("watching", true);
    pipeline.beginTurn();
    run("both");
    assert.deepEqual(stats("fine"), [1, 10, 0, 0]);
    assert.deepEqual(stats("fails"), [1, 5, 1, 0]);
    assert.deepEqual(stats("waits"), [0, 0, 0, 0]);
    assert.deepEqual(stats("both"), [1, 22, 0, 0]);
    assert.deepEqual(errors, ["ERR failed"]);
    assert.deepEqual(told, [
      "within fine",
      "fine x1 10us",
      "within fails",
      "fails x1 5us",
      "within waits",
      "both x1 22us",
      "ran both",
    ]);
  });

  test("a command that waits counts when it is over", () => {
    pipeline.beginTurn();
    run("waits");
    assert.deepEqual(stats("waits"), [0, 0, 0, 0]);
    assert.equal(call.hasBlocked, false);
    run("fine");
    assert.deepEqual(stats("fine"), [1, 10, 0, 0]);
    const waits = pipeline.table.find("waits");
    assert.ok(waits);
    pipeline.beginNested();
    pipeline.runNested(call, waits, () => {
      nowUs += 3;
      reply.error("ERR over");
    });
    assert.deepEqual(stats("waits"), [1, 3, 1, 0]);
  });
});
