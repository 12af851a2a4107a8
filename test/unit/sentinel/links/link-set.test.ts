// The sockets behind links, against peers that say what the test wants.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LinkSet } from "../../../../src/sentinel/links/link-set";
import { Instance, MasterOptions } from "../../../../src/sentinel/model/instance";
import type { RequestKind, SentinelEvent } from "../../../../src/sentinel/model/sentinel-event";
import { Puppet } from "../../../support/puppet";
import type { Cleanup } from "../../../support/temp-dir";
import { waitFor } from "../../../support/wait-for";

function newMaster(port: number, ip = "127.0.0.1"): Instance {
  const address = { host: ip, ip, port };
  const options = new MasterOptions(1);
  return new Instance({ kind: "master", name: "m", address, options, nowMs: 1 });
}

function newLinks(t: Cleanup) {
  const events: SentinelEvent[] = [];
  const links = new LinkSet(
    (event) => events.push(event),
    () => "",
  );
  t.after(() => links.closeAll());
  const until = (count: number) =>
    waitFor(`${count} events`, () => (events.length >= count ? events : null));
  return { links, events, until };
}

function send(links: LinkSet, instance: Instance, request: RequestKind, ...words: string[]): void {
  links.send({ kind: "send", instance, request, words, isTelling: false });
}

function reasonsOf(events: readonly SentinelEvent[]): string[] {
  return events.map((event) => (event.kind === "closed" ? event.reason : event.kind));
}

describe("a link for commands", () => {
  test("says its opening first, whose answers are told to nobody", async (t) => {
    const peer = await Puppet.start(t);
    const { links, events, until } = newLinks(t);
    const master = newMaster(peer.port);
    links.connect(master.link, "commands", [
      ["AUTH", "\xe9"],
      ["CLIENT", "SETNAME", "s"],
    ]);
    await until(1);
    assert.deepEqual(events[0], { kind: "connected", link: master.link, of: "commands" });
    assert.equal(links.localAddress(master.link), "127.0.0.1");
    send(links, master, "ping", "PING");
    const expected =
      "*2\r\n$4\r\nAUTH\r\n$1\r\n\xe9\r\n*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$1\r\ns\r\n*1\r\n$4\r\nPING\r\n";
    await waitFor("requests", () => (peer.received === expected ? true : null));
    peer.say("+OK\r\n-ERR what\r\n+PONG\r\n");
    await until(2);
    const told = { kind: "reply", instance: master, request: "ping", reply: "PONG" };
    assert.deepEqual(events.slice(1), [told]);
  });

  test("tells replies in the order of the requests, each as what it is", async (t) => {
    const peer = await Puppet.start(t);
    const { links, events, until } = newLinks(t);
    const master = newMaster(peer.port);
    const other = newMaster(peer.port);
    other.link = master.link;
    links.connect(master.link, "commands", []);
    await until(1);
    send(links, master, "ping", "PING");
    send(links, other, "info", "INFO");
    for (const request of ["ask", "hello", "hello", "ask", "ask"] as const) {
      send(links, master, request, "X");
    }
    peer.say("-LOADING x\r\n$4\r\na\xffb\n\r\n*3\r\n:1\r\n$1\r\n*\r\n:0\r\n");
    peer.say(
      ":9007199254740993\r\n:99999999999999999999\r\n$-1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
    );
    await until(8);
    const seen = events.slice(1).map((event) => {
      if (event.kind !== "reply") return event;
      return [event.instance === other, event.request, event.reply];
    });
    const deep = { error: "ERR the peer sent arrays within arrays" };
    assert.deepEqual(seen, [
      [false, "ping", { error: "LOADING x" }],
      [true, "info", "a\xffb\n"],
      [false, "ask", [1, "*", 0]],
      [false, "hello", 9007199254740993n],
      [false, "hello", { error: "ERR the peer sent an integer that is none" }],
      [false, "ask", null],
      [false, "ask", [[[[deep]]]]],
    ]);
  });

  test("tells why it ended, once, and can be opened anew", async (t) => {
    const peer = await Puppet.start(t);
    const { links, events, until } = newLinks(t);
    const master = newMaster(peer.port);
    links.connect(master.link, "commands", []);
    await until(1);
    send(links, master, "ping", "PING");
    await waitFor("a request", () => (peer.received !== "" ? true : null));
    peer.sockets[0]?.end();
    await until(2);
    const reason = "the peer closed the connection";
    assert.deepEqual(events[1], { kind: "closed", link: master.link, of: "commands", reason });
    send(links, master, "ping", "PING");
    links.connect(master.link, "commands", []);
    await until(3);
    assert.equal(events[2]?.kind, "connected");
    assert.equal(peer.sockets.length, 2);
  });

  test("ends when the peer is not there, or its address not known", async (t) => {
    const peer = await Puppet.start(t);
    const { links, events, until } = newLinks(t);
    const { port } = peer;
    await peer.stopListening();
    for (const master of [newMaster(port), newMaster(port, ""), newMaster(0)]) {
      links.connect(master.link, "commands", []);
    }
    assert.equal(events.length, 0);
    await until(3);
    assert.deepEqual(
      reasonsOf(events)
        .map((reason) => reason.split(" ")[0])
        .sort(),
      ["connect", "the", "the"],
    );
  });

  test("ends when a reply is too large, is no RESP, or answers nothing", async (t) => {
    const bad = [`$2000000\r\n${"x".repeat(1_100_000)}`, "HTTP/1.1 400\r\n", "+A\r\n+B\r\n"];
    for (const text of bad) {
      const peer = await Puppet.start(t);
      const { links, events, until } = newLinks(t);
      const master = newMaster(peer.port);
      links.connect(master.link, "commands", []);
      await until(1);
      send(links, master, "info", "INFO");
      await waitFor("a request", () => (peer.received !== "" ? true : null));
      peer.say(text);
      await waitFor("the end", () => (events.at(-1)?.kind === "closed" ? true : null));
    }
  });

  test("that was disconnected tells nothing any more", async (t) => {
    const peer = await Puppet.start(t);
    const { links, events, until } = newLinks(t);
    const master = newMaster(peer.port);
    links.connect(master.link, "commands", []);
    await until(1);
    send(links, master, "ping", "PING");
    links.disconnect(master.link, "commands");
    send(links, master, "ping", "PING");
    await waitFor("the peer's end", () => (peer.sockets[0]?.readableEnded ? true : null));
    const unknown = newMaster(0);
    links.connect(unknown.link, "commands", []);
    links.disconnect(unknown.link, "commands");
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(events.length, 1);
    assert.equal(links.localAddress(master.link), "");
  });

  test("with too many requests without an answer ends", async (t) => {
    const peer = await Puppet.start(t);
    const { links, events, until } = newLinks(t);
    const master = newMaster(peer.port);
    links.connect(master.link, "commands", []);
    await until(1);
    for (let i = 0; i <= 200; i++) send(links, master, "ping", "PING");
    await until(2);
    assert.equal(events[1]?.kind, "closed");
    assert.equal(events.length, 2);
  });
});

