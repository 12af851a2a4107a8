// A Sentinel's state on the disk: in its configuration file, and apart from it.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Instance, MasterOptions } from "../../../../src/sentinel/model/instance";
import { SentinelModel } from "../../../../src/sentinel/model/sentinel-model";
import { StateStore } from "../../../../src/sentinel/state/state-store";
import { stateLines } from "../../../../src/sentinel/state/write-lines";
import { tempDir } from "../../../support/temp-dir";
import { ID_A, ID_B, loadText, TestContext } from "./state-rig";

interface Started {
  readonly model: SentinelModel;
  readonly store: StateStore;
}

/** As at a start of the process with this configuration file. */
function start(file: string): Started {
  const { config, loaded } = loadText(readFileSync(file, "latin1"));
  const store = new StateStore({ config, configFile: file, users: () => undefined });
  assert.equal(store.refusal(), undefined);
  const model = new SentinelModel();
  const problem = store.load(model, loaded.sentinel, new TestContext());
  assert.equal(problem, undefined);
  return { model, store };
}

function optionsIn(model: SentinelModel, name = "m"): MasterOptions {
  const options = model.masters.get(name)?.options;
  assert.ok(options !== undefined, `no master ${name}`);
  return options;
}

function addReplica(model: SentinelModel, port: number): void {
  const master = model.masters.get("m");
  assert.ok(master !== undefined);
  const address = { host: "127.0.0.1", ip: "127.0.0.1", port };
  const name = `127.0.0.1:${port}`;
  master.replicas.set(name, new Instance({ kind: "replica", name, address, master, nowMs: 0 }));
}

const lines = (model: SentinelModel): string[] => stateLines(model).map(({ text }) => text);

const CONFIG = `# mine
sentinel monitor m 127.0.0.1 6379 2
sentinel auth-pass m secret
sentinel down-after-milliseconds m 1000
sentinel rename-command m CONFIG guess
sentinel announce-port 7
`;

