// What commands that store their result tell of a target that has expired and that nobody has met
// yet: compared with the real server, over all families.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PublishedEvents, wordsOf } from "../support/published-events";
import { canRun, REAL_SERVER } from "../support/server-process";
import { TwoServers } from "../support/two-servers";

const SOURCES = [
  "ZADD z 1 a",
  "SADD s a",
  "GEOADD g 13.36 38.11 p",
  "SET text x",
  "PFADD h a",
  "RPUSH l a",
];
const STORES_NOTHING = [
  "SINTERSTORE t nope nope2",
  "SINTERSTORE t s nope",
  "SUNIONSTORE t nope",
  "SDIFFSTORE t s s",
  "ZUNIONSTORE t 1 nope",
  "ZINTERSTORE t 2 z nope",
  "ZDIFFSTORE t 2 z z",
  "ZRANGESTORE t nope 0 -1",
  "ZRANGESTORE t z 5 6",
  "GEOSEARCHSTORE t nope FROMLONLAT 0 0 BYRADIUS 1 km",
  "GEOSEARCHSTORE t g FROMLONLAT 0 0 BYRADIUS 1 km",
  "GEORADIUS nope 0 0 1 km STORE t",
  "GEORADIUS g 0 0 1 km STOREDIST t",
  "SORT nope STORE t",
  "SORT l ALPHA LIMIT 5 1 STORE t",
  "BITOP AND t nope",
];
const STORES_SOMETHING = [
  "SUNIONSTORE t s",
  "ZUNIONSTORE t 1 z",
  "ZRANGESTORE t z 0 -1",
  "GEOSEARCHSTORE t g FROMLONLAT 13 38 BYRADIUS 1000 km",
  "SORT l ALPHA STORE t",
  "BITOP NOT t text",
  "COPY text t",
  "RENAME text t",
  "LMOVE l t LEFT LEFT",
  "SMOVE s t a",
  "PFMERGE t h",
];
const KEPT = ["SET t x", "ZADD t 1 x", "SADD t x", "RPUSH t x"];

test("an expired target is told of as the real server does", { skip: !canRun(REAL_SERVER) }, () =>
  withServers(async (run) => {
    for (const store of [...STORES_NOTHING, ...STORES_SOMETHING]) {
      for (const kept of KEPT) {
        const setUp = ["FLUSHALL", ...SOURCES, kept, "PEXPIRE t 1", "DEBUG SLEEP 0.003"];
        for (const line of setUp) await run(line);
        await run(store, `${store} after ${kept}`);
      }
    }
  }),
);

/** Runs lines on both servers; with a name, also compares what they publish. */
async function withServers(
  body: (run: (line: string, name?: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const config = { "notify-keyspace-events": "EA", "enable-debug-command": "yes", save: "" };
  const two = await TwoServers.start({ config });
  const { ours, real } = two.servers;
  const listeners = await Promise.all([ours.client(), real.client()]);
  try {
    await two.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    const ourEvents = await PublishedEvents.listen(two.clients.ours, listeners[0]);
    const realEvents = await PublishedEvents.listen(two.clients.real, listeners[1]);
    await body(async (line, name) => {
      const words = wordsOf(line);
      const [events, expected] = await Promise.all([ourEvents.of(words), realEvents.of(words)]);
      if (name !== undefined) assert.deepEqual(events, expected, name);
    });
  } finally {
    for (const listener of listeners) await listener.close();
    await two.stop();
  }
}
