// The shell around the step: actions in their order, and what happens when the state cannot be saved.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "../../../src/base/clock";
import { Instance, MasterOptions } from "../../../src/sentinel/model/instance";
import type {
  SentinelAction,
  SentinelEvent,
  StepContext,
} from "../../../src/sentinel/model/sentinel-event";
import { SentinelModel } from "../../../src/sentinel/model/sentinel-model";
import { SentinelShell } from "../../../src/sentinel/sentinel-shell";

type StepFunction = (event: SentinelEvent, context: StepContext) => readonly SentinelAction[];

function newMaster(): Instance {
  const address = { host: "h", ip: "10.0.0.1", port: 1 };
  const options = new MasterOptions(1);
  return new Instance({ kind: "master", name: "m", address, options, nowMs: 1 });
}

const master = newMaster();

function newShell(step: StepFunction) {
  const done: string[] = [];
  const clock = new ManualClock(5_000_000);
  const model = new SentinelModel();
  const state = {
    problem: undefined as string | undefined,
    answer: (_allows: boolean): void => undefined,
  };
  const note = (text: string): void => void done.push(text);
  const shell = new SentinelShell({
    model,
    step: (_model, event, context) => step(event, context),
    clock,
    random: () => 0.25,
    hostNames: { resolve: (host) => `address of ${host}` },
    listeningPort: () => 26379,
    log: {
      writes: () => true,
      debug: (text) => note(`debug ${text}`),
      verbose: (text) => note(`verbose ${text}`),
      notice: (text) => note(`notice ${text}`),
      warning: (text) => note(`warning ${text}`),
    },
    links: () => ({
      connect: (_link, of, opening) => note(`connect ${of} ${opening.length}`),
      disconnect: (_link, of) => note(`disconnect ${of}`),
      send: ({ words }) => note(`send ${words.join(" ")}`),
      localAddress: () => "::ffff:10.0.0.9",
    }),
    tell: ({ type, text }) => note(`event ${type} ${text}`),
    permits: {
      ask: (argv, limitMs, answered) => {
        note(`ask ${argv.join(" ")} within ${limitMs}`);
        state.answer = answered;
      },
    },
    runScript: (argv) => note(`script ${argv.join(" ")}`),
    save: () => state.problem,
    crash: () => note("crash"),
    settled: () => note("settled"),
  });
  return { shell, done, clock, model, state };
}

function send(word: string, isTelling: boolean): SentinelAction {
  return { kind: "send", instance: master, request: "hello", words: [word], isTelling };
}

const SAVED = "notice Sentinel new configuration saved on disk";

