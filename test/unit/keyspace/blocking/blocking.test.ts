// Waiting for keys: who is served, from which key, when, and what is left behind.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BlockingRig } from "./blocking-rig";

function rigWith(clients: number) {
  const rig = new BlockingRig();
  return { rig, joined: Array.from({ length: clients }, (_, slot) => rig.join(slot)) };
}

describe("waiting for keys", () => {
  test("who finds something does not wait", () => {
    const { rig, joined } = rigWith(1);
    const [a] = joined;
    rig.run(a, "put k");
    assert.equal(rig.run(a, "take j k 0"), "$1\r\nk\r\n");
    assert.equal(rig.blocking.count, 0);
    assert.equal(a.held, false);
  });

  test("clients are served in the order in which they began to wait", () => {
    const { rig, joined } = rigWith(4);
    const [a, b, c, writer] = joined;
    for (const client of [b, a, c]) assert.equal(rig.run(client, "take k 0"), "");
    assert.equal(rig.blocking.count, 3);
    for (const client of [b, a, c]) {
      assert.equal(client.held, true);
      assert.equal(rig.run(writer, "put k"), "+OK\r\n");
      assert.equal(rig.take(client), "$1\r\nk\r\n");
      assert.equal(client.held, false);
    }
    assert.deepEqual([rig.blocking.count, rig.blocking.keyCount, rig.pipeline.gates], [0, 0, 0]);
    assert.equal(rig.run(writer, "exists k"), ":0\r\n");
  });

  test("of several keys made at once the one written first is taken from", () => {
    const { rig, joined } = rigWith(2);
    const [a, writer] = joined;
    rig.run(a, "take k1 k2 k1 0");
    rig.run(writer, "put k2 k1");
    assert.equal(rig.take(a), "$2\r\nk2\r\n");
    assert.equal(rig.run(writer, "exists k1 k2"), ":1\r\n");
    assert.equal(rig.blocking.keyCount, 0);
  });

  test("serving makes other keys ready, round and round", () => {
    const { rig, joined } = rigWith(4);
    const [a, b, c, writer] = joined;
    rig.run(a, "take k3 0");
    rig.run(b, "shift k2 k3 0");
    rig.run(c, "shift k1 k2 0");
    rig.run(writer, "put k1");
    assert.deepEqual(
      [a, b, c].map((one) => rig.take(one)),
      ["$2\r\nk3\r\n", "+OK\r\n", "+OK\r\n"],
    );
    assert.equal(rig.run(writer, "exists k1 k2 k3"), ":0\r\n");
  });

  test("a key of another type is waited on, and found when it is right", () => {
    const { rig, joined } = rigWith(2);
    const [a, writer] = joined;
    rig.run(a, "take k 0");
    rig.run(writer, "set k text");
    assert.equal(rig.take(a), "");
    rig.run(writer, "put other");
    rig.run(writer, "rename other k");
    assert.equal(rig.take(a), "$1\r\nk\r\n");
    assert.match(rig.run(writer, "set k text"), /OK/);
    assert.match(rig.run(a, "take k 0"), /^-WRONGTYPE/);
  });

  test("keys made by other commands count: COPY, MOVE, SWAPDB", () => {
    const { rig, joined } = rigWith(2);
    const [a, writer] = joined;
    rig.run(writer, "put source");
    rig.run(a, "take copied 0");
    rig.run(writer, "copy source copied");
    assert.equal(rig.take(a), "$6\r\ncopied\r\n");
    writer.db = 1;
    rig.run(writer, "put moved");
    rig.run(a, "take moved 0");
    rig.run(writer, "move moved 0");
    assert.equal(rig.take(a), "$5\r\nmoved\r\n");
    rig.run(writer, "put swapped");
    rig.run(a, "take swapped 0");
    rig.run(writer, "swapdb 0 1");
    assert.equal(rig.take(a), "$7\r\nswapped\r\n");
  });

  test("a database has its own keys", () => {
    const { rig, joined } = rigWith(2);
    const [a, writer] = joined;
    rig.run(a, "take k 0");
    writer.db = 1;
    rig.run(writer, "put k");
    assert.equal(rig.take(a), "");
    writer.db = 0;
    rig.run(writer, "put k");
    assert.equal(rig.take(a), "$1\r\nk\r\n");
  });

  test("a signal serves who waits on a value that exists, with its arguments replaced", () => {
    const { rig, joined } = rigWith(2);
    const [a, writer] = joined;
    rig.run(writer, "put k");
    rig.run(a, "follow k now");
    assert.equal(rig.blocking.keyCountWhenGone, 1);
    rig.run(writer, "signal k");
    assert.equal(rig.take(a), "$10\r\nremembered\r\n");
    assert.equal(rig.blocking.keyCountWhenGone, 0);
  });

  for (const end of ["del k", "set k text", "flushall", "rename k j", "swapdb 0 1", "move k 1"]) {
    test(`a key that is gone by ${end} is told to who asked for that`, () => {
      const { rig, joined } = rigWith(3);
      const [a, b, writer] = joined;
      rig.run(writer, "put k");
      rig.run(a, "follow k now");
      rig.run(b, "take none 0");
      rig.run(writer, end);
      assert.match(rig.take(a), end === "set k text" ? /remembered/ : /^-GONE/);
      assert.equal(b.held, true);
    });
  }

  test("an expired key is told, too", () => {
    const { rig, joined } = rigWith(2);
    const [a, writer] = joined;
    rig.run(writer, "put k");
    rig.run(writer, "pexpire k 10");
    rig.run(a, "follow k now");
    rig.take(a);
    rig.keyspace.setTime(rig.keyspace.nowMs + 20);
    rig.run(writer, "exists k");
    assert.match(rig.take(a), /^-GONE/);
  });

  test("where nobody may wait the reply is nothing", () => {
    const { rig, joined } = rigWith(1);
    const [a] = joined;
    rig.call.mayBlock = false;
    assert.equal(rig.run(a, "take k 0"), "*-1\r\n");
    assert.equal(rig.run(a, "shift k j 0"), "$-1\r\n");
    assert.equal(rig.blocking.count, 0);
  });

  test("a client that leaves is not served", () => {
    const { rig, joined } = rigWith(3);
    const [a, b, writer] = joined;
    rig.run(a, "take k 1");
    rig.run(b, "take k 1");
    rig.clients.close(a);
    assert.equal(rig.blocking.count, 1);
    rig.run(writer, "put k");
    assert.equal(rig.take(a), "");
    assert.equal(rig.take(b), "$1\r\nk\r\n");
    rig.pass(5000);
    assert.equal(rig.take(a), "");
  });
});

