// Signals, shutdown and supervision without a process: who is asked for what, and in which order.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Config } from "../../../src/config/config";
import {
  SHUTDOWN_FORCE,
  SHUTDOWN_NOSAVE,
  SHUTDOWN_SAVE,
} from "../../../src/config/special/shutdown-words";
import { Shutdown } from "../../../src/process/shutdown";
import { Signals } from "../../../src/process/signals";
import { Supervision } from "../../../src/process/start/supervision";

function newConfig(settings: Readonly<Record<string, string>> = {}): Config {
  const config = new Config({ currentDirectory: () => "/", changeDirectory: () => undefined });
  const pairs = Object.entries(settings);
  assert.equal(config.set(pairs, { local: true, loading: false }), undefined);
  return config;
}

/** A shutdown that writes down what happens; absent `save`: nobody can be asked to. */
function newShutdown(settings: Record<string, string>, save?: () => boolean, isLoading = false) {
  const steps: string[] = [];
  const saves = save && { saveNow: save, stopForShutdown: () => steps.push("stop saving") };
  const shutdown = new Shutdown({
    config: newConfig(settings),
    notice: (text) => steps.push(`* ${text}`),
    warning: (text) => steps.push(`# ${text}`),
    saves: () => saves,
    stopAof: () => true,
    isLoading: () => isLoading,
    begin: () => steps.push("begin"),
    removePidFile: () => true,
    closeListeners: () => true,
    finish: () => steps.push("finish"),
  });
  return { shutdown, steps };
}

const END = [
  "* Removing the pid file.",
  "* Removing the unix socket file.",
  "# Redis is now ready to exit, bye bye...",
  "finish",
];

describe("a shutdown", () => {
  test("saves before the end when there are save points, or when it is asked to", () => {
    for (const [settings, flags] of [
      [{ save: "60 1" }, 0],
      [{ save: "" }, SHUTDOWN_SAVE],
    ] as const) {
      const { shutdown, steps } = newShutdown(settings, () => true);
      assert.equal(shutdown.request(flags), true);
      assert.deepEqual(steps, [
        "# User requested shutdown...",
        "begin",
        "stop saving",
        "* Saving the final RDB snapshot before exiting.",
        ...END,
      ]);
    }
  });

  test("does not save without save points, or when it is asked not to", () => {
    const fail = (): never => assert.fail("saved");
    for (const [settings, flags] of [
      [{ save: "" }, 0],
      [{ save: "60 1" }, SHUTDOWN_NOSAVE],
    ] as const) {
      const { shutdown, steps } = newShutdown(settings, fail);
      assert.equal(shutdown.request(flags), true);
      assert.deepEqual(steps.slice(3), END);
    }
  });

  test("is refused when saving fails, unless it is forced", () => {
    const { shutdown, steps } = newShutdown({ save: "60 1" }, () => false);
    assert.equal(shutdown.request(0), false);
    assert.deepEqual(steps.slice(-2), [
      "# Error trying to save the DB, can't exit.",
      "# Errors trying to shut down the server. Check the logs for more information.",
    ]);
    assert.equal(shutdown.request(SHUTDOWN_FORCE), true);
    assert.deepEqual(steps.slice(-END.length), END);
  });

  test("never writes over the file that is being read", () => {
    const fail = (): never => assert.fail("saved");
    const { shutdown } = newShutdown({ save: "60 1" }, fail, true);
    assert.equal(shutdown.request(SHUTDOWN_SAVE), true);
  });

  test("happens once, however often it is asked for", () => {
    const { shutdown, steps } = newShutdown({ save: "" });
    assert.equal(shutdown.request(0), true);
    assert.equal(shutdown.request(0), true);
    assert.equal(steps.filter((step) => step === "finish").length, 1);
  });
});

