// The outgoing link against a server that says what it is told, byte for byte, and the real one.

import assert from "node:assert/strict";
import { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import {
  LINK_CLOSED,
  LINK_ENDED,
  LINK_LIMIT,
  LINK_PROTOCOL,
  LINK_REFUSED,
  LINK_TIMEOUT,
  Link,
  LinkClosed,
  type LinkOptions,
  type LinkReply,
} from "../../../src/net/link";
import { Puppet } from "../../support/puppet";
import { encodeCommand } from "../../support/resp-encode";
import { withSeed } from "../../support/seeds";
import { REAL_SERVER, ServerProcess } from "../../support/server-process";
import { waitFor } from "../../support/wait-for";
import { cutAtRandom } from "../protocol/scan-stream";

const TIMEOUT_MS = 5000;

/** A link that writes down its life. */
class Watched {
  readonly events: string[] = [];
  readonly pushed: LinkReply[][] = [];
  bytesSeen = 0;
  reason: LinkClosed | undefined;
  readonly link: Link;

  constructor(t: TestContext, options: LinkOptions = {}) {
    const events = {
      connected: () => void this.events.push("connected"),
      received: () => void this.bytesSeen++,
      pushed: (message: LinkReply[]) => void this.pushed.push(message),
      closed: (reason: LinkClosed) => {
        this.events.push("closed");
        this.reason = reason;
      },
    };
    this.link = new Link(events, options);
    t.after(() => this.link.close());
  }

  static async to(t: TestContext, port: number, options: LinkOptions = {}): Promise<Watched> {
    const watched = new Watched(t, options);
    watched.link.open({ host: "127.0.0.1", port, timeoutMs: TIMEOUT_MS });
    await waitFor("connection", () => watched.link.isConnected);
    return watched;
  }

  async closedWith(code: string): Promise<LinkClosed> {
    const reason = await waitFor("closed", () => this.reason);
    assert.equal(reason.code, code, reason.message);
    return reason;
  }
}

function asText(reply: LinkReply | LinkClosed): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString("latin1");
  if (reply instanceof Error) return { error: reply.message };
  if (Array.isArray(reply)) return reply.map(asText);
  return typeof reply === "string" ? { integer: reply } : reply;
}