test("a client that leaves while it is served is forgotten once", () => {
  const { rig, joined } = rigWith(4);
  const [a, b, c, writer] = joined;
  a.name = "fragile";
  rig.run(a, "take k j 1");
  rig.run(b, "take k 1");
  rig.run(c, "follow k x");
  rig.run(writer, "put k");
  assert.equal(rig.run(writer, "put k"), "+OK\r\n");
  assert.equal(rig.take(b), "$1\r\nk\r\n");
  assert.deepEqual([rig.blocking.count, rig.blocking.keyCount, rig.blocking.timedCount], [0, 0, 0]);
});

test("one that goes on waiting does not wake itself", () => {
  const { rig, joined } = rigWith(4);
  const [a, b, c, writer] = joined;
  rig.run(a, "restless k");
  rig.run(b, "restless k");
  rig.run(c, "take k 0");
  rig.run(writer, "put k");
  assert.equal(rig.take(c), "$1\r\nk\r\n");
  rig.run(writer, "put k");
  assert.equal(rig.blocking.count, 2);
});

test("a wait that is over leaves nothing of its request to the next one", () => {
  const { rig, joined } = rigWith(2);
  const [a, writer] = joined;
  for (const keys of ["k1 k2 k3", "other", "x y", `${"long".repeat(2000)} k`, "k k k"]) {
    const last = keys.split(" ").at(-1) ?? "";
    rig.run(a, `take ${keys} 0`);
    rig.run(writer, `put ${last}`);
    assert.equal(rig.take(a), `$${last.length}\r\n${last}\r\n`);
  }
});

describe("the time is over", () => {
  test("each at its time, also when another is served or leaves before", () => {
    const { rig, joined } = rigWith(5);
    const [a, b, c, d, writer] = joined;
    rig.run(a, "take k 0.3");
    rig.run(b, "take k 0.1");
    rig.run(c, "shift k j 0.2");
    rig.run(d, "take other 0.15");
    rig.pass(99);
    assert.deepEqual(
      [a, b, c, d].map((one) => rig.take(one)),
      ["", "", "", ""],
    );
    rig.pass(1);
    assert.equal(rig.take(b), "*-1\r\n");
    assert.equal(b.held, false);
    rig.run(writer, "put other");
    assert.equal(rig.take(d), "$5\r\nother\r\n");
    rig.pass(100);
    assert.equal(rig.take(c), "*-1\r\n");
    rig.pass(99);
    assert.equal(rig.take(a), "");
    rig.pass(1);
    assert.equal(rig.take(a), "*-1\r\n");
    assert.deepEqual(
      [rig.blocking.count, rig.blocking.timedCount, rig.blocking.keyCount],
      [0, 0, 0],
    );
  });

  test("a longer wait is not ended by the timer of a shorter one that was served", () => {
    const { rig, joined } = rigWith(3);
    const [a, b, writer] = joined;
    rig.run(a, "take k 0.1");
    rig.run(b, "take j 0.2");
    rig.run(writer, "put k");
    assert.equal(rig.take(a), "$1\r\nk\r\n");
    rig.pass(150);
    assert.equal(rig.take(b), "");
    rig.pass(50);
    assert.equal(rig.take(b), "*-1\r\n");
  });

  test("UNBLOCK ends a wait as time does, or with an error", () => {
    const { rig, joined } = rigWith(3);
    const [a, b, other] = joined;
    rig.run(a, "take k 0");
    rig.run(b, "take k 0");
    rig.call.client = other;
    assert.equal(rig.blocking.unblock(a, false), true);
    assert.equal(rig.blocking.unblock(b, true), true);
    assert.equal(rig.blocking.unblock(b, true), false);
    rig.run(other, "exists k");
    assert.equal(rig.take(a), "*-1\r\n");
    assert.equal(rig.take(b), "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
  });

  test("a call counts when it is over, once", () => {
    const { rig, joined } = rigWith(4);
    const [a, b, c, writer] = joined;
    for (const client of [a, b, c]) rig.run(client, "take k 0.1");
    assert.equal(rig.pipeline.table.find("take")?.stats[0], 0);
    rig.run(writer, "put k");
    assert.equal(rig.pipeline.table.find("take")?.stats[0], 1);
    rig.pass(100);
    assert.equal(rig.pipeline.table.find("take")?.stats[0], 3);
  });
});