describe("signals", () => {
  function newSignals(settings: Record<string, string>, accepts: boolean, loading = false) {
    const seen: (string | number)[] = [];
    const signals = new Signals({
      isLoading: () => loading,
      config: newConfig(settings),
      pid: 42,
      nowMs: () => 1_700_000_000_999,
      shutDown: (flags) => {
        seen.push(flags);
        return accepts;
      },
      writeRaw: (text) => seen.push(text),
      exit: (code) => seen.push(`exit ${code}`),
    });
    return { signals, seen };
  }

  test("end the process at once while the data set is being read", () => {
    const { signals, seen } = newSignals({}, true, true);
    signals.received("SIGTERM");
    assert.match(String(seen[0]), /Received shutdown signal during loading, exiting now\.$/);
    assert.deepEqual(seen.slice(1), ["exit 1"]);
  });

  test("ask for a shutdown with the options of their directives", () => {
    const settings = { "shutdown-on-sigterm": "nosave force", "shutdown-on-sigint": "save" };
    const { signals, seen } = newSignals(settings, true);
    signals.received("SIGTERM");
    signals.received("SIGINT");
    assert.deepEqual(seen, [
      "42:signal-handler (1700000000) Received SIGTERM scheduling shutdown...",
      SHUTDOWN_NOSAVE | SHUTDOWN_FORCE,
      "42:signal-handler (1700000000) Received SIGINT scheduling shutdown...",
      SHUTDOWN_SAVE,
    ]);
  });

  test("a second SIGINT ends at once, a second SIGTERM does not", () => {
    const { signals, seen } = newSignals({}, true);
    signals.received("SIGTERM");
    signals.received("SIGTERM");
    signals.received("SIGINT");
    signals.received("SIGINT");
    assert.equal(seen.filter((one) => one === "exit 1").length, 1);
    assert.match(String(seen.at(-2)), /You insist\.\.\. exiting now\.$/);
  });

  test("after a refused shutdown a SIGINT asks anew", () => {
    const { signals, seen } = newSignals({}, false);
    signals.received("SIGINT");
    signals.received("SIGINT");
    assert.equal(seen.includes("exit 1"), false);
    assert.equal(seen.filter((one) => one === 0).length, 2);
  });
});

describe("supervision", () => {
  function supervise(
    wanted: "no" | "auto" | "systemd" | "upstart",
    environment: NodeJS.ProcessEnv,
  ) {
    const seen: string[] = [];
    const supervision = new Supervision({
      wanted,
      environment,
      notify: (name, state) => {
        seen.push(`${name} ${state.trim().replace("\n", " ")}`);
        return name === "/gone" ? 2 : 0;
      },
      stopSelf: () => seen.push("stop"),
      notice: (text) => seen.push(`* ${text.slice(0, 21)}`),
      warning: (text) => seen.push(`# ${text}`),
    });
    supervision.begin();
    supervision.ready();
    supervision.stopping();
    return { kind: supervision.kind, seen };
  }

  test("tells systemd, and takes its variable away from children", () => {
    for (const wanted of ["systemd", "auto"] as const) {
      const environment = { NOTIFY_SOCKET: "@abstract" };
      assert.deepEqual(supervise(wanted, environment), {
        kind: "systemd",
        seen: [
          "* supervised by systemd",
          "@abstract STATUS=Ready to accept connections READY=1",
          "@abstract STOPPING=1",
        ],
      });
      assert.deepEqual(environment, {});
    }
  });

  test("stops itself for upstart, once", () => {
    const { kind, seen } = supervise("auto", { UPSTART_JOB: "redis", NOTIFY_SOCKET: "/x" });
    assert.equal(kind, "upstart");
    assert.deepEqual(seen, ["* supervised by upstart", "stop"]);
  });

  test("says when nobody supervises who should, and when nobody listens", () => {
    assert.match(supervise("systemd", {}).seen[0] ?? "", /# .*NOTIFY_SOCKET not found!/);
    assert.match(supervise("upstart", {}).seen[0] ?? "", /# .*UPSTART_JOB not found!/);
    assert.deepEqual(supervise("no", { NOTIFY_SOCKET: "/x" }), { kind: "no", seen: [] });
    const { seen } = supervise("systemd", { NOTIFY_SOCKET: "/gone" });
    assert.match(seen[2] ?? "", /# systemd could not be told .*no such file or directory/);
  });
});
