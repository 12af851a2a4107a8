// The end of clients and of the transport. Part of the suite that every transport passes.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CLOSED_BY_ERROR,
  CLOSED_BY_PEER,
  CLOSED_BY_SERVER,
  STATS_PENDING_OUTPUT,
} from "../../../../src/net/transport";
import { RawClient } from "../../../support/raw-client";
import { encodeCommand } from "../../../support/resp-encode";
import { bulk, echo, HASH_KEY, TransportDriver, type TransportFactory } from "../transport-driver";
import { connectTo, longText, pausedSocket, receive, type Serve } from "./support";

export function testClosing(serve: Serve, create: TransportFactory): void {
  test("commands read before a hang-up are delivered before CLOSED", async (t) => {
    const { driver, client, slot } = await serve(t);
    const texts = Array.from({ length: 20_000 }, (_, index) => String(index));
    client.sendRaw(Buffer.concat(texts.map((text) => encodeCommand(["ECHO", text]))));
    client.socket.end();
    assert.equal(await driver.closeReason(slot), CLOSED_BY_PEER);
    assert.equal(driver.requests(slot).length, texts.length);
    assert.equal(driver.seen[driver.seen.length - 1]?.kind, "closed");
  });

  test("a peer that ends its side gets the replies to what it sent", async (t) => {
    const { driver } = await serve(t);
    const client = await RawClient.connect({ port: driver.port, allowHalfOpen: true });
    t.after(() => client.close());
    client.send("ECHO", "last words");
    client.socket.end();
    assert.equal((await client.readReply()).toString(), bulk("last words"));
  });

  test("a reset closes the client", async (t) => {
    const { driver, client, slot } = await serve(t);
    await client.command("ECHO", "one");
    client.socket.resetAndDestroy();
    const reason = await driver.closeReason(slot);
    assert.ok(reason === CLOSED_BY_ERROR || reason === CLOSED_BY_PEER, String(reason));
  });

  test("closed at once: nothing more is delivered or sent, CLOSED comes in a later turn", async (t) => {
    let closedInTurn = 0;
    const { driver, client, slot } = await serve(t, (args, turn) => {
      echo(args, turn);
      if (args[1] !== "close") return;
      closedInTurn = turn.driver.turns;
      turn.driver.close(turn.slot, false);
    });
    client.socket.on("error", () => {});
    assert.equal((await client.command("ECHO", "one")).toString(), bulk("one"));
    client.sendRaw(
      Buffer.concat([encodeCommand(["ECHO", "close"]), encodeCommand(["ECHO", "never"])]),
    );
    assert.equal(await driver.closeReason(slot), CLOSED_BY_SERVER);
    await client.closed;
    assert.ok(driver.turns > closedInTurn);
    assert.equal(client.unreadReplies(), 0);
    assert.deepEqual(driver.requests(), [
      ["ECHO", "one"],
      ["ECHO", "close"],
    ]);
  });

  test("closed after output: replies of the same turn arrive, however long", async (t) => {
    const part = longText(9_000_000);
    const { driver } = await serve(t, (_, turn) => {
      turn.reply(part);
      turn.driver.close(turn.slot, true);
      turn.reply("!");
    });
    const socket = await pausedSocket(t, driver.port);
    const slot = await driver.acceptedSlot(2);
    socket.write(encodeCommand(["QUIT"]));
    await driver.waitFor("waiting output", () => driver.stat(slot, STATS_PENDING_OUTPUT) > 0);
    assert.ok(!driver.seen.some((seen) => seen.kind === "closed"));
    const received = await receive(socket, part.length + 1);
    assert.ok(received.toString("latin1") === `${part}!`);
    assert.equal(await driver.closeReason(slot), CLOSED_BY_SERVER);
  });

  test("closing outside of a turn gives its CLOSED without any traffic", async (t) => {
    const { driver, client, slot } = await serve(t);
    driver.close(slot, false);
    assert.equal(await driver.closeReason(slot), CLOSED_BY_SERVER);
    await client.expectClose();
    const other = await connectTo(t, driver);
    const next = await driver.acceptedSlot(2);
    driver.write(next, "+bye\r\n");
    driver.close(next, true);
    driver.flush();
    assert.equal((await other.expectClose()).join(""), "+bye\r\n");
    assert.equal(await driver.closeReason(next), CLOSED_BY_SERVER);
  });

  test("stop lets output go out, then closes everything", async (t) => {
    const transport = create({ hashKey: HASH_KEY });
    const part = longText(9_000_000);
    const driver = await TransportDriver.serve(t, transport, (_, turn) => turn.reply(part));
    const socket = await pausedSocket(t, driver.port);
    const idle = await connectTo(t, driver);
    const slot = await driver.acceptedSlot();
    socket.write(encodeCommand(["GET"]));
    await driver.waitFor("waiting output", () => driver.stat(slot, STATS_PENDING_OUTPUT) > 0);
    const stopped = transport.stop(10_000);
    await idle.expectClose();
    const received = await receive(socket, part.length);
    assert.equal(received.length, part.length);
    await stopped;
    await assert.rejects(RawClient.connect({ port: driver.port }));
    assert.equal(driver.seen.filter((seen) => seen.kind === "closed").length, 2);
  });

  test("stop does not wait for a reader longer than its grace", async (t) => {
    const transport = create({ hashKey: HASH_KEY });
    const driver = await TransportDriver.serve(t, transport, (_, turn) => {
      turn.reply(longText(9_000_000));
    });
    const socket = await pausedSocket(t, driver.port);
    socket.on("error", () => {});
    const slot = await driver.acceptedSlot();
    socket.write(encodeCommand(["GET"]));
    await driver.waitFor("waiting output", () => driver.stat(slot, STATS_PENDING_OUTPUT) > 0);
    const before = performance.now();
    await transport.stop(50);
    assert.ok(performance.now() - before < 5000);
  });

  test("calls after stop do nothing", async (t) => {
    const { driver, slot } = await serve(t);
    await driver.transport.stop(0);
    driver.transport.close(slot, false);
    driver.transport.resume(slot);
    driver.transport.hold(slot, -1);
    driver.transport.flush(0);
    await driver.transport.stop(0);
  });
}
