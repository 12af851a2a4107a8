// R15: what must not make a new master, and what a Sentinel that dies at the worst moment must not
// break: a minority, a quorum that is not met, replicas that may not be promoted, a crash after the
// election or the promotion, a voter that is killed right after its vote, a Sentinel that was stopped.

import { setTimeout as delay } from "node:timers/promises";
import { mastersAmong } from "../sentinel/failover-watch";
import { Fleet, type FleetOptions, type FleetSentinel, MASTER_NAME } from "../sentinel/fleet";
import { OUR_SENTINEL, OUR_SERVER, REAL_SENTINEL } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "./fault-row";

const DOWN_AFTER_MS = 1000;
/** Long enough for several attempts, if there were any. */
const WATCH_MS = 6000;
const POLL_MS = 50;
const SETTLE_TIMEOUT_MS = 60_000;
const CANDIDATES = ["a".repeat(40), "b".repeat(40)] as const;

type Case = (options: FleetOptions, misses: Misses) => Promise<void>;

async function withFleet(options: FleetOptions, run: (fleet: Fleet) => Promise<void>) {
  const fleet = await Fleet.start({ downAfterMs: DOWN_AFTER_MS, ...options });
  try {
    await run(fleet);
  } finally {
    await fleet.stop();
  }
}

/** Nobody but the first node is a master, as far as it lives, all the time. */
async function watchForMasters(fleet: Fleet, what: string, misses: Misses): Promise<void> {
  const deadlineMs = performance.now() + WATCH_MS;
  while (performance.now() < deadlineMs) {
    const masters = await mastersAmong(fleet, fleet.nodes[0].port);
    if (masters.length > 0) {
      misses.add(`${what}: ${masters.join(", ")} became a master`);
      return;
    }
    await delay(POLL_MS);
  }
}

/** One master among the nodes that live, and every Sentinel that lives names it. */
async function untilOneMaster(fleet: Fleet, what: string, misses: Misses): Promise<void> {
  const living = fleet.sentinels.filter((sentinel) => sentinel.process.running());
  try {
    await waitFor(
      "one master that all agree on",
      async () => {
        const masters = await mastersAmong(fleet, 0);
        if (masters.length !== 1) return false;
        for (const sentinel of living) {
          if ((await fleet.masterPortBy(sentinel)) !== masters[0]) return false;
        }
        return true;
      },
      { timeoutMs: SETTLE_TIMEOUT_MS, intervalMs: POLL_MS },
    );
  } catch {
    const named = await Promise.all(living.map((sentinel) => fleet.masterPortBy(sentinel)));
    const masters = await mastersAmong(fleet, 0);
    misses.add(`${what}: masters are ${masters.join(", ")}, Sentinels name ${named.join(", ")}`);
  }
}

const minority: Case = (options, misses) =>
  withFleet(options, async (fleet) => {
    for (const sentinel of fleet.sentinels.slice(1)) sentinel.process.kill("SIGKILL");
    fleet.nodes[0].process.kill("SIGKILL");
    await watchForMasters(fleet, "a minority", misses);
  });

const minorityWithQuorumOfOne: Case = (options, misses) =>
  withFleet({ ...options, quorum: 1 }, async (fleet) => {
    for (const sentinel of fleet.sentinels.slice(1)) sentinel.process.kill("SIGKILL");
    fleet.nodes[0].process.kill("SIGKILL");
    await watchForMasters(fleet, "a minority with quorum 1", misses);
  });

const quorumUnmet: Case = (options, misses) =>
  withFleet({ ...options, quorum: 3 }, async (fleet) => {
    fleet.sentinels[2].process.kill("SIGSTOP");
    fleet.nodes[0].process.kill("SIGKILL");
    await watchForMasters(fleet, "quorum unmet", misses);
  });

const onlyPriorityZero: Case = (options, misses) =>
  withFleet({ ...options, config: { "replica-priority": 0 } }, async (fleet) => {
    fleet.nodes[0].process.kill("SIGKILL");
    await watchForMasters(fleet, "only priority 0", misses);
  });

