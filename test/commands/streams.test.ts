// What streams do that the real server of the parity scripts cannot show: commands and options newer
// than 7.0, large values, wide nodes, and input that must change nothing.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { ENTRY_VALUE, wordOf } from "../../src/keyspace/entry";
import { forEachEntry } from "../../src/structures/dict-walk";
import { streamCommands } from "../../src/types/stream/stream-commands";
import { StreamLimits } from "../../src/types/stream/stream-limits";
import { streamType } from "../../src/types/stream/stream-type";
import { verifyStream } from "../../src/types/stream/stream-verify";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { decodeReply, type Reply } from "../support/reply";
import type { Argument } from "../support/resp-encode";

class Streams {
  readonly limits = new StreamLimits();
  readonly engine = new CommandEngine({
    commands: [...streamCommands(this.limits), ...keyspaceCommands],
    types: [stringType, streamType],
    poison: true,
  });

  run(...words: readonly Argument[]): Reply {
    return decodeReply(this.engine.run(...words));
  }

  /** One line of words. */
  line(text: string): Reply {
    return this.run(...text.split(" "));
  }

  verify(): void {
    const { memory, call } = this.engine;
    forEachEntry(memory, call.db.dict.ref, (entry) => {
      verifyStream(memory, wordOf(memory, entry, ENTRY_VALUE));
    });
  }
}

function filled(...groups: readonly string[]): Streams {
  const streams = new Streams();
  for (let i = 1; i <= 4; i++) streams.line(`XADD s ${i}-0 f ${i}`);
  for (const group of groups) streams.line(`XGROUP CREATE s ${group} 0`);
  return streams;
}

describe("XDELEX", () => {
  test("keeps, deletes or minds what is pending", () => {
    const streams = filled("g", "h");
    streams.line("XREADGROUP GROUP g c COUNT 3 STREAMS s >");
    streams.line("XREADGROUP GROUP h c COUNT 3 STREAMS s >");
    streams.line("XACK s g 1-0 2-0");
    streams.line("XACK s h 1-0");
    // 2-0 is pending in h, and nobody has read 4-0.
    assert.deepEqual(streams.line("XDELEX s ACKED IDS 4 1-0 2-0 4-0 9-0"), [1, 2, 2, -1]);
    assert.deepEqual(streams.line("XDELEX s IDS 1 2-0"), [1]);
    assert.deepEqual((streams.line("XPENDING s h") as Reply[])[0], 2);
    assert.deepEqual(streams.line("XDELEX s DELREF IDS 1 3-0"), [1]);
    assert.deepEqual((streams.line("XPENDING s h") as Reply[])[0], 1);
    assert.deepEqual((streams.line("XPENDING s g") as Reply[])[0], 0);
    assert.equal(streams.line("XLEN s"), 1);
    streams.verify();
  });

  test("needs no group, and tells of each ID", () => {
    const streams = filled();
    assert.deepEqual(streams.line("XDELEX s ACKED IDS 2 1-0 1-0"), [1, -1]);
    assert.deepEqual(streams.line("XDELEX s KEEPREF IDS 1 2"), [1]);
    assert.deepEqual(streams.line("XDELEX none IDS 2 1 2"), [-1, -1]);
  });

  test("refuses wrong arguments and changes nothing", () => {
    const streams = filled();
    const errors = [
      ["XDELEX s IDS 0 1", "ERR Number of IDs must be a positive integer"],
      ["XDELEX s IDS x 1", "ERR Number of IDs must be a positive integer"],
      ["XDELEX s IDS 3 1 2", "ERR The `numids` parameter must match the number of arguments"],
      ["XDELEX s BAD IDS 1 1", "ERR syntax error"],
      ["XDELEX s KEEPREF DELREF IDS 1 1", "ERR syntax error"],
      ["XDELEX s IDS 2 1 x", "ERR Invalid stream ID specified as stream command argument"],
    ] as const;
    for (const [line, error] of errors) assert.deepEqual(streams.line(line), { error });
    assert.equal(streams.line("XLEN s"), 4);
  });
});

test("XACKDEL acknowledges, and deletes what nobody needs any more", () => {
  const streams = filled("g", "h");
  streams.line("XREADGROUP GROUP g c STREAMS s >");
  streams.line("XREADGROUP GROUP h c COUNT 1 STREAMS s >");
  assert.deepEqual(streams.line("XACKDEL s g ACKED IDS 3 1-0 2-0 9-0"), [2, 2, -1]);
  assert.deepEqual(streams.line("XACKDEL s h ACKED IDS 1 1-0"), [1]);
  assert.deepEqual(streams.line("XACKDEL s g IDS 2 3-0 3-0"), [1, -1]);
  assert.deepEqual(streams.line("XACKDEL s g DELREF IDS 1 4-0"), [1]);
  assert.deepEqual(streams.line("XACKDEL s none IDS 1 2-0"), [-1]);
  assert.equal(streams.line("XLEN s"), 1);
  streams.verify();
});

test("XREAD with + gives the last entry", () => {
  const streams = filled();
  const last = [["s", [["4-0", ["f", "4"]]]]];
  assert.deepEqual(streams.line("XREAD STREAMS s +"), last);
  assert.deepEqual(streams.line("XREAD COUNT 10 STREAMS s none + +"), last);
  streams.line("XDEL s 4-0");
  assert.deepEqual(streams.line("XREAD STREAMS s +"), [["s", [["3-0", ["f", "3"]]]]]);
  streams.line("XTRIM s MAXLEN 0");
  assert.equal(streams.line("XREAD STREAMS s +"), null);
});

