// Random commands of every family on one node, and what it hands on on another: the same data, also
// while keys and fields expire, members are popped by chance and clients wait.
// REDIS_REPLAY_COMMANDS=200000 runs that many; REDIS_TEST_SEED repeats a run.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withSeed } from "../support/seeds";
import { EffectsReplay } from "./effects-replay";

const COMMANDS = Number(process.env.REDIS_REPLAY_COMMANDS ?? "4000");

test("what is handed on makes the same data on a node that knows no time", (t) =>
  withSeed((random, seed) => {
    const replay = new EffectsReplay(random, seed);
    replay.run(COMMANDS);
    t.diagnostic(`${replay.executed} commands, ${replay.handedOn} handed on, seed ${seed}`);
    assert.ok(replay.handedOn > 0);
  }));

test("keys that are evicted are handed on, too", (t) =>
  withSeed((random, seed) => {
    const settings = [
      ["maxmemory", "9mb"],
      ["maxmemory-policy", "allkeys-random"],
    ] as const;
    const replay = new EffectsReplay(random, seed, settings);
    replay.run(COMMANDS / 4);
    t.diagnostic(`${replay.executed} commands, ${replay.handedOn} handed on, seed ${seed}`);
    assert.ok(replay.handedOn > 0);
  }));
