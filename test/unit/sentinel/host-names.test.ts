// Names that are looked up in the background.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HostNames, lookUpHost } from "../../../src/sentinel/host-names";

function newNames() {
  const answers = new Map<string, string | undefined>();
  const asked: string[] = [];
  const state = { nowMs: 1000 };
  const names = new HostNames(
    async (host) => {
      asked.push(host);
      return answers.get(host);
    },
    () => state.nowMs,
  );
  return { names, answers, asked, state };
}

describe("the address of a host", () => {
  test("is itself when it is one, and nobody is asked", () => {
    const { names, asked } = newNames();
    assert.equal(names.resolve("10.0.0.1"), "10.0.0.1");
    assert.equal(names.resolve("::1"), "::1");
    assert.deepEqual(asked, []);
  });

  test("is known once the answer is there, and asked for once at a time", async () => {
    const { names, answers, asked } = newNames();
    answers.set("db", "10.0.0.2");
    assert.equal(names.resolve("db"), undefined);
    assert.equal(names.resolve("db"), undefined);
    await names.ask("db");
    assert.equal(names.resolve("db"), "10.0.0.2");
    assert.deepEqual(asked, ["db"]);
  });

  test("is looked up again after a while, and the old one counts until then", async () => {
    const { names, answers, asked, state } = newNames();
    answers.set("db", "10.0.0.2");
    await names.ask("db");
    answers.set("db", "10.0.0.3");
    state.nowMs += 4999;
    assert.equal(names.resolve("db"), "10.0.0.2");
    assert.equal(asked.length, 1);
    state.nowMs += 1;
    assert.equal(names.resolve("db"), "10.0.0.2");
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(names.resolve("db"), "10.0.0.3");
  });

  test("stays when the name is not known any more", async () => {
    const { names, answers, state } = newNames();
    answers.set("db", "10.0.0.2");
    await names.ask("db");
    answers.delete("db");
    state.nowMs += 5000;
    await names.ask("db");
    assert.equal(names.resolve("db"), "10.0.0.2");
  });

  test("is not looked for beyond a number of names", async () => {
    const { names, asked } = newNames();
    for (let i = 0; i < 4096; i++) await names.ask(`host-${i}`);
    await names.ask("one-more");
    assert.equal(names.resolve("one-more"), undefined);
    assert.equal(asked.includes("one-more"), false);
  });

  test("is asked of the system, which may not know it", async () => {
    assert.match((await lookUpHost("localhost")) ?? "", /^(127\.0\.0\.1|::1)$/);
    assert.equal(await lookUpHost("no such host"), undefined);
  });
});
