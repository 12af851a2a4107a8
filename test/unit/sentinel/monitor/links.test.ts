// Links: opened once a second at most, with the right opening words, shared between masters, and opened
// anew when nothing comes over them any more.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { InstanceLink } from "../../../../src/sentinel/model/instance";
import type { LinkKind } from "../../../../src/sentinel/model/sentinel-event";
import { idOf, OWN_ID, SentinelRig } from "../sentinel-rig";

interface Opened {
  readonly of: LinkKind;
  readonly link: InstanceLink;
  readonly opening: string[];
}

function openedSince(rig: SentinelRig, from: number): Opened[] {
  return rig.actions.slice(from).flatMap((action) => {
    if (action.kind !== "connect") return [];
    const { of, link, opening } = action;
    return [{ of, link, opening: opening.map((words) => words.join(" ")) }];
  });
}

test("a data node has two connections with names, a Sentinel one", () => {
  const rig = SentinelRig.settled();
  const opened = openedSince(rig, 0);
  const name = `CLIENT SETNAME sentinel-${OWN_ID.slice(0, 8)}`;
  const { link } = rig.master;
  assert.deepEqual(
    opened.filter((one) => one.link === link).map(({ of, opening }) => [of, opening]),
    [
      ["commands", [`${name}-cmd`]],
      ["events", [`${name}-pubsub`, "SUBSCRIBE __sentinel__:hello"]],
    ],
  );
  const sentinel = rig.master.sentinels.get(idOf(2));
  assert.deepEqual(
    opened.filter((one) => one.link === sentinel?.link).map(({ of }) => of),
    ["commands"],
  );
});

test("passwords and users are said to data nodes and to Sentinels, each its own", () => {
  const rig = new SentinelRig();
  rig.addNode(1);
  const master = rig.monitor("mymaster", 2);
  if (master.options) {
    master.options.authUser = "guard";
    master.options.authPass = "secret";
    master.options.renamedCommands.set("auth", "LOGIN");
    master.options.renamedCommands.set("subscribe", "LISTEN");
  }
  rig.model.ownPassword = "own";
  rig.run(500);
  rig.addSentinel(2);
  rig.run(1000);
  rig.model.sentinelUser = "peer";
  rig.model.sentinelPass = "shared";
  rig.addSentinel(3);
  rig.run(1000);
  const openings = openedSince(rig, 0).map(({ opening }) => [opening[0], opening.at(-1)]);
  const [toMaster, toMasterEvents, toSecond, toThird] = openings;
  assert.equal(toMaster[0], "LOGIN guard secret");
  assert.equal(toMasterEvents[1], "LISTEN __sentinel__:hello");
  assert.equal(toSecond[0], "AUTH own");
  assert.equal(toThird[0], "AUTH peer shared");
});

test("commands have the names that the data node gives them", () => {
  const rig = SentinelRig.settled();
  rig.master.options?.renamedCommands.set("ping", "XPING").set("config", "XCONFIG");
  const from = rig.actions.length;
  rig.run(3000);
  const sent = rig.actions
    .slice(from)
    .flatMap((action) =>
      action.kind === "send" && action.request === "ping"
        ? [`${action.instance.kind} ${action.words[0]}`]
        : [],
    );
  assert.deepEqual(new Set(sent), new Set(["master XPING", "replica XPING", "sentinel PING"]));
});

test("attempts to connect are a second apart", () => {
  const rig = SentinelRig.settled();
  rig.kill("10.0.0.2 6379");
  const from = rig.actions.length;
  rig.run(10_000);
  const attempts = openedSince(rig, from).filter(({ of }) => of === "commands");
  assert.ok(attempts.length >= 9 && attempts.length <= 10, `${attempts.length}`);
});

test("a link that worked is opened again without a wait", () => {
  const rig = SentinelRig.settled();
  for (let times = 0; times < 30; times++) {
    rig.kill("10.0.0.2 6379");
    rig.restart("10.0.0.2 6379");
    rig.run(350);
  }
  assert.ok(!rig.told.some((text) => text.startsWith("+sdown")));
});

test("an attempt that a cut swallowed is begun anew before long", () => {
  const rig = SentinelRig.settled();
  if (rig.master.options) rig.master.options.downAfterMs = 4000;
  const { link } = rig.master;
  rig.apply({ kind: "closed", link, of: "commands", reason: "reset" });
  link.areCommandsConnecting = true;
  link.commandsSinceMs = rig.nowMs;
  const from = rig.actions.length;
  rig.run(3000);
  const again = openedSince(rig, from).filter((one) => one.link === link && one.of === "commands");
  assert.equal(again.length, 1);
});

test("a link on which no ping is answered is opened anew when it is old enough", () => {
  const rig = SentinelRig.settled();
  const master = rig.peers.get("10.0.0.1 6379");
  rig.run(16_000);
  if (master) master.isHanging = true;
  const from = rig.actions.length;
  rig.run(3000);
  const { link } = rig.master;
  const opened = openedSince(rig, from).filter((one) => one.link === link);
  assert.equal(opened.length, 1);
  assert.equal(opened[0].of, "commands");
});

test("an events link without any message is opened anew", () => {
  const rig = SentinelRig.settled();
  const { link } = rig.master;
  const from = rig.actions.length;
  const own = `10.0.1.1,26379,${OWN_ID},0,mymaster,10.0.0.1,6379,0`;
  for (let second = 0; second < 20; second++) {
    rig.apply({ kind: "hello", link, text: own });
    rig.run(1000);
  }
  const reopened = (): number =>
    openedSince(rig, from).filter((one) => one.link === link && one.of === "events").length;
  assert.equal(reopened(), 0);
  rig.run(8000);
  assert.equal(reopened(), 1);
});

test("the same Sentinel of two masters has one link", () => {
  const rig = SentinelRig.settled();
  rig.monitor("second", 2);
  const hello = rig.helloOf(2).replace("mymaster", "second");
  rig.hear(hello);
  const first = rig.master.sentinels.get(idOf(2));
  const second = rig.model.masters.get("second")?.sentinels.get(idOf(2));
  assert.equal(first?.link, second?.link);
  assert.equal(first?.link.users.length, 2);
  const from = rig.actions.length;
  rig.run(3000);
  assert.equal(openedSince(rig, from).filter((one) => one.link === first?.link).length, 0);
  // It says hello about both masters.
  assert.ok(rig.sentinel(2).hellos.some((text) => text.includes(",second,")));
});

test("requests without an answer are limited", () => {
  const rig = SentinelRig.settled();
  const master = rig.peers.get("10.0.0.1 6379");
  if (master) master.isHanging = true;
  rig.model.times.minLinkReconnectPeriodMs = 10_000_000;
  rig.run(600_000);
  assert.ok(rig.master.link.pendingCommands <= 103, `${rig.master.link.pendingCommands}`);
});
