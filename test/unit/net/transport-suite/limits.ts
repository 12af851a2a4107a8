// Protocol errors and limits of what a client may send. Part of the suite that every transport passes.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CLOSED_BY_SERVER,
  CLOSED_QUERY_LIMIT,
  CLOSED_UNAUTHENTICATED_OUTPUT,
  FLAG_UNAUTHENTICATED,
} from "../../../../src/net/transport";
import {
  PROTOCOL_BIG_INLINE,
  PROTOCOL_BULK_LENGTH,
  PROTOCOL_EXPECTED_DOLLAR,
  PROTOCOL_MULTIBULK_LENGTH,
  PROTOCOL_UNAUTHENTICATED_BULK,
  PROTOCOL_UNAUTHENTICATED_COUNT,
} from "../../../../src/protocol/request-record";
import { encodeCommand } from "../../../support/resp-encode";
import { bulk, echo } from "../transport-driver";
import { connectTo, type Serve } from "./support";

export function testLimits(serve: Serve): void {
  const errors: [string, string, number][] = [
    ["a count that is no number", "*x\r\n", PROTOCOL_MULTIBULK_LENGTH],
    ["a count above 2^31-1", "*2147483648\r\n", PROTOCOL_MULTIBULK_LENGTH],
    ["an argument without its dollar", "*1\r\nfoo\r\n", PROTOCOL_EXPECTED_DOLLAR | (0x66 << 8)],
    ["a negative argument length", "*1\r\n$-1\r\n", PROTOCOL_BULK_LENGTH],
    ["an argument above the limit", "*1\r\n$1048577\r\n", PROTOCOL_BULK_LENGTH],
    ["a line longer than 64 KiB", "a".repeat(65537), PROTOCOL_BIG_INLINE],
  ];
  for (const [what, bytes, error] of errors) {
    test(`${what} is an error, told once, behind what came before it`, async (t) => {
      const { driver, client, slot } = await serve(t, echo, { maxBulkBytes: 1024 * 1024 });
      client.sendRaw(Buffer.concat([encodeCommand(["ECHO", "a"]), Buffer.from(bytes)]));
      assert.equal((await client.readReply()).toString(), bulk("a"));
      await driver.waitFor("the error", () => driver.seen.some((seen) => seen.kind === "error"));
      client.sendRaw(encodeCommand(["ECHO", "b"]));
      driver.write(slot, "-ERR Protocol error\r\n");
      driver.flush();
      driver.close(slot, true);
      assert.equal((await client.expectClose()).join(""), "-ERR Protocol error\r\n");
      assert.equal(await driver.closeReason(slot), CLOSED_BY_SERVER);
      assert.deepEqual(
        driver.seen.map((seen) => seen.kind),
        ["accepted", "request", "error", "closed"],
      );
      assert.deepEqual(driver.seen[2], { kind: "error", slot, error });
    });
  }

  test("a request that exceeds the query limit closes its client", async (t) => {
    const { driver, client, slot } = await serve(t, echo, { maxQueryBytes: 1024 * 1024 });
    client.socket.on("error", () => {});
    client.sendRaw(`*2\r\n$4\r\nECHO\r\n$2000000\r\n${"a".repeat(1_500_000)}`);
    assert.equal(await driver.closeReason(slot), CLOSED_QUERY_LIMIT);
    await client.closed;
    assert.deepEqual(driver.requests(), []);
  });

  test("a request of too many small arguments exceeds it too", async (t) => {
    const { driver, client, slot } = await serve(t, echo, { maxQueryBytes: 1024 * 1024 });
    client.socket.on("error", () => {});
    client.sendRaw(`*2000000\r\n${"$1\r\na\r\n".repeat(200_000)}`);
    assert.equal(await driver.closeReason(slot), CLOSED_QUERY_LIMIT);
  });

  test("an unauthenticated client may send ten arguments of 16 KiB, not more", async (t) => {
    const { driver } = await serve(t);
    driver.onAccepted = (slot) => driver.setFlags(slot, FLAG_UNAUTHENTICATED);
    const ten = Array.from({ length: 10 }, () => "a");
    const good = await connectTo(t, driver);
    assert.equal((await good.command(...ten)).toString(), bulk("a"));
    assert.equal((await good.command("ECHO", "b".repeat(900))).toString(), bulk("b".repeat(900)));
    for (const [bytes, error] of [
      ["*11\r\n", PROTOCOL_UNAUTHENTICATED_COUNT],
      ["*2\r\n$4\r\nECHO\r\n$16385\r\n", PROTOCOL_UNAUTHENTICATED_BULK],
    ] as const) {
      const client = await connectTo(t, driver);
      client.sendRaw(bytes);
      await driver.waitFor(bytes, () =>
        driver.seen.some((seen) => seen.kind === "error" && seen.error === error),
      );
    }
  });

  test("limits for strangers end with the AUTH right before a request", async (t) => {
    const { driver } = await serve(t, (args, turn) => {
      if (args[0] === "AUTH") driver.setFlags(turn.slot, 0);
      turn.reply(`:${args.length}\r\n`);
    });
    driver.onAccepted = (slot) => driver.setFlags(slot, FLAG_UNAUTHENTICATED);
    const eleven = Array.from({ length: 11 }, () => "a");
    const client = await connectTo(t, driver);
    client.sendRaw(
      Buffer.concat([
        encodeCommand(["PING"]),
        encodeCommand(["AUTH", "secret"]),
        encodeCommand(eleven),
        encodeCommand(["SET", "k", "v".repeat(20_000)]),
        encodeCommand(["PING"]),
      ]),
    );
    for (const count of [1, 2, 11, 3, 1]) {
      assert.equal((await client.readReply()).toString(), `:${count}\r\n`);
    }
    assert.ok(!driver.seen.some((seen) => seen.kind === "error"));
  });

  test("an unauthenticated client that does not read its replies is closed", async (t) => {
    const { driver } = await serve(t, (_, turn) => turn.reply("x".repeat(1_000_000)));
    driver.onAccepted = (slot) => driver.setFlags(slot, FLAG_UNAUTHENTICATED);
    const client = await connectTo(t, driver);
    client.socket.pause();
    client.socket.on("error", () => {});
    const slot = await driver.acceptedSlot(2);
    for (let request = 0; request < 20; request++) client.send("PING");
    assert.equal(await driver.closeReason(slot), CLOSED_UNAUTHENTICATED_OUTPUT);
  });
}
