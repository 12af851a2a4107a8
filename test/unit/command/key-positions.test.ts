// Which arguments are keys: random requests of every command of a real server, whose declarations
// our COMMAND GETKEYSANDFLAGS is given.

import assert from "node:assert/strict";
import { test } from "node:test";
import { commandCommands } from "../../../src/command/command-info/command-commands";
import type { KeySpec } from "../../../src/command/key-spec";
import { TableHolder } from "../../../src/command/table-holder";
import { CommandEngine } from "../../support/command-engine";
import { realCommandSpecs } from "../../support/real-command-specs";
import { type SeededRandom, withSeed } from "../../support/seeds";
import { REAL_SERVER, ServerProcess } from "../../support/server-process";

const ROUNDS = 25;
/**
 * Words that mean something to some command, and numbers that may count keys. What is no number is
 * left out: there Redis asks a function of the command that reads `1x` as 1.
 */
const WORDS = ["a", "b", "STREAMS", "streams", "STORE", "KEYS", "GET", "COUNT", "x"];
const NUMBERS = ["0", "1", "2", "3", "-1", "7"];

/** Whether the specs tell all there is: others ask functions of their commands. */
function specsSuffice(keys: readonly KeySpec[]): boolean {
  return keys.every(
    ({ flags, begin, find }) =>
      !flags.includes("variable_flags") &&
      !flags.includes("incomplete") &&
      begin !== "unknown" &&
      find !== "unknown",
  );
}

function requestOf(name: readonly string[], arity: number, random: SeededRandom): string[] {
  const least = Math.abs(arity);
  const wanted = arity > 0 && random.chance(0.9) ? least : least + random.below(6);
  const request = [...name];
  while (request.length < wanted) {
    request.push(random.chance(0.6) ? random.pick(NUMBERS) : random.pick(WORDS));
  }
  return request;
}

test("random requests have the keys that a real server finds", async (t) => {
  const real = await ServerProcess.start({ program: REAL_SERVER }, t);
  const client = await real.client();
  const specs = await realCommandSpecs(client);
  const holder = new TableHolder();
  const others = specs.filter(({ name }) => name !== "command");
  const engine = new CommandEngine({
    commands: [...commandCommands(holder), ...others],
    types: [],
  });
  holder.table = engine.table;
  engine.call.client.resp3 = true;
  let compared = 0;
  await withSeed(async (random) => {
    for (const command of engine.table.all()) {
      const { spec, fullName } = command;
      if (spec.name === "command" || fullName.startsWith("command|")) continue;
      if (!specsSuffice(spec.keys ?? [])) continue;
      for (let round = 0; round < (spec.keys === undefined ? 1 : ROUNDS); round++) {
        const request = requestOf(fullName.split("|"), spec.arity, random);
        const words = ["COMMAND", "GETKEYSANDFLAGS", ...request];
        const expected = (await client.command(...words)).toString("latin1");
        assert.equal(engine.run(...words).toString("latin1"), expected, words.join(" "));
        compared++;
      }
    }
  });
  assert.ok(compared > 4000, `${compared} compared`);
  await client.close();
});
