// Client-side caching by chance: random reads, changes and modes of three clients on our server and
// the real one, and what each of them is sent.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CLIENTS, Connections } from "../support/connections";
import { type SeededRandom, withSeed } from "../support/seeds";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";

const RANDOM_STEPS = 600;
const RANDOM_LINES: readonly string[] = [
  "GET k",
  "GET K",
  "GET k",
  "MGET k k k",
  "SET k 1",
  "SET k 1",
  "MSET k 1 k 2",
  "DEL k k",
  "EXISTS k",
  "EXPIRE k 100",
  "PERSIST k",
  "RENAME k k",
  "COPY k k REPLACE",
  "GETDEL k",
  "MULTI ; GET k ; SET k 1 ; GET k ; EXEC",
  "CLIENT CACHING YES ; GET k",
  "CLIENT CACHING NO ; GET k",
  "CLIENT TRACKING ON",
  "CLIENT TRACKING ON NOLOOP",
  "CLIENT TRACKING ON OPTIN",
  "CLIENT TRACKING ON OPTOUT",
  "CLIENT TRACKING ON BCAST",
  "CLIENT TRACKING ON BCAST PREFIX k1 PREFIX k2 NOLOOP",
  "CLIENT TRACKING ON REDIRECT $c",
  "CLIENT TRACKING OFF",
  "CLIENT TRACKING OFF",
  "CLIENT TRACKINGINFO",
  "FLUSHDB",
  "HELLO 3",
  "HELLO 2",
  "RESET",
];

/** A line of any client, each lone `k` one of a few keys. */
function randomLine(random: SeededRandom): string {
  const words = random.pick(RANDOM_LINES).split(" ");
  // Within a transaction of the one that gets redirected messages, 7.0 sends them amid the reply.
  const client = words[0] === "MULTI" ? random.pick(["a", "b"]) : random.pick(CLIENTS);
  const named = words.map((word) => (word === "k" ? `k${random.below(4)}` : word));
  return [client, ...named].join(" ");
}

/**
 * What each connection was sent, in no order: a message that was redirected to the client that is
 * being answered comes before its reply in 7.0 and behind it since 7.2. A null in it is that of the
 * redirecting client's protocol there, and of the receiver's here.
 */
function comparable(received: readonly string[]): string[] {
  return received.map((text) => text.replace(/(invalidate\r\n)(\$-1|_)\r\n$/, "$1null")).sort();
}

describe("client-side caching by chance", { skip: !canRun(OUR_SERVER) }, () => {
  const config = { "enable-debug-command": "yes" };
  let servers: ServerProcess[];
  before(async () => {
    servers = [
      await ServerProcess.start({ config }),
      await ServerProcess.start({ program: REAL_SERVER, config }),
    ];
  });
  after(async () => {
    for (const server of servers) await server.stop();
  });

  test("random reads, changes and modes", async (t) => {
    await withSeed(async (random) => {
      const pair = await Promise.all(servers.map((server) => Connections.open(server, "3")));
      const [ours, real] = pair;
      assert.ok(ours !== undefined && real !== undefined);
      t.after(() => Promise.all([ours.close(), real.close()]));
      for (let step = 0; step < RANDOM_STEPS; step++) {
        const line = randomLine(random);
        const [mine, theirs] = await Promise.all([ours.run(line), real.run(line)]);
        assert.deepEqual(comparable(mine), comparable(theirs), `step ${step}: ${line}`);
      }
    });
  });
});
