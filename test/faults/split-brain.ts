// R14 with Sentinels: the master is cut off from everybody for half a minute, but for one client beside
// it, and asks for replicas that follow (min-replicas-to-write). It refuses that client's writes soon,
// and after the cut there is one master again, which has none of the refused writes.

import { setTimeout as delay } from "node:timers/promises";
import { mastersAmong } from "../sentinel/failover-watch";
import { Fleet } from "../sentinel/fleet";
import type { RawClient } from "../support/raw-client";
import { OUR_SENTINEL, OUR_SERVER, REAL_SENTINEL } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "./fault-row";

const RUNS = 5;
const MAX_LAG_SECONDS = 2;
/** Beside the lag: a master looks at its replicas once a second or more often. */
const REFUSAL_MS = MAX_LAG_SECONDS * 1000 + 2000;
const ISOLATED_MS = 30_000;
const ONE_MASTER_MS = 15_000;
const GIVE_UP_MS = 60_000;
const POLL_MS = 20;

interface Isolation {
  readonly refusedAfterMs: number;
  readonly oneMasterAfterMs: number;
}

async function untilRefused(client: RawClient, misses: Misses): Promise<number> {
  const begun = performance.now();
  for (let value = 0; performance.now() - begun < GIVE_UP_MS; value++) {
    const reply = (await client.command("SET", "cut off", String(value))).toString("latin1");
    if (reply.startsWith("-NOREPLICAS")) return performance.now() - begun;
    await delay(POLL_MS);
  }
  misses.add("the isolated master never refused a write");
  return Number.POSITIVE_INFINITY;
}

async function isolate(run: FaultRun, misses: Misses): Promise<Isolation> {
  const sentinel = run.subject === OUR_SERVER ? OUR_SENTINEL : REAL_SENTINEL;
  const fleet = await Fleet.start({
    servers: [run.subject, run.subject, run.subject],
    sentinels: [sentinel, sentinel, sentinel],
    config: { "min-replicas-to-write": 1, "min-replicas-max-lag": MAX_LAG_SECONDS },
  });
  try {
    const [master] = fleet.nodes;
    const beside = await master.process.client();
    const begun = performance.now();
    master.proxy.isolate();
    const refusedAfterMs = await untilRefused(beside, misses);
    while (performance.now() - begun < ISOLATED_MS) {
      const reply = (await beside.command("SET", "cut off", "refused")).toString("latin1");
      if (!reply.startsWith("-NOREPLICAS")) misses.add(`a write was answered by ${reply.trim()}`);
      await delay(ISOLATED_MS / 100);
    }
    master.proxy.heal();
    // Its hosts have forgotten the connections of before.
    master.proxy.cut();
    const healed = performance.now();
    await waitFor("one master", async () => (await mastersAmong(fleet, 0)).length === 1, {
      timeoutMs: GIVE_UP_MS,
      intervalMs: POLL_MS,
    });
    const oneMasterAfterMs = performance.now() - healed;
    await beside.close();
    const [port] = await mastersAmong(fleet, 0);
    if (port === master.port) misses.add("the isolated master stayed the master");
    const client = await fleet.nodeAt(port).process.client();
    const value = await client.call("GET", "cut off");
    await client.close();
    if (value === "refused") misses.add("a refused write is there");
    return { refusedAfterMs, oneMasterAfterMs };
  } finally {
    await fleet.stop();
  }
}

async function runAll(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const done: Isolation[] = [];
  for (let left = sharedCount(RUNS, run); left > 0; left--) {
    done.push(await isolate(run, misses));
    run.progress(`${done.length} isolated masters`);
  }
  const refused = Math.max(...done.map((one) => one.refusedAfterMs));
  const oneMaster = Math.max(...done.map((one) => one.oneMasterAfterMs));
  if (refused > REFUSAL_MS) misses.add("writes were refused late");
  if (oneMaster > ONE_MASTER_MS) misses.add("two masters for too long");
  const text =
    `${done.length} isolated masters: writes refused after ${Math.round(refused)} ms at most, ` +
    `one master ${Math.round(oneMaster)} ms after the cut at most; ${misses.count} things wrong`;
  return { text, misses: misses.texts };
}

export const SPLIT_BRAIN: FaultRow = {
  id: "R14S",
  summary: "a master cut off from everybody but one client, with Sentinels: no second history",
  run: runAll,
};
