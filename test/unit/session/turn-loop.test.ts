// The turn loop on records written by hand: holding and resuming, replies that are switched off,
// clients that close in the middle of a turn.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CommandSpec } from "../../../src/command/spec";
import type { SessionCall } from "../../../src/session/session-call";
import { withSeed } from "../../support/seeds";
import { SessionRig } from "./session-rig";

/** Commands that write down who ran what, and one that blocks. */
function traced(trace: string[], rig: () => SessionRig): readonly CommandSpec<SessionCall>[] {
  const note = (call: SessionCall): void => {
    const { args, client } = call;
    trace.push(`${client.slot}:${args.text(1)}`);
    call.reply.bulkLatin1(args.text(1));
  };
  const wait = (call: SessionCall): void => {
    trace.push(`${call.client.slot}:wait`);
    rig().loop.hold(call.client, false);
  };
  const common = { group: "generic", since: "1.0.0", summary: "", complexity: "" } as const;
  return [
    { name: "note", arity: 2, flags: ["write"], handler: note, ...common },
    { name: "look", arity: 2, flags: ["readonly"], handler: note, ...common },
    { name: "wait", arity: 1, flags: [], handler: wait, ...common },
  ];
}

function tracedRig(): { rig: SessionRig; trace: string[] } {
  const trace: string[] = [];
  const rig: SessionRig = new SessionRig(traced(trace, () => rig));
  return { rig, trace };
}

describe("holding", () => {
  test("a client that blocks goes on behind the command that blocked", () => {
    const { rig, trace } = tracedRig();
    const client = rig.join(1);
    assert.equal(rig.exchange(1, "note a", "wait", "note b", "note c"), "$1\r\na\r\n");
    assert.deepEqual(trace, ["1:a", "1:wait"]);
    rig.loop.resume(client);
    assert.equal(rig.exchange(1), "$1\r\nb\r\n$1\r\nc\r\n");
  });

  test("what an earlier turn left in the table is not taken for the client's next request", () => {
    const { rig, trace } = tracedRig();
    const client = rig.join(1);
    rig.exchange(1, "note a", "note b", "note c", "note d");
    // The record behind this one is the old `note b` of the same slot.
    rig.exchange(1, "wait");
    rig.loop.resume(client);
    rig.exchange(1);
    assert.deepEqual(trace, ["1:a", "1:b", "1:c", "1:d", "1:wait"]);
  });

  test("an inline command that is put off is run again, once", () => {
    const { rig, trace } = tracedRig();
    rig.join(1);
    rig.join(2);
    assert.equal(rig.exchange(1, "CLIENT PAUSE 1000 WRITE"), "+OK\r\n");
    assert.equal(rig.exchange(2, ">note a", ">look b", "note c"), "");
    assert.deepEqual(trace, []);
    assert.equal(rig.exchange(1, "CLIENT UNPAUSE"), "+OK\r\n");
    rig.turn();
    assert.equal(rig.take(2), "$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n");
    assert.deepEqual(trace, ["2:a", "2:b", "2:c"]);
  });

  test("CLIENT REPLY SKIP means the blocked command, also when it ends much later", () => {
    const { rig } = tracedRig();
    const client = rig.join(1);
    assert.equal(rig.exchange(1, "CLIENT REPLY SKIP", "wait", "note a", "note b"), "");
    rig.loop.answering(client, () => rig.call.reply.ok());
    rig.loop.flushOutside();
    rig.loop.resume(client);
    assert.equal(rig.exchange(1), "$1\r\na\r\n$1\r\nb\r\n");
  });

  test("who is answered amid another's command does not disturb that one's reply", () => {
    const trace: string[] = [];
    const common = { group: "generic", since: "1.0.0", summary: "", complexity: "" } as const;
    const wake = (call: SessionCall): void => {
      call.reply.array(2);
      call.reply.bulkLatin1("mine");
      const other = call.clients.bySlot[2];
      assert.ok(other);
      rig.loop.answering(other, () => {
        assert.equal(call.client, other);
        call.reply.map(0);
      });
      call.reply.nil();
    };
    const rig: SessionRig = new SessionRig([
      ...traced(trace, () => rig),
      { name: "wake", arity: 1, flags: [], handler: wake, ...common },
    ]);
    rig.join(1);
    rig.join(2);
    assert.match(rig.exchange(2, "HELLO 3"), /^%7/);
    assert.equal(rig.exchange(1, "wake", "note a"), "*2\r\n$4\r\nmine\r\n$-1\r\n$1\r\na\r\n");
    assert.equal(rig.take(2), "%0\r\n");
  });
});

