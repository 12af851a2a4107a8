// Requests that do not fit into one read. Part of the suite that every transport passes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { INPUT_BIG_AT, INPUT_SCRATCH_AT } from "../../../../src/net/transport";
import { encodeCommand } from "../../../support/resp-encode";
import { withSeed } from "../../../support/seeds";
import { bulk } from "../transport-driver";
import { connectTo, longText, type Serve } from "./support";

export function testBigRequests(serve: Serve): void {
  for (const size of [16_000, 32_768, 40_000, 65_536, 70_000, 300_000, 5_000_000]) {
    test(`an argument of ${size} bytes comes whole, between small requests`, async (t) => {
      const { client } = await serve(t);
      const text = longText(size);
      const requests = [
        ["ECHO", "before"],
        ["ECHO", text],
        ["ECHO", "after"],
      ];
      client.sendRaw(Buffer.concat(requests.map(encodeCommand)));
      for (const [, expected] of requests) {
        const reply = (await client.readReply()).toString();
        assert.ok(reply === bulk(expected ?? ""), `reply of ${reply.length} bytes`);
      }
    });
  }

  test("several big arguments in one request, and what follows it", async (t) => {
    const { driver, client } = await serve(t, (args, turn) => {
      turn.reply(bulk(args.map((text) => text.length).join(" ")));
    });
    const sizes = [100_000, 3, 50_000, 0, 200_000, 32_768];
    const texts = sizes.map((size) => longText(size));
    client.sendRaw(encodeCommand(["MSET", ...texts]));
    client.sendRaw(encodeCommand(["GET", "a"]));
    assert.equal((await client.readReply()).toString(), bulk(`4 ${sizes.join(" ")}`));
    assert.equal((await client.readReply()).toString(), bulk("3 1"));
    assert.deepEqual(driver.requests()[0], ["MSET", ...texts]);
  });

  test("a request of 100,000 small arguments", async (t) => {
    const { driver, client } = await serve(t, (args, turn) => turn.reply(`:${args.length}\r\n`));
    const args = Array.from({ length: 100_000 }, (_, index) => String(index));
    client.sendRaw(encodeCommand(["RPUSH", ...args]));
    client.sendRaw(encodeCommand(["PING"]));
    assert.equal((await client.readReply()).toString(), ":100001\r\n");
    assert.equal((await client.readReply()).toString(), ":1\r\n");
    assert.deepEqual(driver.requests()[0], ["RPUSH", ...args]);
  });

  test("big requests lie in the big region, and never in the server's part", async (t) => {
    const offsets: number[] = [];
    const { client } = await serve(t, (_, turn) => {
      offsets.push(turn.spans[turn.spans.length - 1]?.[0] ?? -1);
      turn.reply("+OK\r\n");
    });
    for (let round = 0; round < 5; round++) await client.command("SET", longText(1_000_000));
    for (const offset of offsets) {
      assert.ok(offset >= INPUT_BIG_AT && offset < INPUT_SCRATCH_AT, `offset ${offset}`);
    }
  });

  test("many clients send big requests at the same time, cut at random", async (t) => {
    const { driver } = await serve(t);
    await withSeed(async (random) => {
      const work = Array.from({ length: 12 }, async (_, index) => {
        const client = await connectTo(t, driver);
        const text = longText(random.between(20_000, 400_000), `${index}:`);
        const bytes = encodeCommand(["ECHO", text]);
        for (let at = 0; at < bytes.length; ) {
          const end = at + random.between(1, 60_000);
          client.sendRaw(bytes.subarray(at, end));
          at = end;
          if (random.chance(0.5)) await new Promise((resolve) => setImmediate(resolve));
        }
        const reply = (await client.readReply()).toString();
        assert.ok(reply === bulk(text), `client ${index}`);
      });
      await Promise.all(work);
    });
  });
}