function crashOnce(when: string): Case {
  return (options, misses) =>
    withFleet({ ...options, failoverTimeoutMs: 5000 }, async (fleet) => {
      const [first] = fleet.sentinels;
      await first.ask("SENTINEL", "SIMULATE-FAILURE", when);
      await first.ask("SENTINEL", "FAILOVER", MASTER_NAME).catch(() => undefined);
      await waitFor(`a Sentinel to ${when}`, () => !first.process.running());
      await untilOneMaster(fleet, when, misses);
      const port = await fleet.masterPortBy(fleet.sentinels[1]);
      fleet.nodeAt(port).process.kill("SIGKILL");
      await waitFor(
        `another failover after ${when}`,
        async () => (await fleet.masterPortBy(fleet.sentinels[1])) !== port,
        { timeoutMs: SETTLE_TIMEOUT_MS, intervalMs: POLL_MS },
      ).catch((error) => misses.add(String(error)));
      await untilOneMaster(fleet, `after ${when}`, misses);
    });
}

/** The answer to a candidate: whom the voter has voted for in that epoch. */
async function ask(fleet: Fleet, voter: FleetSentinel, epoch: number, candidate: string) {
  const port = String(fleet.nodes[0].port);
  const words = ["SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", port, String(epoch), candidate];
  const reply = await voter.ask(...words);
  return Array.isArray(reply) ? `${String(reply[1])} ${String(reply[2])}` : String(reply);
}

const killedAfterVote: Case = (options, misses) =>
  withFleet(options, async (fleet) => {
    const [voter] = fleet.sentinels;
    for (let epoch = 1; epoch <= 5; epoch++) {
      const first = await ask(fleet, voter, epoch, CANDIDATES[epoch % 2]);
      voter.process.kill("SIGKILL");
      await voter.process.exited;
      await voter.startAgain();
      const second = await ask(fleet, voter, epoch, CANDIDATES[(epoch + 1) % 2]);
      if (first !== `${CANDIDATES[epoch % 2]} ${epoch}`)
        misses.add(`no vote at ${epoch}: ${first}`);
      // The epoch of a vote is kept, not whom it was for: naming nobody is right too.
      if (second !== first && second !== `* ${epoch}`) {
        misses.add(`two votes in epoch ${epoch}: ${first} and ${second}`);
      }
    }
  });

/** A Sentinel that was stopped longer than its tilt trigger does nothing until the tilt is over. */
const tilt: Case = (options, misses) =>
  withFleet({ ...options, quorum: 1, sentinels: options.sentinels.slice(0, 1) }, async (fleet) => {
    const [sentinel] = fleet.sentinels;
    sentinel.process.kill("SIGSTOP");
    fleet.nodes[0].process.kill("SIGKILL");
    await delay(2500);
    sentinel.process.kill("SIGCONT");
    await waitFor("tilt", () => sentinel.process.logs().includes("+tilt"), { timeoutMs: 5000 });
    await watchForMasters(fleet, "TILT", misses);
  });

const CASES: Readonly<Record<string, Case>> = {
  minority,
  minorityWithQuorumOfOne,
  quorumUnmet,
  onlyPriorityZero,
  crashAfterElection: crashOnce("crash-after-election"),
  crashAfterPromotion: crashOnce("crash-after-promotion"),
  killedAfterVote,
  tilt,
};

async function runAll(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const sentinel = run.subject === OUR_SERVER ? OUR_SENTINEL : REAL_SENTINEL;
  const options = {
    servers: [run.subject, run.subject, run.subject],
    sentinels: [sentinel, sentinel, sentinel],
  };
  const names = Object.keys(CASES);
  const some = names.slice(0, Math.max(1, Math.round(names.length * run.share)));
  for (const name of some) {
    run.progress(name);
    try {
      await CASES[name](options, misses);
    } catch (error) {
      misses.add(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const text = `${some.length} ways to a wrong promotion or vote: ${misses.count} things wrong`;
  return { text, misses: misses.texts };
}

export const NO_FAILOVER: FaultRow = {
  id: "R15",
  summary: "what must not make a new master, and Sentinels that die at the worst moment",
  run: runAll,
};
