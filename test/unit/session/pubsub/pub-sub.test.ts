// Publishing and subscribing without sockets: who gets what, in which order, and what is left of a
// client that goes.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  CLOSED_BY_PEER,
  CONTROL_OUTPUT_LIMIT_KIB,
  CONTROL_WORDS,
} from "../../../../src/net/transport";
import { SessionRig } from "../session-rig";

const KIB_PER_MIB = 1024;

function message(text: string, channel = "x"): string {
  return `>3\r\n$7\r\nmessage\r\n${bulk(channel)}${bulk(text)}`;
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

describe("publishing", () => {
  test("who publishes to itself gets the message behind the reply", () => {
    const rig = new SessionRig();
    rig.join(1);
    rig.exchange(1, "HELLO 3", "SUBSCRIBE x", "PSUBSCRIBE x*");
    const pattern = `>4\r\n$8\r\npmessage\r\n$2\r\nx*\r\n$1\r\nx\r\n$1\r\n1\r\n`;
    assert.equal(
      rig.exchange(1, "PUBLISH x 1", "PING"),
      `:2\r\n${message("1")}${pattern}+PONG\r\n`,
    );
  });

  test("a message amid another's replies lies between them whole", () => {
    const rig = new SessionRig();
    for (const slot of [1, 2, 3]) rig.join(slot);
    rig.exchange(2, "HELLO 3", "SUBSCRIBE x");
    rig.exchange(3, "SUBSCRIBE x");
    rig.take(2);
    rig.take(3);
    assert.equal(rig.exchange(1, "PING", "PUBLISH x 1", "PING"), "+PONG\r\n:2\r\n+PONG\r\n");
    assert.equal(rig.take(2), message("1"));
    assert.equal(rig.take(3), message("1").replace(">", "*"));
  });

  test("a long message that waits for the end of the command arrives whole", () => {
    const rig = new SessionRig();
    rig.join(1);
    rig.exchange(1, "HELLO 3", "SUBSCRIBE x");
    const text = "abc".repeat(40_000);
    assert.equal(rig.exchange(1, `PUBLISH x ${text}`), `:1\r\n${message(text)}`);
  });

  test("CLIENT REPLY keeps no message back, nor a confirmation", () => {
    const rig = new SessionRig();
    rig.join(1);
    rig.join(2);
    rig.exchange(1, "HELLO 3", "CLIENT REPLY OFF");
    assert.equal(
      rig.exchange(1, "PING", "SUBSCRIBE x", "PUBLISH x 1"),
      `>3\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n:1\r\n${message("1")}`,
    );
    rig.exchange(2, "PUBLISH x 2");
    assert.equal(rig.take(1), message("2"));
  });

  test("names that differ only in bytes, and names too long for a text, are different channels", () => {
    const rig = new SessionRig();
    rig.join(1);
    rig.join(2);
    const long = "n".repeat(5000);
    for (const name of ["__proto__", "\xe9", "\x00", long, `${long}n`]) {
      rig.exchange(1, "HELLO 3", `SUBSCRIBE ${name}`);
      assert.equal(rig.exchange(2, `PUBLISH ${name}x 1`), ":0\r\n");
      assert.equal(rig.exchange(2, `PUBLISH ${name} 1`), ":1\r\n");
      assert.equal(rig.take(1), message("1", name));
      rig.exchange(1, "UNSUBSCRIBE");
    }
  });
});

describe("subscriptions", () => {
  test("end when the client is gone, is killed, or says RESET", () => {
    const rig = new SessionRig();
    const { pubSub } = rig.session;
    for (const slot of [1, 2, 3, 4]) rig.join(slot);
    for (const slot of [1, 2, 3]) rig.exchange(slot, "SUBSCRIBE x", "PSUBSCRIBE y", "SSUBSCRIBE z");
    rig.disconnect(1, CLOSED_BY_PEER);
    rig.exchange(4, "CLIENT KILL ID 2");
    assert.equal(rig.exchange(4, "PUBSUB NUMSUB x"), "*2\r\n$1\r\nx\r\n:1\r\n");
    rig.exchange(3, "RESET");
    for (const topics of [pubSub.channels, pubSub.patterns, pubSub.shardChannels]) {
      assert.equal(topics.count, 0);
    }
    assert.equal(rig.clients.bySlot[3]?.subscriptionBytes, 0);
    assert.equal(rig.exchange(3, "CLIENT ID"), ":3\r\n");
  });

  test("put the client under the limits of its class, as long as there are any", () => {
    const rig = new SessionRig();
    rig.join(1);
    const limitKib = (): number | undefined =>
      rig.transport.memory.control[CONTROL_WORDS + CONTROL_OUTPUT_LIMIT_KIB];
    assert.equal(limitKib(), 0);
    rig.exchange(1, "SUBSCRIBE x");
    assert.equal(limitKib(), 32 * KIB_PER_MIB);
    rig.exchange(1, "SSUBSCRIBE y", "UNSUBSCRIBE");
    assert.equal(limitKib(), 32 * KIB_PER_MIB);
    rig.exchange(1, "SUNSUBSCRIBE");
    assert.equal(limitKib(), 0);
  });

  test("show in CLIENT LIST and in the memory that the client takes", () => {
    const rig = new SessionRig();
    const client = rig.join(1);
    rig.join(2);
    const before = rig.session.clientMemory.totalBytes(client);
    rig.exchange(1, "SUBSCRIBE x y", "PSUBSCRIBE z", "SSUBSCRIBE s");
    assert.match(rig.exchange(2, "CLIENT LIST ID 1"), / flags=P db=0 sub=2 psub=1 ssub=1 /);
    assert.ok(rig.session.clientMemory.totalBytes(client) > before);
    rig.exchange(1, "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE");
    assert.equal(rig.session.clientMemory.totalBytes(client), before);
  });
});
