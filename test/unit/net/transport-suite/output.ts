// Replies: slow readers, limits, runs. Part of the suite that every transport passes.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CLOSED_OUTPUT_LIMIT,
  CONTROL_OUTPUT_LIMIT_KIB,
  FLAG_TELLS_DRAINED,
  OUTPUT_BYTES,
  STATS_BYTES_OUT,
  STATS_PENDING_OUTPUT,
} from "../../../../src/net/transport";
import { encodeCommand } from "../../../support/resp-encode";
import { bulk } from "../transport-driver";
import { connectTo, longText, pausedSocket, receive, type Serve } from "./support";

export function testOutput(serve: Serve): void {
  test("a slow reader gets everything in order", async (t) => {
    const part = longText(3_000_000);
    let count = 0;
    const { driver } = await serve(t, (_, turn) => {
      count++;
      turn.reply(`<${count}>`);
      turn.reply(part);
    });
    const socket = await pausedSocket(t, driver.port);
    const slot = await driver.acceptedSlot(2);
    for (let request = 0; request < 5; request++) socket.write(encodeCommand(["GET"]));
    await driver.waitFor("five requests", () => driver.requests(slot).length === 5);
    await driver.waitFor("waiting output", () => driver.stat(slot, STATS_PENDING_OUTPUT) > 0);
    const expected = [1, 2, 3, 4, 5].map((number) => `<${number}>${part}`).join("");
    const received = await receive(socket, expected.length);
    assert.ok(received.toString("latin1") === expected);
    await driver.waitFor("no output left", () => driver.stat(slot, STATS_PENDING_OUTPUT) === 0);
    assert.equal(driver.stat(slot, STATS_BYTES_OUT), expected.length);
  });

  test("replies arrive whole whether small pieces wait for more or not", async (t) => {
    const { driver, client, slot } = await serve(t, (args, turn) => {
      for (const letter of args[1]) turn.reply(bulk(letter));
    });
    for (const isOn of [false, true, false]) {
      driver.transport.setNoDelay(slot, isOn);
      client.send("SPELL", "abc");
      for (const letter of "abc") assert.equal(String(await client.readReply()), bulk(letter));
    }
    // Whoever is gone by now is no matter.
    driver.transport.setNoDelay(slot + 1, false);
  });

  test("a client over its output limit is closed", async (t) => {
    const { driver } = await serve(t, (_, turn) => turn.reply("x".repeat(500_000)));
    driver.onAccepted = (slot) => driver.setControl(slot, CONTROL_OUTPUT_LIMIT_KIB, 1024);
    const socket = await pausedSocket(t, driver.port);
    socket.on("error", () => {});
    const slot = await driver.acceptedSlot(2);
    for (let request = 0; request < 60; request++) socket.write(encodeCommand(["GET"]));
    assert.equal(await driver.closeReason(slot), CLOSED_OUTPUT_LIMIT);
    assert.equal(driver.stat(slot, STATS_PENDING_OUTPUT), 0);
  });

  test("one turn may send more than the output memory holds", async (t) => {
    const part = longText(OUTPUT_BYTES / 4);
    const { driver } = await serve(t, (_, turn) => {
      for (let written = 0; written < 10; written++) turn.reply(part);
    });
    const socket = await pausedSocket(t, driver.port);
    socket.write(encodeCommand(["GET"]));
    const received = await receive(socket, part.length * 10);
    assert.ok(received.toString("latin1") === part.repeat(10));
  });

  test("what is to wait is taken over at once and sent when the turn is over", async (t) => {
    const pendingBytes: number[] = [];
    const { driver, client, slot } = await serve(t, (_, turn) => {
      turn.reply("+first\r\n");
      driver.flush(true);
      pendingBytes.push(driver.stat(slot, STATS_PENDING_OUTPUT));
      turn.reply("+again\r\n");
      driver.flush(true);
      pendingBytes.push(driver.stat(slot, STATS_PENDING_OUTPUT));
      turn.reply("+third\r\n");
    });
    client.send("GET");
    const replies = [await client.readReply(), await client.readReply(), await client.readReply()];
    assert.deepEqual(replies.map(String), ["+first\r\n", "+again\r\n", "+third\r\n"]);
    assert.deepEqual(pendingBytes, [8, 16]);
  });

  test("what a promise sends comes after the replies of the turn that made it", async (t) => {
    const { driver, client, slot } = await serve(t, (_, turn) => {
      turn.reply("+first\r\n");
      queueMicrotask(() => {
        driver.write(slot, "+second\r\n");
        driver.flush();
      });
    });
    client.send("GET");
    assert.deepEqual([await client.readReply(), await client.readReply()].map(String), [
      "+first\r\n",
      "+second\r\n",
    ]);
  });

  test("runs of many clients interleave", async (t) => {
    const { driver } = await serve(t, () => {});
    const clients = await Promise.all(Array.from({ length: 5 }, () => connectTo(t, driver)));
    const slots: number[] = [];
    for (let index = 0; index < clients.length; index++) {
      slots.push(await driver.acceptedSlot(index + 2));
    }
    for (let round = 0; round < 200; round++) {
      for (const slot of slots) driver.write(slot, `+${slot} ${round}\r\n`);
    }
    driver.flush();
    for (const client of clients) {
      const first = (await client.readReply()).toString();
      const slot = Number(/^\+(\d+) 0\r\n$/.exec(first)?.[1]);
      assert.ok(slots.includes(slot), first);
      for (let round = 1; round < 200; round++) {
        assert.equal((await client.readReply()).toString(), `+${slot} ${round}\r\n`);
      }
    }
  });

  test("a run may point into a registered segment", async (t) => {
    const { driver, client, slot } = await serve(t, () => {});
    const shared = new Uint8Array(new SharedArrayBuffer(1 << 20));
    shared.set(Buffer.from("+from the segment\r\n"), 5000);
    driver.transport.registerSegment(0, new Uint8Array(16));
    driver.transport.registerSegment(3, shared);
    driver.write(slot, "+one\r\n");
    driver.addRun(slot, 4, 5000, 19);
    driver.write(slot, "+two\r\n");
    driver.flush();
    for (const reply of ["+one\r\n", "+from the segment\r\n", "+two\r\n"]) {
      assert.equal((await client.readReply()).toString(), reply);
    }
  });

  test("what a socket did not take is not lost when its segment changes", async (t) => {
    const { driver } = await serve(t, () => {});
    const shared = new Uint8Array(new SharedArrayBuffer(12 << 20)).fill(0x61);
    driver.transport.registerSegment(0, shared);
    const socket = await pausedSocket(t, driver.port);
    const slot = await driver.acceptedSlot(2);
    driver.addRun(slot, 1, 0, shared.length);
    driver.flush();
    shared.fill(0x62);
    const received = await receive(socket, shared.length);
    assert.equal(received.indexOf(0x62), -1);
  });

  test("a client that wants it hears when its socket has taken what was pending", async (t) => {
    const { driver, client, slot: other } = await serve(t);
    const socket = await pausedSocket(t, driver.port);
    const slot = await driver.acceptedSlot(2);
    driver.setFlags(slot, FLAG_TELLS_DRAINED);
    const isDrained = (): boolean => driver.seen.some((seen) => seen.kind === "drained");
    const part = longText(12 << 20);
    driver.write(slot, part);
    driver.flush();
    assert.ok(driver.stat(slot, STATS_PENDING_OUTPUT) > 0);
    await client.command("ECHO", "a turn");
    assert.equal(isDrained(), false);
    await receive(socket, part.length);
    await driver.waitFor("the event", isDrained);
    assert.equal(driver.stat(slot, STATS_PENDING_OUTPUT), 0);
    const slots = driver.seen.flatMap((seen) => (seen.kind === "drained" ? [seen.slot] : []));
    assert.deepEqual(new Set(slots), new Set([slot]));
    assert.notEqual(slot, other);
  });

  test("runs for a slot that is not there are ignored", async (t) => {
    const { driver, client } = await serve(t);
    driver.write(60_000, "+nobody\r\n");
    driver.flush();
    assert.equal((await client.command("ECHO", "still here")).toString(), bulk("still here"));
  });
}
