// SENTINEL and its subcommands beside the real ones: the same requests to ours and to a real Sentinel
// with the same configuration, the same replies, the same events and the same state afterwards. What
// depends on the moment is masked; what differs on purpose is listed with its reason.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../support/free-port";
import type { RawClient } from "../support/raw-client";
import { realCommandSpecs } from "../support/real-command-specs";
import { decodeReply, type Reply } from "../support/reply";
import { OUR_SENTINEL, REAL_SENTINEL, REAL_SERVER, ServerProcess } from "../support/server-process";
import { type Cleanup, tempDir } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

const ID = "a".repeat(40);
const OTHER_ID = "b".repeat(40);
/** Nothing is to become down while requests are compared. */
const NEVER_MS = 100_000_000;

/** Texts whose values depend on the moment, or on how fast connections fail. */
const MOMENTS = [
  ...["last-ping-sent", "last-ok-ping-reply", "last-ping-reply", "s-down-time", "o-down-time"],
  ...["info-refresh", "role-reported-time", "last-hello-message", "link-pending-commands"],
  ...["slave-repl-offset", "run-time", "run-delay", "pid", "master-link-down-time"],
].join("|");

/** Subcommands of this project. */
const NOT_IN_REAL = new Set(["forget"]);

/** Requests about a master and a replica that are there, before a failover and at its beginning. */
const LIVING = [
  "SENTINEL MASTER m",
  "SENTINEL MASTERS",
  "SENTINEL REPLICAS m",
  "SENTINEL SLAVES m",
  "SENTINEL SENTINELS m",
  "SENTINEL CKQUORUM m",
  "SENTINEL GET-MASTER-ADDR-BY-NAME m",
];
const FAILING_OVER = ["SENTINEL FAILOVER m", "SENTINEL FAILOVER m", "SENTINEL RESET m"];

/** Requests while the directory of the state is gone. */
const UNSAVED = [
  "SENTINEL FLUSHCONFIG",
  "SENTINEL SET m quorum 2",
  "SENTINEL SET m quorum 3 foo 1",
  "SENTINEL CONFIG SET announce-port 77",
  "SENTINEL MONITOR n 127.0.0.1 1 1",
  "SENTINEL REMOVE n",
  "SENTINEL RESET m",
];

