import assert from "node:assert/strict";
import { test } from "node:test";
import {
  acknowledgedBy,
  goodReplicas,
  isBacklogForgotten,
  lacksGoodReplicas,
  silentReplicaLog,
} from "../../../../src/replication/decisions/replica-health";

function replica(isOnline: boolean, ackOffset: number, ackMs: number) {
  return { host: "h", port: 1, isOnline, ackOffset, ackMs };
}

test("good replicas are online and were heard within the lag, in whole seconds", () => {
  const replicas = [replica(true, 5, 1000), replica(true, 9, 5000), replica(false, 9, 9000)];
  assert.equal(goodReplicas(replicas, 10, 9000), 2);
  assert.equal(goodReplicas(replicas, 7, 9000), 1);
  assert.equal(goodReplicas(replicas, 8, 9999), 2);
  assert.equal(lacksGoodReplicas(1, { toWrite: 2, maxLagSeconds: 10 }), true);
  assert.equal(lacksGoodReplicas(2, { toWrite: 2, maxLagSeconds: 10 }), false);
  assert.equal(lacksGoodReplicas(0, { toWrite: 2, maxLagSeconds: 0 }), false);
  assert.equal(lacksGoodReplicas(0, { toWrite: 0, maxLagSeconds: 10 }), false);
  assert.equal(acknowledgedBy(replicas, 6), 1);
  assert.equal(acknowledgedBy(replicas, 5), 2);
});

test("silent replicas are dropped after repl-timeout, old ones are not expected to speak", () => {
  const online = { phase: "online", isOld: false, ackMs: 1000, lastWriteMs: 0 } as const;
  const log = "Disconnecting timedout replica (streaming sync): 1.2.3.4:5";
  assert.equal(silentReplicaLog(online, "1.2.3.4:5", 61_001, 60_000), log);
  assert.equal(silentReplicaLog(online, "x", 61_000, 60_000), undefined);
  assert.equal(silentReplicaLog({ ...online, isOld: true }, "x", 99_000, 60_000), undefined);
  const receiving = { ...online, phase: "receiving-from-memory", lastWriteMs: 5000 } as const;
  assert.equal(silentReplicaLog(receiving, "x", 65_000, 60_000), undefined);
  assert.match(silentReplicaLog(receiving, "x", 65_001, 60_000) ?? "", /\(full sync\): x$/);
  const waiting = { ...online, phase: "waiting" } as const;
  assert.equal(silentReplicaLog(waiting, "x", 999_999, 60_000), undefined);
});

test("only a master without replicas forgets its backlog, after the time to live", () => {
  assert.equal(isBacklogForgotten(true, true, 0, 0, 3600, 3_600_001), true);
  assert.equal(isBacklogForgotten(true, true, 0, 0, 3600, 3_600_000), false);
  assert.equal(isBacklogForgotten(true, true, 1, 0, 3600, 9_999_999), false);
  assert.equal(isBacklogForgotten(false, true, 0, 0, 3600, 9_999_999), false);
  assert.equal(isBacklogForgotten(true, false, 0, 0, 3600, 9_999_999), false);
  assert.equal(isBacklogForgotten(true, true, 0, 0, 0, 9_999_999), false);
});
