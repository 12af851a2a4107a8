// Expiry and eviction follow CONFIG SET at once, and go back when the set fails.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Config } from "../../../src/config/config";
import { Eviction } from "../../../src/keyspace/eviction";
import { RANK_EXPIRES_SOON, RANK_SELDOM_USED } from "../../../src/keyspace/eviction-policy";
import { ExpireCycle } from "../../../src/keyspace/expire-cycle";
import { followConfig } from "../../../src/keyspace/follow-config";
import { UsedMemory } from "../../../src/keyspace/used-memory";
import { KeyspaceFixture } from "./keyspace-fixture";

test("every directive takes effect at once", () => {
  const fixture = new KeyspaceFixture();
  const { keyspace, monotonicMs } = fixture;
  const used = new UsedMemory(fixture.memory, { heapBytes: () => 0, clientBytes: () => 0 });
  const eviction = new Eviction(keyspace, used, monotonicMs);
  const expireCycle = new ExpireCycle(keyspace, monotonicMs);
  const config = new Config({
    currentDirectory: () => "/",
    changeDirectory: () => undefined,
  });
  let hasLimit: boolean | undefined;
  followConfig(config, keyspace, eviction, expireCycle, (limited) => {
    hasLimit = limited;
  });
  assert.equal(hasLimit, false);
  assert.equal(keyspace.sharesIntegers, true);
  const circumstances = { local: true, loading: false };
  const set = (...pairs: [string, string][]): string | undefined =>
    config.set(pairs, circumstances);
  const wanted: [string, string][] = [
    ["maxmemory", "100mb"],
    ["maxmemory-policy", "allkeys-lfu"],
    ["maxmemory-samples", "7"],
    ["maxmemory-eviction-tenacity", "20"],
    ["lfu-log-factor", "3"],
    ["lfu-decay-time", "0"],
    ["active-expire-effort", "9"],
  ];
  assert.equal(set(...wanted), undefined);
  assert.equal(eviction.limitBytes, 100 * 1024 * 1024);
  assert.equal(eviction.policy.rank, RANK_SELDOM_USED);
  assert.equal(eviction.tenacity, 20);
  assert.equal(expireCycle.effort, 9);
  const { access } = keyspace;
  assert.deepEqual([access.countsAccesses, access.logFactor, access.decayMinutes], [true, 3, 0]);
  assert.equal(hasLimit, true);
  assert.equal(keyspace.sharesIntegers, false);
  assert.equal(eviction.hasWork, true);
  // The last pair of a set is wrong: nothing of it may stay.
  assert.notEqual(set(["maxmemory-policy", "volatile-ttl"], ["maxmemory-samples", "0"]), undefined);
  assert.equal(eviction.policy.rank, RANK_SELDOM_USED);
  assert.equal(set(["maxmemory-policy", "volatile-ttl"], ["maxmemory", "0"]), undefined);
  assert.equal(eviction.policy.rank, RANK_EXPIRES_SOON);
  assert.equal(access.countsAccesses, false);
  assert.equal(hasLimit, false);
  assert.equal(eviction.hasWork, false);
});
