// Requests and inline lines: order, splits, hashes, counters. Part of the suite that every transport passes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { STATS_BYTES_IN, STATS_BYTES_OUT, STATS_QUERY_BYTES } from "../../../../src/net/transport";
import { RawClient } from "../../../support/raw-client";
import { encodeCommand } from "../../../support/resp-encode";
import { withSeed } from "../../../support/seeds";
import { randomStream } from "../../protocol/random-requests";
import { type Found, findRequests } from "../../protocol/request-model";
import { cutAtRandom } from "../../protocol/scan-stream";
import { bulk } from "../transport-driver";
import { connectTo, type Serve } from "./support";

export function testRequests(serve: Serve): void {
  test("a request reaches the server and its reply the client", async (t) => {
    const { driver, client } = await serve(t);
    assert.equal((await client.command("ECHO", "hello")).toString(), bulk("hello"));
    assert.deepEqual(driver.requests(), [["ECHO", "hello"]]);
  });

  test("pipelined requests come in order, and so do their replies", async (t) => {
    const { driver, client } = await serve(t);
    const texts = Array.from({ length: 5000 }, (_, index) => `value ${index}`);
    client.sendRaw(Buffer.concat(texts.map((text) => encodeCommand(["ECHO", text]))));
    for (const text of texts) assert.equal((await client.readReply()).toString(), bulk(text));
    assert.deepEqual(
      driver.requests(),
      texts.map((text) => ["ECHO", text]),
    );
  });

  test("many clients at once each get their own replies", async (t) => {
    const { driver } = await serve(t);
    const work = Array.from({ length: 40 }, async (_, index) => {
      const client = await connectTo(t, driver);
      for (let round = 0; round < 50; round++) {
        const text = `client ${index} round ${round}`;
        assert.equal((await client.command("ECHO", text)).toString(), bulk(text));
      }
    });
    await Promise.all(work);
    driver.assertSound();
  });

  test("an inline line is handed over without its end", async (t) => {
    const { driver, client } = await serve(t);
    client.sendRaw('\r\n\nset a "b c"\r\nget a\n*0\r\n');
    assert.equal((await client.readReply()).toString(), bulk('set a "b c"'));
    assert.equal((await client.readReply()).toString(), bulk("get a"));
    driver.assertSound();
  });

  test("empty arguments and binary ones pass unchanged", async (t) => {
    const { client } = await serve(t);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    assert.equal((await client.command("ECHO", "")).toString(), bulk(""));
    const reply = await client.command("ECHO", bytes);
    assert.deepEqual(reply, Buffer.from(bulk(bytes.toString("latin1")), "latin1"));
  });

  test("cutting the stream anywhere changes no record", async (t) => {
    const { driver } = await serve(t, () => {});
    await withSeed(async (random) => {
      for (let round = 0; round < 150; round++) {
        const stream = randomStream(random);
        const rules = { maxBulkBytes: 512 * 1024 * 1024, isUnauthenticated: false };
        const expected = findRequests(stream, rules);
        driver.seen.length = 0;
        const client = await RawClient.connect({ port: driver.port });
        for (const piece of cutAtRandom(Buffer.from(stream, "latin1"), random)) {
          client.sendRaw(Buffer.from(piece));
          if (random.chance(0.05)) await new Promise((resolve) => setImmediate(resolve));
        }
        client.socket.end();
        await driver.waitFor("the client's end, or its error", () =>
          driver.seen.some((seen) => seen.kind === "closed" || seen.kind === "error"),
        );
        const found = driver.seen.flatMap((seen): Found[] => {
          if (seen.kind === "request") return [{ request: seen.args }];
          if (seen.kind === "inline") return [{ line: seen.line }];
          return seen.kind === "error" ? [{ error: seen.error }] : [];
        });
        assert.deepEqual(found, expected, JSON.stringify(stream));
        await client.close();
        await driver.waitFor("CLOSED", () => driver.seen.some((seen) => seen.kind === "closed"));
      }
    });
  });

  test("what is read and written is counted", async (t) => {
    const { driver, client, slot } = await serve(t);
    const request = encodeCommand(["ECHO", "hello"]);
    const reply = await client.command("ECHO", "hello");
    assert.equal(driver.stat(slot, STATS_BYTES_IN), request.length);
    await driver.waitFor("bytes out", () => driver.stat(slot, STATS_BYTES_OUT) === reply.length);
    client.sendRaw(request.subarray(0, 7));
    await driver.waitFor("query bytes", () => driver.stat(slot, STATS_QUERY_BYTES) === 7);
    client.sendRaw(request.subarray(7));
    await client.readReply();
    assert.equal(driver.stat(slot, STATS_QUERY_BYTES), 0);
  });
}