describe("closing", () => {
  test("nothing of a client is run after its QUIT, and its reply is sent first", () => {
    const { rig, trace } = tracedRig();
    rig.join(1);
    assert.equal(rig.exchange(1, "note a", "QUIT", "note b"), "$1\r\na\r\n+OK\r\n");
    assert.deepEqual(rig.transport.closed, [{ slot: 1, afterOutput: true }]);
    assert.deepEqual(trace, ["1:a"]);
  });

  test("a client killed earlier in the turn is not run", () => {
    const { rig, trace } = tracedRig();
    rig.join(1);
    const victim = rig.join(2);
    rig.send(1, `CLIENT KILL ID ${victim.id}`);
    rig.send(2, "note a");
    rig.turn();
    assert.equal(rig.take(1), ":1\r\n");
    assert.equal(rig.take(2), "");
    assert.deepEqual(trace, []);
    assert.deepEqual(rig.transport.closed, [{ slot: 2, afterOutput: false }]);
    assert.equal(rig.clients.count, 1);
  });

  test("a listener hears of each client once, when it begins to close", () => {
    const { rig } = tracedRig();
    const gone: number[] = [];
    rig.clients.whenGone((client) => gone.push(client.slot));
    rig.join(1);
    rig.join(2);
    rig.exchange(1, "QUIT");
    assert.deepEqual(gone, [1]);
    rig.disconnect(1, 1);
    rig.disconnect(2, 0);
    assert.deepEqual(gone, [1, 2]);
  });

  test("a slot that is used again is another client", () => {
    const { rig } = tracedRig();
    const first = rig.join(1);
    rig.exchange(1, "CLIENT SETNAME me", "CLIENT REPLY OFF");
    rig.disconnect(1, 0);
    const second = rig.join(1);
    assert.equal(second.id, first.id + 1);
    assert.equal(rig.exchange(1, "CLIENT GETNAME"), "$-1\r\n");
  });
});

describe("any order of pauses and writes", () => {
  test("each client's commands run once and in their order", () =>
    withSeed((random) => {
      const { rig, trace } = tracedRig();
      const sent = new Map<number, string[]>();
      for (let slot = 1; slot <= 4; slot++) {
        rig.join(slot);
        sent.set(slot, []);
      }
      rig.join(9);
      for (let step = 0; step < 200; step++) {
        const slot = 1 + random.below(4);
        const kind = random.below(10);
        if (kind === 0) rig.send(9, `CLIENT PAUSE 50 ${random.below(2) === 0 ? "WRITE" : "ALL"}`);
        else if (kind === 1) rig.send(9, "CLIENT UNPAUSE");
        else if (kind === 2) rig.clock.advance(20);
        else if (kind === 3) rig.turn();
        else {
          const line = `${random.below(2) === 0 ? "note" : "look"} ${step}`;
          rig.send(slot, random.below(4) === 0 ? `>${line}` : line);
          sent.get(slot)?.push(`${slot}:${step}`);
        }
      }
      // Pauses that were sent during a pause begin only now, so there may be many to wait out.
      for (let round = 0; round < 200; round++) {
        rig.clock.advance(1000);
        rig.session.pauses.tick(rig.clock.nowMs());
        rig.turn();
      }
      for (const [slot, wanted] of sent) {
        const run = trace.filter((entry) => entry.startsWith(`${slot}:`));
        assert.deepEqual(run, wanted);
        const replies = wanted.map((entry) => {
          const text = entry.slice(entry.indexOf(":") + 1);
          return `$${text.length}\r\n${text}\r\n`;
        });
        assert.equal(rig.take(slot), replies.join(""));
      }
    }));
});
