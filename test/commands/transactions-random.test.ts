// Several clients that watch, queue, write and run in any order, beside the real server: the same
// interleaving to both, every reply the same, and the data set at the end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "../support/raw-client";
import { type SeededRandom, withSeed } from "../support/seeds";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";

const CLIENTS = 4;
const STEPS = 4000;
const SHOWN_STEPS = 30;
const KEYS = ["k0", "k1", "k2", "__proto__"];

/** A command, the more likely the more often it is drawn here. */
function drawCommand(random: SeededRandom): string[] {
  const key = random.pick(KEYS);
  const other = random.pick(KEYS);
  switch (random.below(24)) {
    case 0:
    case 1:
    case 2:
      return ["MULTI"];
    case 3:
    case 4:
    case 5:
      return ["EXEC"];
    case 6:
    case 7:
    case 8:
      return ["WATCH", key, other];
    case 9:
      return random.chance(0.5) ? ["UNWATCH"] : ["DISCARD"];
    case 10:
      return ["SET", key, String(random.below(100))];
    case 11:
      return ["INCR", key];
    case 12:
      return ["APPEND", key, random.pick(["", "x", "1"])];
    case 13:
      return ["DEL", key];
    case 14:
      return ["RENAME", key, other];
    case 15:
      return ["GETSET", key, "7"];
    case 16:
      return random.chance(0.3) ? ["SWAPDB", "0", "1"] : ["COPY", key, other, "REPLACE"];
    case 17:
      return random.chance(0.2) ? ["FLUSHDB"] : ["MGET", ...KEYS];
    case 18:
      return ["SELECT", String(random.below(2))];
    case 19:
      return random.pick([["NOSUCH"], ["GET"], ["EXEC", "x"], ["MULTI", "x"], ["SET", key]]);
    case 20:
      return random.pick([
        ["PERSIST", key],
        ["EXPIRE", key, "1000"],
        ["EXPIRE", key, "-1"],
      ]);
    case 21:
      return random.chance(0.2) ? ["RESET"] : ["PING"];
    case 22:
      return ["MOVE", key, String(random.below(2))];
    default:
      return ["GET", key];
  }
}

test("interleaved transactions are answered as the real server answers", {
  skip: !canRun(OUR_SERVER),
}, async (t) => {
  const ours = await ServerProcess.start({ config: { "enable-debug-command": "yes" } }, t);
  const real = await ServerProcess.start(
    { program: REAL_SERVER, config: { "enable-debug-command": "yes" } },
    t,
  );
  const connect = (server: ServerProcess): Promise<RawClient[]> =>
    Promise.all(Array.from({ length: CLIENTS }, () => RawClient.connect(server)));
  const clients = { ours: await connect(ours), real: await connect(real) };
  t.after(() => Promise.all([...clients.ours, ...clients.real].map((client) => client.close())));
  await withSeed(async (random) => {
    const steps: string[] = [];
    for (let step = 0; step < STEPS; step++) {
      const which = random.below(CLIENTS);
      const words = drawCommand(random);
      steps.push(`[${which}] ${words.join(" ")}`);
      const [our, their] = await Promise.all([
        clients.ours[which]?.command(...words),
        clients.real[which]?.command(...words),
      ]);
      const shown = steps.slice(-SHOWN_STEPS).join("\n");
      assert.equal(String(our), String(their), `step ${step}:\n${shown}`);
    }
    for (const pair of [clients.ours[0], clients.real[0]]) await pair?.command("RESET");
    const [our, their] = await Promise.all([
      clients.ours[0]?.command("DEBUG", "DIGEST"),
      clients.real[0]?.command("DEBUG", "DIGEST"),
    ]);
    assert.equal(String(our), String(their));
  });
});
