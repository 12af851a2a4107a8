// A Sentinel among strangers: servers that answer anything, and clients that send anything. It goes on,
// and believes none of it.

import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, test } from "node:test";
import { type SeededRandom, withSeed } from "../support/seeds";
import { OUR_SENTINEL, ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

const NODES = 6;
const ENOUGH_ANSWERS = 800;
const REQUESTS = 4000;
const HUGE = "9".repeat(400);
const ID = "a".repeat(40);
/** Words that numbers, names and addresses could be taken for. */
const EDGES = [
  "",
  "0",
  "-1",
  "1",
  "65536",
  "2147483648",
  "9223372036854775808",
  HUGE,
  "1e3",
  "nan",
  "*",
  "?",
  "__proto__",
  "constructor",
  "m0",
  ID,
  "127.0.0.1",
  "::1",
  "no such host",
  "a,b,c",
  "\0\r\n",
  "\xff\xfe",
  "x".repeat(5000),
];
const INFO_FIELDS = [
  "run_id",
  "role",
  "master_host",
  "master_port",
  "master_link_status",
  "master_link_down_since_seconds",
  "slave_repl_offset",
  "slave_priority",
  "replica_announced",
  "master_repl_offset",
  "connected_slaves",
];

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

function info(random: SeededRandom): string {
  const lines = ["# Replication", `role:${random.pick(["master", "slave", "", "sentinel"])}`];
  for (let i = random.below(20); i > 0; i--) {
    lines.push(`${random.pick(INFO_FIELDS)}:${random.pick(EDGES)}`);
  }
  for (let i = random.below(40); i > 0; i--) {
    const address = `ip=${random.pick(EDGES)},port=${random.pick(EDGES)}`;
    const old = `${random.pick(EDGES)},${random.pick(EDGES)},online`;
    lines.push(`slave${i}:${random.chance(0.7) ? `${address},state=online,offset=1,lag=0` : old}`);
  }
  return bulk(lines.join(random.chance(0.9) ? "\r\n" : "\n"));
}

function hello(random: SeededRandom): string {
  const words = Array.from({ length: random.pick([0, 1, 7, 8, 8, 8, 9]) }, () =>
    random.pick(EDGES).slice(0, 100),
  );
  const message = bulk(words.join(","));
  return `*3\r\n${bulk("message")}${bulk(random.pick(["__sentinel__:hello", "x"]))}${message}`;
}

function answer(random: SeededRandom): string {
  const answers = [
    () => "+PONG\r\n",
    () => "+\r\n",
    () => `-${random.pick(["LOADING x", "MASTERDOWN", "NOAUTH", "BUSY x", "", HUGE])}\r\n`,
    () => `:${random.pick(["0", "-1", "9007199254740993", HUGE])}\r\n`,
    () => "$-1\r\n",
    () => "*-1\r\n",
    () => "*0\r\n",
    () => `*3\r\n:1\r\n${bulk(random.pick(EDGES))}:${random.below(9)}\r\n`,
    () => `*2\r\n${"*1\r\n".repeat(30)}:1\r\n:2\r\n`,
    () => info(random),
    () => info(random),
    () => info(random),
    () => hello(random),
  ];
  return random.pick(answers)();
}

interface Stranger {
  port: number;
  answers: number;
}

/** A server that answers each request, and now and then more than that, or ends the connection. */
async function startStranger(random: SeededRandom, t: Cleanup): Promise<Stranger> {
  const stranger: Stranger = { port: 0, answers: 0 };
  const sockets = new Set<Socket>();
  const subscribers = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      sockets.delete(socket);
      subscribers.delete(socket);
    });
    socket.on("data", (bytes: Buffer) => {
      const text = bytes.toString("latin1");
      if (text.includes("SUBSCRIBE")) subscribers.add(socket);
      const requests = text.match(/^\*\d+\r$/gm)?.length ?? 0;
      for (let i = 0; i < requests; i++) {
        stranger.answers += 1;
        if (!subscribers.has(socket)) socket.write(answer(random), "latin1");
      }
      for (const subscriber of subscribers) subscriber.write(hello(random), "latin1");
      if (random.chance(0.005)) socket.write("HTTP/1.1 400 Bad Request\r\n\r\n");
      if (random.chance(0.005)) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stranger.port = (server.address() as AddressInfo).port;
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return stranger;
}

describe("a Sentinel among strangers", () => {
  test("goes on and watches whom it was told to, whatever they answer", (t) =>
    withSeed(async (random) => {
      const strangers: Stranger[] = [];
      for (let i = 0; i < NODES; i++) strangers.push(await startStranger(random, t));
      const lines = strangers.map(({ port }, i) => `sentinel monitor m${i} 127.0.0.1 ${port} 9`);
      const configFile = `${lines.join("\n")}\n`;
      const sentinel = await ServerProcess.start({ program: OUR_SENTINEL, configFile }, t);
      const client = await sentinel.client();
      t.after(() => client.close());
      const often = ["ping-period", "info-period", "publish-period"];
      const fast = often.flatMap((name) => [name, "20"]);
      assert.equal(await client.call("SENTINEL", "DEBUG", ...fast), "OK");
      const areEnough = (): boolean => {
        if (!sentinel.running()) throw new Error(sentinel.logs());
        return strangers.reduce((sum, { answers }) => sum + answers, 0) > ENOUGH_ANSWERS;
      };
      await waitFor("answers of strangers", areEnough, { timeoutMs: 30_000 });
      for (const [i, { port }] of strangers.entries()) {
        const address = await client.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", `m${i}`);
        assert.deepEqual(address, ["127.0.0.1", String(port)]);
      }
      assert.doesNotMatch(sentinel.logs(), /BUG REPORT|\+switch-master|\+try-failover/);
      await client.close();
      assert.equal((await sentinel.stop()).code, 0);
    }));

  test("answers every request of a client with a reply, whatever it says", (t) =>
    withSeed(async (random) => {
      const configFile = "sentinel monitor m0 127.0.0.1 1 2\n";
      const sentinel = await ServerProcess.start({ program: OUR_SENTINEL, configFile }, t);
      const names = String(await (await sentinel.client()).call("COMMAND", "LIST"))
        .split(",")
        .filter((name) => !/^(shutdown|.*subscribe|client\|(kill|pause|reply))/.test(name))
        .filter((name) => name !== "sentinel|simulate-failure");
      let client = await sentinel.client();
      for (let i = 0; i < REQUESTS; i++) {
        const words = random.pick(names).split("|");
        for (let n = random.below(6); n > 0; n--) words.push(random.pick(EDGES));
        // A change of the id or of names that are looked up takes its time; all get a reply.
        await client.command(...words.map((word) => Buffer.from(word, "latin1")));
        if (random.chance(0.01)) {
          await client.close();
          client = await sentinel.client();
        }
      }
      t.after(() => client.close());
      assert.doesNotMatch(sentinel.logs(), /BUG REPORT/);
      assert.equal(sentinel.running(), true);
    }));
});
