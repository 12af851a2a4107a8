// `npm run test:big-values [elements]`: one value of 10 million elements of each type is deleted in
// every way there is, and freed in the slices that the server does between turns. Neither the
// command nor a slice may take more than 1 ms of its own. Takes some minutes and 2 GB; not part of
// `npm test`.
//
// Times are the thread's own: the machine may give its processor to others meanwhile. But interrupts
// are charged to whom they interrupt. What is slow of its own is slow each time, so a value that took
// too long is made and deleted again, and only what is slow three times in a row fails.

import { performance } from "node:perf_hooks";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { LONGEST_SLICE_MS } from "../../src/server/background";
import { valueTypes } from "../../src/server/value-types";
import { hashCommands } from "../../src/types/hash/hash-commands";
import { HashLimits } from "../../src/types/hash/hash-limits";
import { listCommands } from "../../src/types/list/list-commands";
import { ListLimits } from "../../src/types/list/list-limits";
import { setCommands } from "../../src/types/set/set-commands";
import { SetLimits } from "../../src/types/set/set-limits";
import { streamCommands } from "../../src/types/stream/stream-commands";
import { StreamLimits } from "../../src/types/stream/stream-limits";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { zsetCommands } from "../../src/types/zset/zset-commands";
import { ZsetLimits } from "../../src/types/zset/zset-limits";
import { CommandEngine } from "../support/command-engine";
import { ThreadClock } from "./thread-clock";

const LIMIT_MS = 1;
const ELEMENTS = 10_000_000;
const PER_COMMAND = 1000;
const TRIES = 3;
const LATE_MS = 33_177_117_420_000;
const MEBIBYTE = 1024 * 1024;

/** The words of a command that adds `PER_COMMAND` elements, numbered from `first` on. */
const FILLS: Readonly<Record<string, (first: number) => string[]>> = {
  set: (first) => ["SADD", "big", ...numbered(first, (n) => [`member:${n}`])],
  hash: (first) => ["HSET", "big", ...numbered(first, (n) => [`field:${n}`, `value:${n}`])],
  zset: (first) => ["ZADD", "big", ...numbered(first, (n) => [String(n * 0.5), `member:${n}`])],
  list: (first) => ["RPUSH", "big", ...numbered(first, (n) => [`element:${n}`])],
  stream: (first) => ["XADD", "big", `${first + 1}-0`, ...numbered(first, (n) => ["f", `${n}`])],
};

/** Ways in which the value goes. */
const ENDS: Readonly<Record<string, (engine: CommandEngine) => void>> = {
  UNLINK: (engine) => engine.run("UNLINK", "big"),
  DEL: (engine) => engine.run("DEL", "big"),
  SET: (engine) => engine.run("SET", "big", "small"),
  RENAME: (engine) => {
    engine.run("SET", "other", "small");
    engine.run("RENAME", "other", "big");
  },
  expiry: (engine) => {
    engine.run("PEXPIREAT", "big", String(LATE_MS));
    engine.setNow(LATE_MS + 1);
    engine.run("GET", "big");
  },
};

function numbered(first: number, words: (number: number) => string[]): string[] {
  return Array.from({ length: PER_COMMAND }, (_, index) => words(first + index)).flat();
}

interface Times {
  commandMs: number;
  longestSliceMs: number;
  slices: number;
}

const clock = new ThreadClock();

/** Fills a value and lets it end in one way. */
function measure(
  fill: (first: number) => string[],
  end: (engine: CommandEngine) => void,
  elements: number,
): Times {
  const engine = newEngine();
  const { lazyFree } = engine.keyspace;
  for (let first = 0; first < elements; first += PER_COMMAND) engine.run(...fill(first));
  const begin = clock.usedMs();
  end(engine);
  const times = { commandMs: clock.usedMs() - begin, longestSliceMs: 0, slices: 0 };
  while (lazyFree.hasWork) {
    const before = clock.usedMs();
    lazyFree.work(LONGEST_SLICE_MS);
    times.longestSliceMs = Math.max(times.longestSliceMs, clock.usedMs() - before);
    times.slices++;
  }
  return times;
}

function isTooLong({ commandMs, longestSliceMs }: Times): boolean {
  return commandMs > LIMIT_MS || longestSliceMs > LIMIT_MS;
}

function newEngine(): CommandEngine {
  return new CommandEngine({
    types: valueTypes,
    commands: [
      ...keyspaceCommands,
      ...stringCommands(new StringLimits(512 * MEBIBYTE)),
      ...setCommands(new SetLimits()),
      ...hashCommands(new HashLimits(), { note: () => undefined }),
      ...zsetCommands(new ZsetLimits()),
      ...listCommands(new ListLimits()),
      ...streamCommands(new StreamLimits()),
    ],
  });
}

function main(): void {
  const elements = process.argv[2] === undefined ? ELEMENTS : Number(process.argv[2]);
  let isSlow = false;
  for (const [type, fill] of Object.entries(FILLS)) {
    for (const [way, end] of Object.entries(ENDS)) {
      const began = performance.now();
      let times = measure(fill, end, elements);
      for (let tries = 1; isTooLong(times) && tries < TRIES; tries++) {
        times = measure(fill, end, elements);
      }
      const { commandMs, longestSliceMs, slices } = times;
      const isOver = isTooLong(times);
      isSlow ||= isOver;
      console.log(
        `${type} of ${elements}, ${way}: ${commandMs.toFixed(3)} ms, then ${slices} slices of at ` +
          `most ${longestSliceMs.toFixed(3)} ms${isOver ? " TOO LONG" : ""} ` +
          `(${((performance.now() - began) / 1000).toFixed(0)} s)`,
      );
    }
  }
  process.exitCode = isSlow ? 1 : 0;
}

main();