test("a consumer that has got something is told from one that only asked", () => {
  const streams = filled("g");
  const startMs = streams.engine.call.nowMs;
  streams.line("XGROUP CREATECONSUMER s g idle");
  streams.line("XREADGROUP GROUP g busy COUNT 1 STREAMS s >");
  streams.engine.setNow(startMs + 500);
  streams.line("XREADGROUP GROUP g busy STREAMS s 0");
  streams.engine.setNow(startMs + 700);
  assert.deepEqual(streams.line("XINFO CONSUMERS s g"), [
    ["name", "busy", "pending", 1, "idle", 200, "inactive", 700],
    ["name", "idle", "pending", 0, "idle", 700, "inactive", -1],
  ]);
  const full = streams.line("XINFO STREAM s FULL") as Reply[];
  const group = (full.at(-1) as Reply[])[0] as Reply[];
  const idle = (group.at(-1) as Reply[])[1];
  const expected = ["name", "idle", "seen-time", startMs, "active-time", -1];
  assert.deepEqual(idle, [...expected, "pel-count", 0, "pending", []]);
});

test("a group keeps a consumer apart from all others, whatever its name", () => {
  const streams = filled("g");
  const names = ["", "a", "aa", "b", "__proto__", "\u0000", "constructor", "x".repeat(300)];
  for (let round = 0; round < 3; round++) {
    for (const name of names) streams.run("XGROUP", "CREATECONSUMER", "s", "g", name);
    for (const name of names.slice(0, 4)) streams.run("XGROUP", "DELCONSUMER", "s", "g", name);
    streams.verify();
  }
  const left = (streams.line("XINFO CONSUMERS s g") as Reply[][]).map((consumer) => consumer[1]);
  assert.deepEqual(left.map(String).sort(), names.slice(4).sort());
});

test("values of any size come back, in nodes of their own", () => {
  const streams = new Streams();
  const sizes = [0, 63, 64, 4095, 4096, 16_383, 16_384, 300_000];
  const values = sizes.map((size) => Buffer.alloc(size, `${size}.`));
  for (const value of values) streams.run("XADD", "s", "*", "f", value, value, "v");
  const entries = streams.line("XRANGE s - +") as [Reply, Reply[]][];
  entries.forEach(([, fields], i) => {
    assert.deepEqual(fields.map(String), ["f", String(values[i]), String(values[i]), "v"]);
  });
  streams.verify();
});

test("a node counts beyond a byte of entries, and loses them again", () => {
  const streams = new Streams();
  streams.limits.nodeMaxEntries = 0;
  streams.limits.nodeMaxBytes = 0;
  for (let i = 1; i <= 6000; i++) streams.line(`XADD s ${i}-1 f ${i}`);
  streams.verify();
  for (let i = 3; i <= 5000; i += 3) streams.line(`XDEL s ${i}-1`);
  streams.verify();
  assert.equal(streams.line("XLEN s"), 6000 - 1666);
  assert.equal(streams.line("XTRIM s MINID 5500"), 3833);
  streams.verify();
  const entries = streams.line("XRANGE s - + COUNT 1");
  assert.deepEqual(entries, [["5500-1", ["f", "5500"]]]);
});

test("a command with one wrong ID among many changes nothing", () => {
  const streams = filled("g");
  streams.line("XREADGROUP GROUP g c STREAMS s >");
  const error = "ERR Invalid stream ID specified as stream command argument";
  for (const line of ["XDEL s 1-0 2-0 x", "XACK s g 1-0 2-0 x", "XACKDEL s g IDS 2 1-0 x"]) {
    assert.deepEqual(streams.line(line), { error }, line);
  }
  assert.equal(streams.line("XLEN s"), 4);
  assert.equal((streams.line("XPENDING s g") as Reply[])[0], 4);
});

test("an entry with a smaller ID than one that was deleted before XSETID is found", () => {
  const streams = new Streams();
  for (const line of ["XADD s 470-0 f v", "XADD s 9000-0 f v", "XADD s 9000-5 f v"]) {
    streams.line(line);
  }
  streams.line("XDEL s 9000-0 9000-5");
  assert.equal(streams.line("XSETID s 474-0"), "OK");
  streams.verify();
  streams.line("XADD s 475-0 f v");
  streams.verify();
  assert.deepEqual(streams.line("XRANGE s 471 476"), [["475-0", ["f", "v"]]]);
  assert.equal(streams.line("XDEL s 475-0"), 1);
});

test("a node of nothing but deleted entries behind the last ID goes with them", () => {
  const streams = new Streams();
  for (const line of ["XADD s 5-0 f v", "XADD s 6-0 f v", "XDEL s 6-0", "XTRIM s MINID = 6"]) {
    streams.line(line);
  }
  assert.equal(streams.line("XSETID s 0-1"), "OK");
  streams.verify();
  streams.line("XADD s 1-0 f v");
  streams.line("XADD s 2-0 f v");
  streams.verify();
  assert.deepEqual(streams.line("XRANGE s 2 +"), [["2-0", ["f", "v"]]]);
  assert.equal(streams.line("XDEL s 1-0 2-0"), 2);
});