/** Empty words are written as `""`, and the port of the master as PORT. */
const REQUESTS = `
SENTINEL
SENTINEL foo
SENTINEL foo bar
SENTINEL MASTER
SENTINEL MASTER m
SENTINEL MASTER m x
SENTINEL master nope
SENTINEL MASTER M
SENTINEL MASTER ""
SENTINEL MASTERS
SENTINEL MASTERS x
SENTINEL REPLICAS
SENTINEL REPLICAS m
SENTINEL REPLICAS nope
SENTINEL SLAVES m
SENTINEL SLAVES nope
SENTINEL SENTINELS
SENTINEL SENTINELS m
SENTINEL SENTINELS nope
SENTINEL GET-MASTER-ADDR-BY-NAME
SENTINEL GET-MASTER-ADDR-BY-NAME m
SENTINEL GET-MASTER-ADDR-BY-NAME nope
SENTINEL MYID
SENTINEL MYID x
SENTINEL CKQUORUM
SENTINEL CKQUORUM m
SENTINEL CKQUORUM nope
SENTINEL PENDING-SCRIPTS
SENTINEL PENDING-SCRIPTS x
SENTINEL INFO-CACHE
SENTINEL INFO-CACHE m
SENTINEL INFO-CACHE nope
SENTINEL INFO-CACHE nope m m
SENTINEL IS-MASTER-DOWN-BY-ADDR
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 PORT 0 *
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 x 0 *
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 PORT x *
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 01 0 *
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 99999999 0 *
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 PORT -1 *
SENTINEL IS-MASTER-DOWN-BY-ADDR nope PORT 0 *
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.2 PORT 5 ${ID}
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 PORT 0 ${ID}
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 PORT 3 ${ID}
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 PORT 3 ${OTHER_ID}
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 PORT 2 ${OTHER_ID}
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 PORT 4 ${OTHER_ID}
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 PORT 9 *
SENTINEL FAILOVER
SENTINEL FAILOVER m
SENTINEL FAILOVER nope
SENTINEL RESET
SENTINEL RESET nope
SENTINEL RESET ""
SENTINEL RESET M
SENTINEL RESET [a-m]
SENTINEL RESET *
SENTINEL MONITOR
SENTINEL MONITOR a b c d
SENTINEL MONITOR a b 1 d
SENTINEL MONITOR a b c 1
SENTINEL MONITOR a 127.0.0.1 1 0
SENTINEL MONITOR a 127.0.0.1 1 -1
SENTINEL MONITOR a 127.0.0.1 99999 1
SENTINEL MONITOR a 127.0.0.1 -1 1
SENTINEL MONITOR a localhost 1 1
SENTINEL MONITOR m localhost 1 1
SENTINEL MONITOR m 127.0.0.1 99999 1
SENTINEL MONITOR m 127.0.0.1 1 1
SENTINEL MONITOR m 127.0.0.1 1 1 1
SENTINEL MONITOR a 127.0.0.1 PORT 1
SENTINEL MASTER a
SENTINEL MONITOR __proto__ ::1 PORT 1
SENTINEL MASTER __proto__
SENTINEL REMOVE
SENTINEL REMOVE nope
SENTINEL REMOVE a
SENTINEL REMOVE a
SENTINEL REMOVE __proto__
SENTINEL FLUSHCONFIG
SENTINEL FLUSHCONFIG x
SENTINEL SET
SENTINEL SET m
SENTINEL SET m quorum
SENTINEL SET nope quorum 1
SENTINEL SET m nope 1
SENTINEL SET m monitor 1
SENTINEL SET m config-epoch 1
SENTINEL SET m quorum x
SENTINEL SET m quorum 0
SENTINEL SET m quorum -1
SENTINEL SET m quorum 01
SENTINEL SET m quorum 3
SENTINEL SET m QUORUM 4
SENTINEL SET m quorum 99999999999999999999
SENTINEL SET m quorum 5 nope 1
SENTINEL SET m quorum 6 quorum
SENTINEL SET m quorum 7 parallel-syncs x down-after-milliseconds 5
SENTINEL MASTER m
SENTINEL SET m down-after-milliseconds x
SENTINEL SET m down-after-milliseconds 0
SENTINEL SET m down-after-milliseconds ${NEVER_MS}
SENTINEL SET m failover-timeout 0
SENTINEL SET m failover-timeout 5000 parallel-syncs 3 quorum 2
SENTINEL SET m parallel-syncs 0
SENTINEL SET m master-reboot-down-after-period x
SENTINEL SET m master-reboot-down-after-period -1
SENTINEL SET m master-reboot-down-after-period 0
SENTINEL SET m master-reboot-down-after-period 5
SENTINEL SET m notification-script /nope
SENTINEL SET m notification-script ""
SENTINEL SET m client-reconfig-script /bin/true
SENTINEL SET m auth-pass secret auth-user bob
SENTINEL SET m auth-user ""
SENTINEL SET m AUTH-PASS other
SENTINEL SET m auth-pass ""
SENTINEL SET m rename-command config
SENTINEL SET m rename-command "" x
SENTINEL SET m rename-command x ""
SENTINEL SET m rename-command CONFIG guess
SENTINEL SET m rename-command SLAVEOF other quorum 3
SENTINEL SET m rename-command slaveof SLAVEOF
SENTINEL CONFIG
SENTINEL CONFIG GET
SENTINEL CONFIG SET
SENTINEL CONFIG SET a
SENTINEL CONFIG foo bar
SENTINEL CONFIG GET *
SENTINEL CONFIG GET nope
SENTINEL CONFIG GET ANNOUNCE-*
SENTINEL CONFIG GET Sentinel-Pass
SENTINEL CONFIG GET announce-ip announce-port
SENTINEL CONFIG SET nope x
SENTINEL CONFIG SET deny-scripts-reconfig no
SENTINEL CONFIG SET announce-port x
SENTINEL CONFIG SET announce-port 65536
SENTINEL CONFIG SET announce-port -1
SENTINEL CONFIG SET announce-port 007
SENTINEL CONFIG SET ANNOUNCE-PORT 77
SENTINEL CONFIG SET announce-ip 10.1.1.1
SENTINEL CONFIG SET announce-ip 10.1.1.1 announce-port 5
SENTINEL CONFIG SET resolve-hostnames maybe
SENTINEL CONFIG SET resolve-hostnames YES
SENTINEL MONITOR h localhost PORT 1
SENTINEL MASTER h
SENTINEL GET-MASTER-ADDR-BY-NAME h
SENTINEL CONFIG SET announce-hostnames yes
SENTINEL GET-MASTER-ADDR-BY-NAME h
SENTINEL MASTER h
SENTINEL CONFIG SET announce-hostnames no
SENTINEL REMOVE h
SENTINEL CONFIG SET sentinel-user bob
SENTINEL CONFIG SET sentinel-pass secret
SENTINEL CONFIG GET *
SENTINEL CONFIG SET sentinel-user ""
SENTINEL CONFIG SET sentinel-pass ""
SENTINEL CONFIG SET announce-ip ""
SENTINEL CONFIG SET announce-port 0
SENTINEL DEBUG
SENTINEL DEBUG foo
SENTINEL DEBUG foo 1
SENTINEL DEBUG ping-period
SENTINEL DEBUG ping-period x
SENTINEL DEBUG ping-period 0
SENTINEL DEBUG ping-period 500 info-period -1
SENTINEL DEBUG PING-PERIOD 501 info-period 5001 ask-period 502
SENTINEL DEBUG publish-period 503 default-down-after 504 default-failover-timeout 505
SENTINEL DEBUG tilt-trigger 5006 tilt-period 507 slave-reconf-timeout 508
SENTINEL DEBUG min-link-reconnect-period 509 election-timeout 510 script-max-runtime 511
SENTINEL DEBUG script-retry-delay 512 foo
SENTINEL DEBUG
SENTINEL SIMULATE-FAILURE
SENTINEL SIMULATE-FAILURE help
SENTINEL SIMULATE-FAILURE foo
SENTINEL SIMULATE-FAILURE crash-after-election CRASH-AFTER-PROMOTION
SENTINEL SIMULATE-FAILURE crash-after-election foo
SENTINEL SIMULATE-FAILURE HELP
SENTINEL MASTER m
`
  .trim()
  .split("\n");

