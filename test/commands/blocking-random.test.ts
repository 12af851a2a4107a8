// Clients that wait and write in any order, beside the real server: the same interleaving to both,
// the same clients served with the same replies after every step, and the data set at the end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "../support/raw-client";
import { type SeededRandom, withSeed } from "../support/seeds";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

const WAITING_CLIENTS = 8;
const STEPS = 1200;
const SHOWN_STEPS = 40;
const KEYS = ["a", "b", "c", "d", "__proto__"];
const CONFIG = { "enable-debug-command": "yes" };

function someKeys(random: SeededRandom): string[] {
  return Array.from({ length: random.between(1, 3) }, () => random.pick(KEYS));
}

function end(random: SeededRandom): string {
  return random.pick(["LEFT", "RIGHT"]);
}

/** What a client does that may have to wait. */
function drawWait(random: SeededRandom, hasSortedSets: boolean): string[] {
  const keys = someKeys(random);
  const first = keys[0] as string;
  switch (random.below(hasSortedSets ? 7 : 5)) {
    case 0:
      return ["BLPOP", ...keys, "0"];
    case 1:
      return ["BRPOP", ...keys, "0"];
    case 2:
      return ["BLMOVE", first, random.pick(KEYS), end(random), end(random), "0"];
    case 3:
      return ["BRPOPLPUSH", first, random.pick(KEYS), "0"];
    case 4:
      return ["BLMPOP", "0", String(keys.length), ...keys, end(random), "COUNT", "2"];
    case 5:
      return [random.pick(["BZPOPMIN", "BZPOPMAX"]), ...keys, "0"];
    default:
      return ["BZMPOP", "0", String(keys.length), ...keys, "MIN", "COUNT", "2"];
  }
}

/** What the writer does, which never waits. */
function drawWrite(random: SeededRandom, hasSortedSets: boolean): string[] {
  const key = random.pick(KEYS);
  const other = random.pick(KEYS);
  const value = String(random.below(1000));
  switch (random.below(hasSortedSets ? 18 : 16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return [random.pick(["LPUSH", "RPUSH"]), key, value];
    case 4:
      return ["RPUSH", key, value, "x", "y"];
    case 5:
      return ["DEL", key, other];
    case 6:
      return ["SET", key, value];
    case 7:
      return ["RENAME", key, other];
    case 8:
      return ["COPY", key, other, "REPLACE"];
    case 9:
      return ["LMOVE", key, other, end(random), end(random)];
    case 10:
      return random.chance(0.2) ? ["FLUSHALL"] : ["LPOP", key];
    case 11:
      return random.chance(0.3) ? ["SWAPDB", "0", "1"] : ["LPUSHX", key, value];
    case 12:
      return ["MOVE", key, "1"];
    case 13:
      return ["LINSERT", key, "BEFORE", "x", value];
    case 14:
      return ["BLPOP", key, "0.001"];
    case 15:
      return ["LTRIM", key, "1", "0"];
    case 16:
      return ["ZADD", key, String(random.below(5)), value, "1", "x"];
    default:
      return ["ZUNIONSTORE", key, "1", other];
  }
}

/** A write, or several of them as one. */
function drawStep(random: SeededRandom, hasSortedSets: boolean): string[][] {
  if (random.chance(0.7)) return [drawWrite(random, hasSortedSets)];
  const writes = Array.from({ length: random.between(1, 5) }, () =>
    drawWrite(random, hasSortedSets),
  );
  return [["MULTI"], ...writes, ["EXEC"]];
}

/** One server with its clients, and which of them have been asked something. */
class Side {
  readonly waiting: RawClient[] = [];
  writer!: RawClient;

  async open(server: ServerProcess): Promise<void> {
    for (let i = 0; i < WAITING_CLIENTS; i++) this.waiting.push(await RawClient.connect(server));
    this.writer = await RawClient.connect(server);
  }

  /** Waits until all those who do not wait have their reply; what each got, "" where it waits. */
  async settle(asked: ReadonlySet<number>): Promise<string[]> {
    await waitFor("replies to all who do not wait", async () => {
      const text = String(await this.writer.call("INFO", "clients"));
      const blocked = Number(/blocked_clients:(\d+)/.exec(text)?.[1]);
      const replied = [...asked].filter((i) => (this.waiting[i]?.unreadReplies() ?? 0) > 0);
      return replied.length === asked.size - blocked;
    });
    const got: string[] = [];
    for (const client of this.waiting) {
      got.push(client.unreadReplies() > 0 ? String(await client.readReply()) : "");
    }
    return got;
  }

  async close(): Promise<void> {
    for (const client of [...this.waiting, this.writer]) await client.close();
  }
}

test("clients that wait are served as the real server serves them", {
  skip: !canRun(OUR_SERVER),
}, async (t) => {
  const ours = await ServerProcess.start({ config: CONFIG }, t);
  const real = await ServerProcess.start({ program: REAL_SERVER, config: CONFIG }, t);
  const sides = [new Side(), new Side()] as const;
  t.after(() => Promise.all(sides.map((side) => side.close())));
  await sides[0].open(ours);
  await sides[1].open(real);
  const known = await sides[0].writer.call("COMMAND", "INFO", "BZMPOP", "ZUNIONSTORE");
  const hasSortedSets = Array.isArray(known) && !known.includes(null);
  await withSeed(async (random) => {
    const history: string[] = [];
    const asked = new Set<number>();
    /** What each of them has asked. */
    const requests: string[][] = [];
    const same = (our: unknown, their: unknown): void =>
      assert.deepEqual(our, their, history.slice(-SHOWN_STEPS).join("\n"));
    for (let step = 0; step < STEPS; step++) {
      const idle = sides[0].waiting.map((_, i) => i).filter((i) => !asked.has(i));
      if (idle.length > 0 && random.chance(0.5)) {
        const which = random.pick(idle);
        const words = drawWait(random, hasSortedSets);
        history.push(`[${which}] ${words.join(" ")}`);
        asked.add(which);
        requests[which] = words;
        for (const side of sides) side.waiting[which]?.send(...words);
      } else {
        const named = new Set([...asked].flatMap((which) => requests[which] ?? []));
        const waitedFor = KEYS.filter((key) => named.has(key));
        for (const words of drawStep(random, hasSortedSets)) {
          // Redis takes keys that come in together in the order of a hash table with a random seed.
          if (words[0] === "SWAPDB" && waitedFor.length > 1) continue;
          history.push(`[writer] ${words.join(" ")}`);
          const [our, their] = await Promise.all(
            sides.map((side) => side.writer.command(...words)),
          );
          same(String(our), String(their));
        }
      }
      const [our, their] = await Promise.all(sides.map((side) => side.settle(asked)));
      same(our, their);
      our?.forEach((reply, which) => {
        if (reply !== "") asked.delete(which);
      });
    }
    const [our, their] = await Promise.all(
      sides.map((side) => side.writer.command("DEBUG", "DIGEST")),
    );
    same(String(our), String(their));
  });
});