test("replies of every kind, whole and exact, wherever the stream is cut", (t) =>
  withSeed(async (random) => {
    const puppet = await Puppet.start(t);
    const { link } = await Watched.to(t, puppet.port, { maxReplyBytes: 1 << 20 });
    await waitFor("accepted", () => puppet.sockets.length === 1);
    const long = "z".repeat(100_000);
    const kinds: [string, unknown][] = [
      ["+OK\r\n", "OK"],
      ["-ERR no\r\n", { error: "ERR no" }],
      [":9223372036854775807\r\n", { integer: "9223372036854775807" }],
      [":-9007199254740993\r\n", { integer: "-9007199254740993" }],
      [":0\r\n", { integer: "0" }],
      ["$-1\r\n", null],
      ["$0\r\n\r\n", ""],
      ["$4\r\n\r\n\0\xff\r\n", "\r\n\0\xff"],
      [`$100000\r\n${long}\r\n`, long],
      ["*-1\r\n", null],
      ["*0\r\n", []],
      [
        "*3\r\n:1\r\n*2\r\n$1\r\na\r\n-E x\r\n$-1\r\n",
        [{ integer: "1" }, ["a", { error: "E x" }], null],
      ],
    ];
    const expected: unknown[] = [];
    const got: unknown[] = [];
    let stream = "";
    for (let count = 0; count < 300; count++) {
      const [bytes, value] = random.pick(kinds);
      expected.push(value);
      stream += bytes + (random.chance(0.1) ? "\n\n" : "");
      assert.ok(link.send(["PING"], (reply) => got.push(asText(reply))));
    }
    for (const piece of cutAtRandom(Buffer.from(stream, "latin1").subarray(0, 4000), random)) {
      puppet.say(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const rest = Buffer.from(stream, "latin1").subarray(4000);
    for (let at = 0; at < rest.length; ) {
      const end = at + random.between(1, 70_000);
      puppet.say(rest.subarray(at, end));
      await new Promise((resolve) => setImmediate(resolve));
      at = end;
    }
    await waitFor("all replies", () => got.length === expected.length);
    assert.deepEqual(got, expected);
    assert.equal(link.pendingReplies, 0);
  }));

test("requests are encoded byte for byte", async (t) => {
  const puppet = await Puppet.start(t);
  const { link } = await Watched.to(t, puppet.port);
  const args = ["SET", "clé", Buffer.from([0, 255, 13, 10]), ""];
  assert.ok(link.send(args));
  assert.ok(link.sendUnanswered(["REPLCONF", "ACK", "12"]));
  const expected =
    encodeCommand(args).toString("latin1") +
    encodeCommand(["REPLCONF", "ACK", "12"]).toString("latin1");
  await waitFor("requests", () => puppet.received.length === expected.length);
  assert.equal(puppet.received, expected);
  assert.equal(link.pendingReplies, 1);
  assert.throws(() => link.send([]), RangeError);
});

test("raw mode begins right behind the reply that asks for it", async (t) => {
  const raw = "$5\r\nREDIS\n\n*1\r\n$4\r\nPING\r\n";
  for (const cut of [0, 1, 12, 20]) {
    const puppet = await Puppet.start(t);
    const { link } = await Watched.to(t, puppet.port);
    let received = "";
    link.send(["PSYNC", "?", "-1"], (reply) => {
      assert.equal(asText(reply), "FULLRESYNC");
      link.startRaw((bytes) => {
        received += bytes.toString("latin1");
      });
    });
    await waitFor("accepted", () => puppet.sockets.length === 1);
    const stream = `\n\n+FULLRESYNC\r\n${raw}`;
    puppet.say(stream.slice(0, cut));
    await new Promise((resolve) => setImmediate(resolve));
    puppet.say(stream.slice(cut));
    await waitFor("raw bytes", () => received.length >= raw.length);
    assert.equal(received, raw, `cut at ${cut}`);
    assert.equal(link.send(["PING"]), false, "no replies come any more");
    assert.ok(link.sendUnanswered(["REPLCONF", "ACK", "0"]));
    puppet.say("more");
    await waitFor("more", () => received.endsWith("more"));
  }
});

test("raw mode behind a bulk and an array, and refused while replies are missing", async (t) => {
  const puppet = await Puppet.start(t);
  const { link } = await Watched.to(t, puppet.port);
  link.send(["A"]);
  assert.throws(() => link.startRaw(() => {}), /pending/);
  let received = "";
  link.send(["B"], () => {
    link.startRaw((bytes) => {
      received += bytes.toString("latin1");
    });
  });
  await waitFor("accepted", () => puppet.sockets.length === 1);
  puppet.say(`*2\r\n$40000\r\n${"x".repeat(30_000)}`);
  await waitFor("some bytes", () => (puppet.sockets[0]?.bytesWritten ?? 0) > 30_000);
  puppet.say(`${"x".repeat(10_000)}\r\n:1\r\n*1\r\n$3\r\nabc\r\nraw`);
  await waitFor("raw bytes", () => received === "raw");
});

test("a subscriber is told messages and still gets its replies", async (t) => {
  const puppet = await Puppet.start(t);
  const { link, pushed } = await Watched.to(t, puppet.port, { isSubscriber: true });
  const message = (...words: string[]) => encodeCommand(words).toString();
  link.sendUnanswered(["SUBSCRIBE", "a", "b"]);
  const reply = link.request(["PING"]);
  await waitFor("request", () => puppet.received.includes("PING"));
  puppet.say(
    "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n",
  );
  puppet.say(message("message", "a", "one") + message("pong", "") + message("message", "b", "two"));
  assert.deepEqual(asText(await reply), ["pong", ""]);
  await waitFor("pushes", () => pushed.length === 4);
  assert.deepEqual(asText(pushed[2] ?? null), ["message", "a", "one"]);
});

test("a link that ends answers all requests, then tells why, once", async (t) => {
  const puppet = await Puppet.start(t);
  const watched = await Watched.to(t, puppet.port);
  const { link, events } = watched;
  const replies = [1, 2, 3].map(() => link.request(["PING"]));
  replies[2]?.catch(() => events.push("failed"));
  await waitFor("requests", () => puppet.received.length > 0);
  puppet.say("+one\r\n");
  puppet.sockets[0]?.end();
  assert.equal(asText((await replies[0]) ?? null), "one");
  for (const reply of replies.slice(1)) await assert.rejects(reply, LinkClosed);
  await watched.closedWith(LINK_ENDED);
  await waitFor("all events", () => events.length === 3);
  assert.deepEqual(events, ["connected", "closed", "failed"]);
  assert.equal(link.isConnected, false);
  assert.equal(link.send(["PING"]), false);
  await assert.rejects(link.request(["PING"]), LinkClosed);
});

test("closing from inside a reply stops what follows it", async (t) => {
  const puppet = await Puppet.start(t);
  const watched = await Watched.to(t, puppet.port);
  const { link } = watched;
  const got: unknown[] = [];
  link.send(["A"], (reply) => {
    got.push(asText(reply));
    link.close();
    assert.deepEqual(watched.events, ["connected"], "not from inside a call");
  });
  link.send(["B"], (reply) => got.push(reply instanceof LinkClosed ? reply.code : reply));
  await waitFor("accepted", () => puppet.sockets.length === 1);
  puppet.say("+a\r\n+b\r\n");
  await watched.closedWith(LINK_CLOSED);
  assert.deepEqual(got, ["a", LINK_CLOSED]);
});

test("what nobody asked for, and what is no RESP, ends the link", async (t) => {
  const cases: [string, string, number][] = [
    ["-ERR max number of clients reached\r\n", LINK_REFUSED, 0],
    ["+hello\r\n", LINK_PROTOCOL, 0],
    ["HTTP/1.1 400 Bad Request\r\n", LINK_PROTOCOL, 1],
    ["*4294967296\r\n", LINK_PROTOCOL, 1],
    ["*1\r\n".repeat(200_000), LINK_PROTOCOL, 1],
    [`$1000000\r\n${"x".repeat(300_000)}`, LINK_LIMIT, 1],
    [`*2\r\n+OK\r\n$1000000\r\n${"x".repeat(300_000)}`, LINK_LIMIT, 1],
    [`+${"x".repeat(300_000)}`, LINK_LIMIT, 1],
  ];
  for (const [bytes, code, requests] of cases) {
    const puppet = await Puppet.start(t);
    const watched = await Watched.to(t, puppet.port, { maxReplyBytes: 200_000 });
    for (let count = 0; count < requests; count++) watched.link.send(["PING"]);
    await waitFor("accepted", () => puppet.sockets.length === 1);
    puppet.say(bytes);
    const reason = await watched.closedWith(code);
    if (code === LINK_REFUSED) assert.equal(reason.message, "ERR max number of clients reached");
    watched.link.close();
  }
});

test("what waits has limits", async (t) => {
  const puppet = await Puppet.start(t);
  const limits = { maxPendingReplies: 3, maxUnsentBytes: 1 << 20 };
  const watched = await Watched.to(t, puppet.port, limits);
  const { link } = watched;
  const sent = [1, 2, 3, 4].map(() => link.send(["PING"]));
  assert.deepEqual(sent, [true, true, true, false]);
  await assert.rejects(link.request(["PING"]), { code: LINK_LIMIT });
  await waitFor("accepted", () => puppet.sockets.length === 1);
  puppet.sockets[0]?.pause();
  const block = Buffer.alloc(1 << 20);
  let accepted = 0;
  while (link.sendUnanswered(["X", block])) accepted++;
  assert.ok(accepted > 0 && accepted < 64 && link.unsentBytes < 3 << 20);
  puppet.sockets[0]?.resume();
  await waitFor("room again", () => link.sendUnanswered(["PING"]));
});

test("pause keeps bytes with the sender until resume", async (t) => {
  const puppet = await Puppet.start(t);
  const { link } = await Watched.to(t, puppet.port);
  let received = 0;
  link.startRaw((bytes) => {
    received += bytes.length;
  });
  await waitFor("accepted", () => puppet.sockets.length === 1);
  link.pause();
  const size = 16 << 20;
  puppet.say(Buffer.alloc(size));
  await waitFor("the pipe is full", () => (puppet.sockets[0]?.writableLength ?? 0) > 0);
  assert.ok(received < size / 2);
  link.resume();
  await waitFor("all of it", () => received === size);
});

test("no connection: refused, too late, a bad local address", async (t) => {
  const puppet = await Puppet.start(t);
  const { port } = puppet;
  const attempt = (host: string, to: number, timeoutMs: number, bindAddress?: string) => {
    const watched = new Watched(t);
    watched.link.open({ host, port: to, timeoutMs, bindAddress });
    assert.equal(watched.link.send(["PING"]), false);
    return watched;
  };
  await attempt("127.0.0.1", 1, TIMEOUT_MS).closedWith("ECONNREFUSED");
  await attempt("127.0.0.1", port, TIMEOUT_MS, "192.0.2.7").closedWith("EADDRNOTAVAIL");
  const bound = attempt("127.0.0.1", port, TIMEOUT_MS, "127.0.0.9");
  await waitFor("connection", () => bound.link.isConnected);
  assert.equal(bound.link.localAddress, "127.0.0.9");
  assert.equal(bound.link.remoteAddress, "127.0.0.1");
  // A socket that never connects stands for a host that does not answer.
  const silent = new Watched(t, {
    openSocket: () => new Socket(),
  });
  silent.link.open({ host: "x", port: 1, timeoutMs: 20 });
  await silent.closedWith(LINK_TIMEOUT);
  assert.deepEqual(silent.events, ["closed"]);
  assert.throws(() => silent.link.open({ host: "x", port: 1, timeoutMs: 20 }), /once/);
});

test("a real server: replies, errors, messages, and PSYNC into raw mode", async (t) => {
  const server = await ServerProcess.start({ program: REAL_SERVER }, t);
  const { link } = await Watched.to(t, server.port);
  const ask = async (...args: string[]) => asText(await link.request(args));
  assert.equal(await ask("SET", "n", "9223372036854775806"), "OK");
  assert.deepEqual(await ask("INCR", "n"), { integer: "9223372036854775807" });
  assert.deepEqual(await ask("INCR", "n"), {
    error: "ERR increment or decrement would overflow",
  });
  assert.equal(await ask("GET", "missing"), null);
  assert.equal(await ask("SET", "big", "v".repeat(2_000_000)), "OK");
  assert.equal(await ask("GET", "big"), "v".repeat(2_000_000));
  const subscriber = await Watched.to(t, server.port, { isSubscriber: true });
  subscriber.link.sendUnanswered(["SUBSCRIBE", "news"]);
  await waitFor("subscription", () => subscriber.pushed.length === 1);
  await ask("PUBLISH", "news", "hello");
  await waitFor("message", () => subscriber.pushed.length === 2);
  assert.deepEqual(asText(subscriber.pushed[1] ?? null), ["message", "news", "hello"]);
  const replica = await Watched.to(t, server.port);
  let raw = "";
  replica.link.send(["PSYNC", "?", "-1"], (reply) => {
    assert.match(String(asText(reply)), /^FULLRESYNC [0-9a-f]{40} \d+$/);
    replica.link.startRaw((bytes) => {
      raw += bytes.toString("latin1");
    });
  });
  await waitFor("the file", () => /^\n*\$(\d+|EOF:.{40})\r\nREDIS00/.test(raw));
  assert.ok(replica.bytesSeen > 0);
});