interface Pair {
  readonly ours: ServerProcess;
  readonly real: ServerProcess;
}

async function startPair(cleanup: Cleanup, text: string): Promise<Pair> {
  const start = (program: string): Promise<ServerProcess> =>
    ServerProcess.start({ program, dir: tempDir(cleanup), configFile: text }, cleanup);
  return { ours: await start(OUR_SENTINEL), real: await start(REAL_SENTINEL) };
}

function wordsOf(request: string, port: number): string[] {
  const words = request.replaceAll("PORT", String(port)).split(" ");
  return words.map((word) => (word === '""' ? "" : word));
}

/** A real Sentinel takes a link for connected from the moment on that it has begun to connect. */
const DISCONNECTED = /(\$5\r\nflags\r\n)\$\d+\r\n([a-z_,]+?)(?:,disconnected)?\r\n/g;

function masked(reply: Buffer): string {
  const moment = new RegExp(`(\\$\\d+\\r\\n(?:${MOMENTS})\\r\\n)\\$\\d+\\r\\n\\d+`, "g");
  return reply.toString("latin1").replace(moment, "$1*").replace(DISCONNECTED, "$1$2\r\n");
}

/** Lines of the state, in any order; the real one also writes that there is no address to announce. */
function stateOf({ dir }: ServerProcess): string[] {
  const lines = readFileSync(join(dir, "redis.conf"), "latin1").split("\n");
  const state = lines.filter((line) => line.startsWith("sentinel "));
  return state.filter((line) => line !== 'sentinel announce-ip ""').sort();
}

/** `channel text` of what a subscriber to everything is sent, up to a text that comes last. */
async function messagesOf(listener: RawClient, last: string): Promise<string[]> {
  const messages: string[] = [];
  while (!messages[messages.length - 1]?.endsWith(last)) {
    const message = decodeReply(await listener.readReply());
    const fields = Array.isArray(message) ? message.map(String) : [];
    if (fields[0] === "pmessage") messages.push(fields.slice(2).join(" "));
  }
  return messages;
}

async function sameReplies(clients: readonly RawClient[], words: string[]): Promise<void> {
  const replies = await Promise.all(clients.map((client) => client.command(...words)));
  const [our, real] = replies.map(masked);
  assert.equal(our, real, words.join(" "));
}

function clientsOf({ ours, real }: Pair): Promise<RawClient[]> {
  return Promise.all([ours, real].map((server) => server.client()));
}

for (const version of ["2", "3"]) {
  test(`SENTINEL gives the same replies, events and state (RESP${version})`, async (t) => {
    const port = await freePort();
    const pair = await startPair(
      t,
      `sentinel myid ${"c".repeat(40)}\nsentinel monitor m 127.0.0.1 ${port} 2\n` +
        `sentinel down-after-milliseconds m ${NEVER_MS}\n` +
        `sentinel known-sentinel m 127.0.0.1 1 ${ID}\nsentinel known-replica m 127.0.0.1 2\n`,
    );
    const clients = await clientsOf(pair);
    const listeners = await clientsOf(pair);
    for (const client of clients) await client.command("HELLO", version);
    for (const listener of listeners) await listener.command("PSUBSCRIBE", "*");
    for (const request of REQUESTS) await sameReplies(clients, wordsOf(request, port));
    await sameReplies(clients, ["SENTINEL", "SET", "m", "quorum", "999"]);
    const [our, real] = await Promise.all(
      listeners.map((listener) => messagesOf(listener, "quorum 999")),
    );
    assert.deepEqual(our, real);
    assert.ok(real !== undefined && real.length > 30, "there were events");
    assert.deepEqual(stateOf(pair.ours), stateOf(pair.real));
  });
}