describe("a link for events", () => {
  const opening = [
    ["AUTH", "p"],
    ["SUBSCRIBE", "__sentinel__:hello"],
  ];

  test("tells what is published, and nothing else that comes", async (t) => {
    const peer = await Puppet.start(t);
    const { links, events, until } = newLinks(t);
    const master = newMaster(peer.port);
    links.connect(master.link, "events", opening);
    await until(1);
    assert.deepEqual(events[0], { kind: "connected", link: master.link, of: "events" });
    peer.say("+OK\r\n*3\r\n$9\r\nsubscribe\r\n$18\r\n__sentinel__:hello\r\n:1\r\n");
    peer.say("*3\r\n$7\r\nmessage\r\n$18\r\n__sentinel__:hello\r\n$3\r\na,\xff\r\n");
    await until(2);
    assert.deepEqual(events[1], { kind: "hello", link: master.link, text: "a,\xff" });
  });

  test("ends when it is not let in, and when a message is too large", async (t) => {
    const huge = `*3\r\n$7\r\nmessage\r\n$1\r\nh\r\n$99999\r\n${"x".repeat(99_999)}`;
    for (const text of ["-ERR\r\n-NOAUTH\r\n", huge]) {
      const peer = await Puppet.start(t);
      const { links, events, until } = newLinks(t);
      const master = newMaster(peer.port);
      links.connect(master.link, "events", opening);
      await until(1);
      await waitFor("requests", () => (peer.received.includes("SUBSCRIBE") ? true : null));
      peer.say(text);
      await until(2);
      assert.equal(events[1]?.kind, "closed");
    }
  });
});
