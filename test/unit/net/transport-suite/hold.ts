// Hold and resume. Part of the suite that every transport passes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSED_BY_PEER, CLOSED_BY_SERVER, STATS_QUERY_BYTES } from "../../../../src/net/transport";
import { encodeCommand } from "../../../support/resp-encode";
import { bulk, echo, type Handler } from "../transport-driver";
import { connectTo, longText, type Serve } from "./support";

export function testHold(serve: Serve): void {
  const holdOnce = (command: string): Handler => {
    let isHeld = false;
    return (args, turn) => {
      if (args[0] === command && !isHeld) {
        isHeld = true;
        turn.driver.hold(turn.slot, turn.start);
      } else {
        echo(args, turn);
      }
    };
  };

  test("a held request and what follows it come again after resume, in order", async (t) => {
    const { driver, client, slot } = await serve(t, holdOnce("WAIT"));
    const requests = [
      ["ECHO", "one"],
      ["WAIT", "two"],
      ["ECHO", "three"],
    ];
    client.sendRaw(Buffer.concat(requests.map(encodeCommand)));
    assert.equal((await client.readReply()).toString(), bulk("one"));
    await driver.waitFor("held bytes", () => driver.stat(slot, STATS_QUERY_BYTES) > 0);
    client.send("ECHO", "four");
    const other = await connectTo(t, driver);
    assert.equal((await other.command("ECHO", "meanwhile")).toString(), bulk("meanwhile"));
    assert.equal(client.unreadReplies(), 0);
    driver.transport.resume(slot);
    for (const text of ["two", "three", "four"]) {
      assert.equal((await client.readReply()).toString(), bulk(text));
    }
    assert.equal(driver.stat(slot, STATS_QUERY_BYTES), 0);
  });

  test("hold without a start holds what comes later only", async (t) => {
    const { driver, client, slot } = await serve(t, (args, turn) => {
      echo(args, turn);
      if (args[0] === "WAIT") turn.driver.hold(turn.slot, -1);
    });
    assert.equal((await client.command("WAIT", "one")).toString(), bulk("one"));
    client.send("ECHO", "two");
    const other = await connectTo(t, driver);
    await other.command("ECHO", "meanwhile");
    await other.command("ECHO", "again");
    assert.equal(client.unreadReplies(), 0);
    driver.transport.resume(slot);
    assert.equal((await client.readReply()).toString(), bulk("two"));
  });

  test("a client may be held at each of its requests", async (t) => {
    let holds = 0;
    const again = new Set<string>();
    const { driver, client } = await serve(t, (args, turn) => {
      const id = args[1] ?? "";
      if (again.delete(id)) return echo(args, turn);
      again.add(id);
      holds++;
      turn.driver.hold(turn.slot, turn.start);
      setImmediate(() => turn.driver.transport.resume(turn.slot));
    });
    const texts = Array.from({ length: 300 }, (_, index) => `number ${index}`);
    client.sendRaw(Buffer.concat(texts.map((text) => encodeCommand(["WAIT", text]))));
    for (const text of texts) assert.equal((await client.readReply()).toString(), bulk(text));
    assert.equal(holds, 300);
    driver.assertSound();
  });

  test("hold and resume inside one turn deliver the request again", async (t) => {
    let deliveries = 0;
    const { client } = await serve(t, (args, turn) => {
      deliveries++;
      if (deliveries === 3) return echo(args, turn);
      turn.driver.hold(turn.slot, turn.start);
      turn.driver.transport.resume(turn.slot);
    });
    assert.equal((await client.command("ECHO", "third time")).toString(), bulk("third time"));
    assert.equal(deliveries, 3);
  });

  for (const size of [40_000, 1_000_000]) {
    test(`a held request of ${size} bytes keeps its bytes`, async (t) => {
      const { driver, client, slot } = await serve(t, holdOnce("WAIT"));
      const text = longText(size);
      const rest = ["ECHO", longText(100_000, "rest")];
      client.sendRaw(Buffer.concat([encodeCommand(["WAIT", text]), encodeCommand(rest)]));
      await driver.waitFor("held bytes", () => driver.stat(slot, STATS_QUERY_BYTES) >= size);
      const other = await connectTo(t, driver);
      for (let round = 0; round < 3; round++) await other.command("ECHO", longText(500_000, "o"));
      driver.transport.resume(slot);
      assert.ok((await client.readReply()).toString() === bulk(text));
      assert.ok((await client.readReply()).toString() === bulk(rest[1] ?? ""));
    });
  }

  test("an incomplete request behind the held one is completed after resume", async (t) => {
    const { driver, client, slot } = await serve(t, holdOnce("WAIT"));
    const last = encodeCommand(["ECHO", "tail", "end"]);
    client.sendRaw(Buffer.concat([encodeCommand(["WAIT", "one"]), last.subarray(0, 20)]));
    await driver.waitFor("held bytes", () => driver.stat(slot, STATS_QUERY_BYTES) > 0);
    driver.transport.resume(slot);
    assert.equal((await client.readReply()).toString(), bulk("one"));
    client.sendRaw(last.subarray(20));
    assert.equal((await client.readReply()).toString(), bulk("end"));
  });

  test("the hang-up of a held client is noticed", async (t) => {
    const { driver, client, slot } = await serve(t, holdOnce("WAIT"));
    client.send("WAIT", "one");
    await driver.waitFor("held bytes", () => driver.stat(slot, STATS_QUERY_BYTES) > 0);
    client.send("ECHO", "never run");
    client.socket.end();
    assert.equal(await driver.closeReason(slot), CLOSED_BY_PEER);
    assert.deepEqual(driver.requests(slot), [["WAIT", "one"]]);
  });

  test("a held client can be closed, and its slot used again", async (t) => {
    const { driver, client, slot } = await serve(t, holdOnce("WAIT"));
    client.send("WAIT", "one");
    await driver.waitFor("held bytes", () => driver.stat(slot, STATS_QUERY_BYTES) > 0);
    driver.close(slot, true);
    assert.equal(await driver.closeReason(slot), CLOSED_BY_SERVER);
    driver.transport.resume(slot);
    const other = await connectTo(t, driver);
    assert.equal((await other.command("ECHO", "new")).toString(), bulk("new"));
  });
}