describe("StateStore", () => {
  it("keeps the state in the configuration file", (t) => {
    const file = join(tempDir(t), "s.conf");
    writeFileSync(file, CONFIG);
    const { model, store } = start(file);
    model.myId = ID_A;
    model.currentEpoch = 5;
    addReplica(model, 6380);
    assert.equal(store.save(model), undefined);
    assert.deepEqual(lines(start(file).model), lines(model));
    assert.match(readFileSync(file, "latin1"), /^# mine\n/);
  });

  it("does not write what is there already, but what somebody else has written", (t) => {
    const file = join(tempDir(t), "s.conf");
    writeFileSync(file, CONFIG);
    const { model, store } = start(file);
    assert.equal(store.save(model), undefined);
    const first = statSync(file).ino;
    assert.equal(store.save(model), undefined);
    assert.equal(statSync(file).ino, first);
    writeFileSync(file, `# noted\n${readFileSync(file, "latin1")}`);
    assert.equal(store.save(model), undefined);
    assert.match(readFileSync(file, "latin1"), /^# noted\n# mine\n/);
    rmSync(file);
    assert.equal(store.save(model), undefined);
    assert.match(readFileSync(file, "latin1"), /sentinel monitor m/);
  });

  it("says why the state cannot be saved, and leaves nothing behind", (t) => {
    const dir = join(tempDir(t), "gone");
    const { config } = loadText("");
    const parts = { config, configFile: join(dir, "s.conf"), users: () => undefined };
    const store = new StateStore(parts);
    assert.match(store.refusal() ?? "", /s\.conf is not writable: No such file or directory\. Exi/);
    assert.equal(store.save(new SentinelModel()), "No such file or directory");
    assert.match(
      new StateStore({ ...parts, configFile: undefined }).refusal() ?? "",
      /^Sentinel needs config file on disk to save state\. Exiting\.\.\.$/,
    );
  });
});

describe("the state file apart", () => {
  function startApart(t: Parameters<typeof tempDir>[0]): Started & { file: string; apart: string } {
    const dir = tempDir(t);
    const file = join(dir, "s.conf");
    const apart = join(dir, "state");
    writeFileSync(file, `${CONFIG}sentinel-state-file ${apart}\n`);
    return { ...start(file), file, apart };
  }

  it("takes the state, and the configuration file is never written", (t) => {
    const { model, store, file, apart } = startApart(t);
    const before = statSync(file);
    model.myId = ID_A;
    model.currentEpoch = 9;
    const master = model.masters.get("m");
    assert.ok(master !== undefined);
    master.address = { host: "127.0.0.1", ip: "127.0.0.1", port: 6381 };
    master.configEpoch = 8;
    master.leaderEpoch = 9;
    addReplica(model, 6379);
    assert.equal(store.save(model), undefined);
    assert.deepEqual(lines(start(file).model), lines(model));
    assert.equal(statSync(file).ino, before.ino);
    assert.equal(statSync(file).mtimeMs, before.mtimeMs);
    assert.doesNotMatch(readFileSync(apart, "latin1"), /secret|down-after|rename|announce-port/);
    assert.deepEqual(readdirSync(join(apart, "..")).sort(), ["s.conf", "state"]);
  });

  it("keeps what was set at run time, also back to the defaults", (t) => {
    const { model, store, file, apart } = startApart(t);
    const options = optionsIn(model);
    options.downAfterMs = 30_000;
    options.quorum = 3;
    options.authPass = "new secret";
    options.renamedCommands.clear();
    options.notificationScript = "/not/there";
    model.announcePort = 0;
    model.announceIp = "1.2.3.4";
    assert.equal(store.save(model), undefined);
    assert.match(readFileSync(apart, "latin1"), /auth-pass m "new secret"/);
    assert.deepEqual(lines(start(file).model), lines(model));
  });

  it("lets the operator change what was not set at run time", (t) => {
    const { model, store, file } = startApart(t);
    optionsIn(model).parallelSyncs = 5;
    assert.equal(store.save(model), undefined);
    const changed = readFileSync(file, "latin1")
      .replace(" 1000", " 2000")
      .replace("6379 2", "6379 4");
    writeFileSync(file, changed.replace("secret", "other"));
    const options = optionsIn(start(file).model);
    assert.equal(options.downAfterMs, 2000);
    assert.equal(options.quorum, 4);
    assert.equal(options.authPass, "other");
    assert.equal(options.parallelSyncs, 5);
  });

  it("keeps masters that were added, and those away that were removed", (t) => {
    const { model, store, file } = startApart(t);
    const address = { host: "127.0.0.1", ip: "127.0.0.1", port: 7000 };
    const options = someOptions();
    const added = new Instance({ kind: "master", name: "added one", address, options, nowMs: 0 });
    model.masters.set("added one", added);
    model.masters.delete("m");
    assert.equal(store.save(model), undefined);
    const again = start(file);
    assert.deepEqual(lines(again.model), lines(model));
    // Saved once more by who has only read it.
    assert.equal(again.store.save(again.model), undefined);
    assert.deepEqual(lines(start(file).model), lines(model));
  });

  it("forgets a master that has gone from the configuration", (t) => {
    const { model, store, file } = startApart(t);
    addReplica(model, 6380);
    assert.equal(store.save(model), undefined);
    writeFileSync(file, readFileSync(file, "latin1").replace(/^sentinel \S+ m .*\n/gm, ""));
    assert.equal(start(file).model.masters.size, 0);
  });

  it("counts more than what an earlier Sentinel has left in the configuration", (t) => {
    const { model, store, file } = startApart(t);
    addReplica(model, 6380);
    model.currentEpoch = 4;
    assert.equal(store.save(model), undefined);
    const stale =
      `sentinel known-replica m 127.0.0.1 6390\nsentinel config-epoch m 3\n` +
      `sentinel known-sentinel m 127.0.0.1 5 ${ID_B}\nsentinel current-epoch 3\n`;
    writeFileSync(file, readFileSync(file, "latin1") + stale);
    assert.deepEqual(lines(start(file).model), lines(model));
  });

  it("says which line is wrong", (t) => {
    const { file, apart } = startApart(t);
    writeFileSync(apart, "# x\nsentinel monitor n 127.0.0.1 1 1\nport 5\n");
    const { config, loaded } = loadText(readFileSync(file, "latin1"));
    const store = new StateStore({ config, configFile: file, users: () => undefined });
    const problem = store.load(new SentinelModel(), loaded.sentinel, new TestContext());
    assert.match(
      problem?.text ?? "",
      /In the state file '.*': line 3, 'port 5': Unrecognized line/,
    );
    assert.ok(existsSync(apart));
  });

  function someOptions(): MasterOptions {
    const options = new MasterOptions(3);
    options.authPass = "x";
    options.renamedCommands.set("slaveof", "y");
    return options;
  }
});
