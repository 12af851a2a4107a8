// XREADGROUP with CLAIM, which is newer than the real server of the parity scripts: what is claimed,
// in which order and how it is told, and when one that waits is served with it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { streamCommands } from "../../src/types/stream/stream-commands";
import { StreamLimits } from "../../src/types/stream/stream-limits";
import { streamType } from "../../src/types/stream/stream-type";
import { CommandEngine } from "../support/command-engine";
import type { RawClient } from "../support/raw-client";
import { decodeReply, type Reply } from "../support/reply";
import { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

const START_MS = 1_000_000;

class Group {
  readonly engine = new CommandEngine({
    commands: [...streamCommands(new StreamLimits()), ...keyspaceCommands],
    types: [streamType],
    poison: true,
  });

  /** A stream `s` of entries 1-0, 2-0, ... and a group `g` that has read nothing. */
  constructor(entries: number) {
    this.engine.setNow(START_MS);
    for (let i = 1; i <= entries; i++) this.line(`XADD s ${i}-0 f ${i}`);
    this.line("XGROUP CREATE s g 0 MKSTREAM");
  }

  line(text: string): Reply {
    return decodeReply(this.engine.run(...text.split(" ")));
  }

  /** At so many ms behind the start. */
  at(ms: number, text: string): Reply {
    this.engine.setNow(START_MS + ms);
    return this.line(text);
  }

  /** What a read replied for its only stream. */
  read(ms: number, text: string): Reply {
    const reply = this.at(ms, `XREADGROUP GROUP g ${text} STREAMS s >`) as Reply[][] | null;
    return reply === null ? null : (reply[0][1] as Reply);
  }
}

function entry(id: number, idleMs: number, deliveries: number): Reply {
  return [`${id}-0`, ["f", String(id)], idleMs, deliveries];
}

describe("XREADGROUP CLAIM", () => {
  test("gives what was idle for long enough first, the longest first, and then what is new", () => {
    const group = new Group(5);
    group.read(0, "alice COUNT 2");
    group.read(100, "bob COUNT 1");
    group.at(150, "XCLAIM s g alice 0 1-0 JUSTID");
    group.read(490, "bob COUNT 1");
    const read = group.read(500, "carol CLAIM 300");
    const claimed = [entry(2, 500, 1), entry(3, 400, 1), entry(1, 350, 1)];
    assert.deepEqual(read, [...claimed, entry(5, 0, 0)]);
    const carols = group.at(510, "XPENDING s g - + 9 carol");
    assert.deepEqual(carols, [
      ["1-0", "carol", 10, 2],
      ["2-0", "carol", 10, 2],
      ["3-0", "carol", 10, 2],
      ["5-0", "carol", 10, 1],
    ]);
    // Whoever has them may claim them again; how often they were delivered goes on.
    assert.deepEqual(group.read(600, "carol CLAIM 100 COUNT 1"), [entry(4, 110, 1)]);
    assert.deepEqual(group.read(600, "carol CLAIM 100 COUNT 1"), [entry(1, 100, 2)]);
    assert.equal(group.read(600, "carol CLAIM 5000"), null);
  });

  test("counts what is claimed and what is new together", () => {
    const group = new Group(4);
    group.read(0, "alice COUNT 2");
    assert.deepEqual(group.read(10, "bob COUNT 1 CLAIM 10"), [entry(1, 10, 1)]);
    assert.deepEqual(group.read(10, "bob CLAIM 10 COUNT 2"), [entry(2, 10, 1), entry(3, 0, 0)]);
    assert.deepEqual((group.line("XINFO GROUPS s") as Reply[][])[0].slice(0, 8), [
      ...["name", "g", "consumers", 2],
      ...["pending", 3, "last-delivered-id", "3-0"],
    ]);
  });

  test("NOACK holds for what is new alone", () => {
    const group = new Group(2);
    group.read(0, "alice COUNT 1");
    assert.deepEqual(group.read(7, "bob NOACK CLAIM 5"), [entry(1, 7, 1), entry(2, 0, 0)]);
    assert.deepEqual(group.line("XPENDING s g - + 9"), [["1-0", "bob", 0, 2]]);
  });

  test("is void where IDs are asked for, also beside a key where it is not", () => {
    const group = new Group(2);
    group.read(0, "alice COUNT 1");
    const read = group.at(50, "XREADGROUP GROUP g bob CLAIM 10 STREAMS s s 0 >");
    const claimed = [entry(1, 50, 1), entry(2, 0, 0)];
    assert.deepEqual(read, [
      ["s", []],
      ["s", claimed],
    ]);
    assert.deepEqual(group.at(90, "XREADGROUP GROUP g bob CLAIM 10 STREAMS s 0"), [
      [
        "s",
        [
          ["1-0", ["f", "1"]],
          ["2-0", ["f", "2"]],
        ],
      ],
    ]);
  });

  test("what is gone is passed over, and pending no more once it was met", () => {
    const group = new Group(6);
    group.read(0, "alice COUNT 5");
    group.line("XDEL s 1-0 2-0 3-0");
    assert.deepEqual(group.read(20, "bob COUNT 1 CLAIM 10"), [entry(4, 20, 1)]);
    assert.deepEqual((group.line("XPENDING s g") as Reply[])[0], 2);
    group.line("XDEL s 5-0 6-0");
    assert.equal(group.read(25, "bob COUNT 1 CLAIM 10"), null);
    assert.equal(group.read(25, "bob CLAIM 9223372036854775807"), null);
  });

  test("takes the oldest among many by COUNT", () => {
    const group = new Group(500);
    for (let i = 0; i < 500; i++) group.read(i, "alice COUNT 1");
    // The last ten become the oldest.
    for (let i = 491; i <= 500; i++) group.line(`XCLAIM s g alice 0 ${i}-0 TIME ${START_MS - i}`);
    const read = group.read(1000, "bob COUNT 12 CLAIM 400") as Reply[][];
    const ids = [500, 499, 498, 497, 496, 495, 494, 493, 492, 491, 1, 2];
    assert.deepEqual(
      read.map(([id]) => id),
      ids.map((id) => `${id}-0`),
    );
  });

  test("wrong arguments are told, and change nothing", () => {
    const group = new Group(1);
    const read = (text: string): Reply => group.line(`XREADGROUP GROUP g c ${text}`);
    const noInteger = { error: "ERR min-idle-time is not an integer" };
    assert.deepEqual(read("CLAIM x STREAMS s >"), noInteger);
    assert.deepEqual(read("CLAIM 1.5 STREAMS s >"), noInteger);
    const negative = { error: "ERR min-idle-time must be a positive integer" };
    assert.deepEqual(read("CLAIM -1 STREAMS s >"), negative);
    const ofRead = group.line("XREAD CLAIM 1 STREAMS s 0");
    const error = "ERR The CLAIM option is only supported by XREADGROUP. You called XREAD instead.";
    assert.deepEqual(ofRead, { error });
    assert.deepEqual(group.line("XINFO CONSUMERS s g"), []);
  });
});

describe("XREADGROUP CLAIM that waits", () => {
  let server: ServerProcess;
  let admin: RawClient;
  let client: RawClient;
  let other: RawClient;
  before(async () => {
    server = await ServerProcess.start();
    admin = await server.client();
    client = await server.client();
    other = await server.client();
  });
  after(async () => {
    for (const one of [admin, client, other]) await one?.close();
    await server?.stop();
  });

  async function line(of: RawClient, text: string): Promise<Reply> {
    return of.call(...text.split(" "));
  }

  /** Asks what has to wait; its reply comes later. */
  async function ask(of: RawClient, text: string): Promise<{ reply: Promise<Reply> }> {
    const before = await blocked();
    const reply = of.call(...text.split(" "));
    await waitFor("it to wait", async () => (await blocked()) === before + 1);
    return { reply };
  }

  async function blocked(): Promise<number> {
    return Number(/blocked_clients:(\d+)/.exec(String(await admin.call("INFO", "clients")))?.[1]);
  }

  async function begin(): Promise<void> {
    await line(admin, "FLUSHALL");
    await line(admin, "XADD s 1-0 f 1");
    await line(admin, "XGROUP CREATE s g 0");
  }

  /** Those who wait find nothing new, only what alice has read: 2-0. `then` is run with it. */
  async function letAliceRead(...then: string[]): Promise<void> {
    const read = "XREADGROUP GROUP g alice STREAMS s >";
    const commands = ["MULTI", "XADD s 2-0 f 2", read, ...then, "EXEC"];
    const replies = await Promise.all(commands.map((text) => line(admin, text)));
    assert.equal((replies.at(-1) as Reply[]).length, 2 + then.length);
  }

  function idsOf(reply: Reply): Reply[] {
    return ((reply as Reply[][])[0][1] as Reply[][]).map(([id]) => String(id));
  }

  test("is served when something has been pending for long enough", async () => {
    await begin();
    await line(admin, "XREADGROUP GROUP g alice NOACK STREAMS s >");
    const waits = await ask(client, "XREADGROUP GROUP g bob BLOCK 0 CLAIM 150 STREAMS s >");
    const start = performance.now();
    await letAliceRead();
    assert.deepEqual(idsOf(await waits.reply), ["2-0"]);
    assert.ok(performance.now() - start > 100);
    assert.equal(await blocked(), 0);
  });

  test("is served with what another read only while it waited", async () => {
    await begin();
    await line(admin, "XADD other 1-0 f v");
    await line(admin, "XGROUP CREATE other g $");
    await line(admin, "XREADGROUP GROUP g alice NOACK STREAMS s >");
    const others = await ask(other, "XREADGROUP GROUP g alice BLOCK 0 STREAMS s >");
    const waits = await ask(client, "XREADGROUP GROUP g bob BLOCK 0 CLAIM 60 STREAMS other s > >");
    await line(admin, "XADD s 2-0 f 2");
    assert.deepEqual(idsOf(await others.reply), ["2-0"]);
    const read = (await waits.reply) as Reply[][];
    assert.deepEqual(read[0][0], "s");
    assert.deepEqual(idsOf(read), ["2-0"]);
  });

  test("two that wait get it one after the other, and acknowledged it is nobody's", async () => {
    await begin();
    await line(admin, "XREADGROUP GROUP g alice NOACK STREAMS s >");
    const waits = await ask(client, "XREADGROUP GROUP g bob BLOCK 0 CLAIM 80 STREAMS s >");
    const others = await ask(other, "XREADGROUP GROUP g carol BLOCK 400 CLAIM 80 STREAMS s >");
    // Held until the first is served.
    const acknowledged = line(client, "XACK s g 2-0");
    await letAliceRead();
    assert.deepEqual(idsOf(await waits.reply), ["2-0"]);
    assert.equal(await acknowledged, 1);
    assert.equal(await others.reply, null);
    assert.equal(await blocked(), 0);
  });

  test("nothing is claimed while writes are paused", async () => {
    await begin();
    await line(admin, "XREADGROUP GROUP g alice NOACK STREAMS s >");
    const waits = await ask(client, "XREADGROUP GROUP g bob BLOCK 0 CLAIM 30 STREAMS s >");
    await letAliceRead("CLIENT PAUSE 60000 WRITE");
    await waitFor("it to be idle for long enough and longer", async () => {
      const pending = (await line(admin, "XPENDING s g - + 1")) as Reply[][];
      assert.equal(String(pending[0][1]), "alice");
      return Number(pending[0][2]) > 200;
    });
    await line(admin, "CLIENT UNPAUSE");
    assert.deepEqual(idsOf(await waits.reply), ["2-0"]);
  });

  test("ends with its error when the group is gone, and by its time", async () => {
    await begin();
    await line(admin, "XREADGROUP GROUP g alice STREAMS s >");
    const waits = await ask(client, "XREADGROUP GROUP g bob BLOCK 0 CLAIM 60000 STREAMS s >");
    await line(admin, "XGROUP DESTROY s g");
    assert.match(JSON.stringify(await waits.reply), /NOGROUP/);
    await begin();
    await line(admin, "XREADGROUP GROUP g alice STREAMS s >");
    const read = "XREADGROUP GROUP g bob BLOCK 20 CLAIM 60000 STREAMS s >";
    assert.equal(await line(client, read), null);
  });
});