describe("actions", () => {
  test("are carried out in their order", () => {
    const { link } = master;
    const actions: readonly SentinelAction[] = [
      { kind: "event", level: "warning", type: "+x", text: "y", master },
      { kind: "log", level: "debug", text: "z" },
      { kind: "save" },
      { kind: "disconnect", link, of: "events" },
      { kind: "connect", link, of: "commands", opening: [["A"], ["B"]] },
      send("PING", false),
      send("HELLO", true),
      { kind: "client-reconfig-script", master, args: ["m", "leader"] },
      { kind: "crash" },
    ];
    const { shell, done, model } = newShell(() => actions);
    shell.handle({ kind: "tick" });
    const expected = ["event +x y", "debug z", SAVED, "disconnect events", "connect commands 2"];
    assert.deepEqual(done, [...expected, "send PING", "send HELLO", "crash", "settled"]);
    assert.equal(model.isSaved, true);
  });

  test("that tell of a state are left out and answered with an error when it is not saved", () => {
    const seen: SentinelEvent[] = [];
    const { shell, done, model, state } = newShell((event) => {
      seen.push(event);
      if (event.kind !== "tick") return [];
      return [send("BEFORE", true), { kind: "save" }, send("PLAIN", false), send("AFTER", true)];
    });
    state.problem = "No space left on device";
    shell.handle({ kind: "tick" });
    assert.deepEqual(done, [
      "send BEFORE",
      "warning WARNING: Sentinel was not able to save the new configuration on disk!!!: " +
        "No space left on device",
      "send PLAIN",
      "settled",
    ]);
    assert.equal(model.isSaved, false);
    assert.deepEqual(
      seen.map(({ kind }) => kind),
      ["tick", "reply"],
    );
    const error = "ERR not sent, because the state could not be saved";
    assert.deepEqual(seen[1], {
      kind: "reply",
      instance: master,
      request: "hello",
      reply: { error },
    });
    state.problem = undefined;
    shell.handle({ kind: "tick" });
    assert.deepEqual(done.slice(4), ["send BEFORE", SAVED, "send PLAIN", "send AFTER", "settled"]);
    assert.equal(model.isSaved, true);
  });

  test("save once in a step, however often it asks for it", () => {
    const { shell, done } = newShell(() => [{ kind: "save" }, send("A", true), { kind: "save" }]);
    shell.handle({ kind: "tick" });
    assert.deepEqual(done, [SAVED, "send A", "settled"]);
  });

  test("of one step are over before the next begins", () => {
    const order: string[] = [];
    const { shell } = newShell((event) => {
      order.push(`begin ${event.kind}`);
      if (event.kind === "tick") shell.handle({ kind: "start" });
      order.push(`end ${event.kind}`);
      return [];
    });
    shell.handle({ kind: "tick" });
    assert.deepEqual(order, ["begin tick", "end tick", "begin start", "end start"]);
  });

  test("of a command have been carried out when its change returns", () => {
    const { shell, done } = newShell(() => []);
    const result = shell.change((draft) => {
      draft.save();
      draft.event("warning", "+reset-master", master);
      return draft.nowMs + 1;
    });
    assert.equal(result, 1);
    assert.deepEqual(done, [SAVED, "event +reset-master master m 10.0.0.1 1", "settled"]);
  });
});

describe("scripts", () => {
  test("are run only where they are configured, their path first", () => {
    const told = newMaster();
    const { shell, done } = newShell(() => [
      { kind: "client-reconfig-script", master: told, args: ["m"] },
    ]);
    shell.handle({ kind: "tick" });
    if (told.options !== undefined) told.options.clientReconfigScript = "/tell";
    shell.handle({ kind: "tick" });
    assert.deepEqual(done, ["settled", "script /tell m", "settled"]);
  });

  test("before a failover are asked with the time limit of scripts, and answer by an event", () => {
    const asked = newMaster();
    if (asked.options !== undefined) asked.options.preFailoverScript = "/fence";
    const seen: SentinelEvent[] = [];
    const { shell, done, model, state } = newShell((event) => {
      seen.push(event);
      if (event.kind !== "tick") return [];
      return [{ kind: "run-pre-failover-script", master: asked, args: ["m", "leader"] }];
    });
    model.times.scriptMaxRuntimeMs = 1234;
    shell.handle({ kind: "tick" });
    assert.equal(done[0], "ask /fence m leader within 1234");
    state.answer(false);
    assert.deepEqual(seen[1], { kind: "pre-failover-script", master: asked, allows: false });
  });
});

test("a context has whole milliseconds, the names that are allowed, and addresses as people know them", () => {
  const contexts: Record<string, unknown>[] = [];
  const { shell, clock, model } = newShell((_event, context) => {
    contexts.push({
      nowMs: context.nowMs,
      wallMs: context.wallMs,
      random: context.random(),
      name: context.resolve("db1"),
      address: context.resolve("10.1.1.1"),
      port: context.listeningPort,
      local: context.localAddress(master.link),
    });
    return [];
  });
  clock.advance(1500.75);
  shell.handle({ kind: "tick" });
  model.resolveHostnames = true;
  shell.handle({ kind: "tick" });
  const common = {
    nowMs: 1500,
    wallMs: 5_001_500,
    random: 0.25,
    address: "address of 10.1.1.1",
    port: 26379,
    local: "10.0.0.9",
  };
  assert.deepEqual(contexts, [
    { ...common, name: undefined },
    { ...common, name: "address of db1" },
  ]);
});
