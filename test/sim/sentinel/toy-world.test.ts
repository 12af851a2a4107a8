// The simulated world itself, before any Sentinel is in it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerReply } from "../../../src/sentinel/model/sentinel-event";
import { SeededRandom } from "../../support/seeds";
import { Connection } from "./connection";
import { SimProcess } from "./sim-process";
import { ToyNode } from "./toy-node";
import { VirtualNetwork } from "./virtual-network";
import { World } from "./world";

function newWorld(seed = 1): World {
  const settings = {
    sentinels: 0,
    quorum: 1,
    downAfterMs: 1000,
    failoverTimeoutMs: 1000,
    parallelSyncs: 1,
    tiltPeriodMs: 1000,
    replTimeoutMs: 5000,
    maxLagMs: 2000,
    mostLoadingMs: 1,
    refusesStale: false,
    perWriteMs: 100,
    areDisksLying: false,
    isSafetyOnly: true,
    troubleMs: 0,
  };
  return new World(new VirtualNetwork(new SeededRandom(seed)), settings, undefined, undefined);
}

function newGroup(world: World, count: number): ToyNode[] {
  const nodes = Array.from({ length: count }, (_, i) => {
    const machine = world.network.addMachine(`10.0.0.${i + 1}`);
    return new ToyNode(world, `n${i}`, machine, 6379, "one");
  });
  const [master, ...replicas] = nodes;
  master.boot(undefined);
  for (const replica of replicas) replica.boot(master.address);
  return nodes;
}

class Asker extends SimProcess {
  answer(): undefined {
    return undefined;
  }

  hungUp(): void {}

  protected override started(): void {}
}

/** Asks a node as a client does that keeps its connection. */
function newAsker(world: World, node: ToyNode): (words: readonly string[]) => PeerReply[] {
  const machine = world.network.addMachine("10.0.1.1");
  const client = new Asker(world, "asker", machine, 1);
  const connection = new Connection(client, node.machine.ip, node.port, {
    connected: () => {},
    closed: () => {},
    pushed: () => {},
  });
  world.network.runUntil(world.network.nowMs + 100);
  return (words) => {
    const replies: PeerReply[] = [];
    connection.request(words, (reply) => replies.push(reply));
    world.network.runUntil(world.network.nowMs + 100);
    return replies;
  };
}

test("replicas hold what was written, also after a cut and after a full copy", () => {
  const world = newWorld();
  const { network } = world;
  const [master, one, two] = newGroup(world, 3);
  network.runUntil(4000);
  master.write(1);
  network.runUntil(5000);
  assert.deepEqual([one.log, two.log], [[1], [1]]);
  network.cut(master.machine, one.machine);
  master.write(2);
  network.runUntil(30_000);
  assert.deepEqual([one.log, one.isLinkUp, two.log], [[1], false, [1, 2]]);
  network.healAll();
  network.runUntil(40_000);
  assert.deepEqual([one.log, one.isLinkUp], [[1, 2], true]);
  two.follow(undefined);
  two.write(3);
  two.follow(master.address);
  network.runUntil(50_000);
  assert.deepEqual([two.log, two.isLinkUp], [[1, 2], true]);
});

test("a master without a replica that answers refuses writes after the lag", () => {
  const world = newWorld();
  const [master, replica] = newGroup(world, 2);
  master.minReplicas = 1;
  world.network.runUntil(4000);
  assert.equal(master.write(1), "OK");
  replica.pause();
  world.network.runUntil(6000 + 2000);
  assert.deepEqual(master.write(2), { error: "NOREPLICAS" });
  replica.resume();
  world.network.runUntil(10_000);
  assert.equal(master.write(3), "OK");
});

test("a transaction of Sentinel makes a replica a master, and its file says so", () => {
  const world = newWorld();
  const [master, replica] = newGroup(world, 2);
  world.network.runUntil(4000);
  const ask = newAsker(world, replica);
  assert.match(String(ask(["INFO"])[0]), /\r\nrole:slave\r\nmaster_host:10\.0\.0\.1\r\n/);
  assert.match(String(ask(["INFO"])[0]), /\r\nmaster_link_status:up\r\n/);
  for (const words of [["MULTI"], ["SLAVEOF", "NO", "ONE"], ["CONFIG", "REWRITE"]]) ask(words);
  assert.deepEqual(replica.replicaOf, master.address);
  assert.deepEqual(ask(["EXEC"]), [["OK", "OK"]]);
  assert.equal(replica.replicaOf, undefined);
  replica.crash();
  replica.start();
  assert.equal(replica.replicaOf, undefined);
  assert.deepEqual(ask(["PING"]), []);
});

test("a stopped process answers when it goes on, and one without power never", () => {
  const world = newWorld();
  const [master] = newGroup(world, 1);
  const ask = newAsker(world, master);
  master.pause();
  assert.deepEqual(ask(["PING"]), []);
  master.resume();
  assert.deepEqual(ask(["PING"]), ["PONG"]);
  master.machine.isUp = false;
  master.vanish();
  assert.deepEqual(ask(["PING"]), []);
});