test("SENTINEL has the declarations of the real one", async (t) => {
  const port = await freePort();
  const pair = await startPair(t, `sentinel monitor m 127.0.0.1 ${port} 2\n`);
  const clients = await clientsOf(pair);
  const [ours, real] = await Promise.all(clients.map(realCommandSpecs));
  const [one, other] = [ours, real].map((specs) => {
    const sentinel = specs?.find(({ name }) => name === "sentinel");
    const known = sentinel?.subcommands?.filter(({ name }) => !NOT_IN_REAL.has(name)) ?? [];
    const sorted = [...known].sort((a, b) => (a.name < b.name ? -1 : 1));
    return [{ ...sentinel, subcommands: undefined }, ...sorted].map(withoutOwnWords);
  });
  assert.deepEqual(one, other);
  assert.ok((one?.length ?? 0) >= 21);
});

/** What is in own words is no fact; FAILOVER takes COORDINATED here. */
function withoutOwnWords(spec: object): object {
  const isWider = "name" in spec && spec.name === "failover";
  const more = isWider ? { arity: undefined, arguments: undefined } : {};
  return { ...spec, summary: undefined, complexity: undefined, ...more };
}

test("SENTINEL shows living instances as the real one", async (t) => {
  // Each has a master of its own, since a failover of the one would be seen by the other.
  const shown = await Promise.all(
    [OUR_SENTINEL, REAL_SENTINEL].map(async (program) => {
      const master = await ServerProcess.start({ program: REAL_SERVER }, t);
      const config = { replicaof: ["127.0.0.1", String(master.port)] };
      const replica = await ServerProcess.start({ program: REAL_SERVER, config }, t);
      const configFile = `sentinel monitor m 127.0.0.1 ${master.port} 1\n`;
      const sentinel = await ServerProcess.start({ program, configFile }, t);
      const client = await sentinel.client();
      await waitFor("the replica is known with its link", async () => {
        const text = String(await client.call("SENTINEL", "REPLICAS", "m"));
        return /,flags,slave,.*master-link-status,ok/.test(text) ? true : undefined;
      });
      const replies: string[] = [];
      for (const protocol of ["2", "3"]) {
        await client.command("HELLO", protocol);
        for (const request of LIVING) {
          const reply = await client.command(...request.split(" "));
          replies.push(`${request} -> ${withoutNames(masked(reply), master, replica)}`);
        }
      }
      // At once, since the failover may be over in a moment.
      const failingOver = FAILING_OVER.map((request) => client.command(...request.split(" ")));
      for (const reply of await Promise.all(failingOver)) replies.push(reply.toString("latin1"));
      return replies;
    }),
  );
  assert.deepEqual(shown[0], shown[1]);
});

/** Ports have the same number of digits nearly always, but not always. */
function withoutNames(text: string, master: ServerProcess, replica: ServerProcess): string {
  return text
    .replace(/\$\d+\r\n/g, "$")
    .replaceAll(String(master.port), "MASTER")
    .replaceAll(String(replica.port), "REPLICA")
    .replace(/[0-9a-f]{40}/g, "ID");
}

test("SENTINEL says when the state could not be saved, and gives no vote then", async (t) => {
  const port = await freePort();
  const pair = await startPair(t, `sentinel monitor m 127.0.0.1 ${port} 2\n`);
  const clients = await clientsOf(pair);
  for (const { dir } of [pair.ours, pair.real]) rmSync(dir, { recursive: true });
  for (const request of UNSAVED) await sameReplies(clients, wordsOf(request, port));
  const client = clients[0] as RawClient;
  const vote = ["SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", String(port), "7", ID];
  const [, leader, epoch] = (await client.call(...vote)) as Reply[];
  assert.equal(String(leader), "*");
  assert.equal(epoch, 0);
  mkdirSync(pair.ours.dir);
  assert.equal(await client.call("SENTINEL", "FLUSHCONFIG"), "OK");
  assert.match(readFileSync(join(pair.ours.dir, "redis.conf"), "latin1"), /current-epoch 7\n/);
});
