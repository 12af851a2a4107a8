// The pool of candidates against a sorted list.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Database } from "../../../src/keyspace/database";
import { EvictionPool } from "../../../src/keyspace/eviction-pool";
import { withSeed } from "../../support/seeds";
import { KeyspaceFixture } from "./keyspace-fixture";

const POOL_SIZE = 16;

interface Candidate {
  readonly database: Database;
  readonly entry: number;
  readonly hash: number;
  readonly score: number;
}

test("the pool keeps the best of all candidates, none twice", () =>
  withSeed((random) => {
    const { databases } = new KeyspaceFixture({ databases: 3 }).keyspace;
    const pool = new EvictionPool();
    let model: Candidate[] = [];
    for (let step = 0; step < 20_000; step++) {
      if (model.length > 0 && random.chance(0.2)) {
        const best = model[model.length - 1];
        assert.deepEqual(
          [pool.bestDatabase, pool.bestEntry, pool.bestHash, pool.bestScore],
          [best?.database, best?.entry, best?.hash, best?.score],
        );
        pool.dropBest();
        model = model.slice(0, -1);
      } else if (random.chance(0.001)) {
        pool.clear();
        model = [];
      } else {
        const score = random.below(random.pick([3, 1000]));
        const candidate = {
          database: random.pick(databases),
          entry: random.below(60) + 1,
          hash: random.below(1000),
          score,
        };
        pool.offer(candidate.database, candidate.entry, candidate.hash, score);
        model = offered(model, candidate);
      }
      assert.equal(pool.count, model.length);
    }
  }));

/** The pool after an offer; among equal scores the latest is taken out first. */
function offered(model: readonly Candidate[], candidate: Candidate): Candidate[] {
  if (model.some(({ entry }) => entry === candidate.entry)) return [...model];
  const isFull = model.length === POOL_SIZE;
  const worst = model[0];
  if (isFull && worst !== undefined && candidate.score <= worst.score) return [...model];
  const kept = isFull ? model.slice(1) : model;
  return [
    ...kept.filter(({ score }) => score <= candidate.score),
    candidate,
    ...kept.filter(({ score }) => score > candidate.score),
  ];
}
