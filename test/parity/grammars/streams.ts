// Random commands on streams and consumer groups. IDs are given or nearly given: what `*` makes of
// the clock differs between two servers. Nothing is idle for as long as the times asked for.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";
import { oneKey } from "./common";

const FAMILY = "x";
const GROUPS = ["g1", "g2", "g3", "", "__proto__"];
const CONSUMERS = ["alice", "bob", "c3", "", "constructor"];
const FIELDS = ["f", "name", "7", "", "__proto__", "\x00\xff"];
const ODD_IDS = [
  "-",
  "+",
  "$",
  ">",
  "*",
  "0",
  "0-0",
  "0-1",
  "0-*",
  "x",
  "",
  "1-x",
  "1-",
  "-1",
  "1--1",
  "(1",
  "(1-1",
  "(+",
  "(0-0",
  "( 1",
  "007-01",
  "+5-+6",
  " 5",
  "5 ",
  "5-\x00",
  "9223372036854775807-9223372036854775808",
  "18446744073709551615",
  "18446744073709551615-18446744073709551614",
  "18446744073709551615-18446744073709551615",
  "18446744073709551616-0",
];
const COUNTS = ["0", "1", "2", "3", "10", "100", "-1"];
/** Milliseconds that nothing is idle for, and that everything is. */
const IDLE_TIMES = ["0", "0", "0", "-5", "99999999999"];

/** The time in the IDs of the entries that a run adds, so that most of them are greater than before. */
const clocks = new WeakMap<Draw, number>();

function streamKey(draw: Draw): string {
  return draw.keyOf(FAMILY);
}

function streamKeys(draw: Draw): string[] {
  return draw.keysOf(FAMILY, draw.random.chance(0.7) ? 1 : 3);
}

/** The ID of an entry that there may be. */
function oldId(draw: Draw): string {
  if (draw.random.chance(0.04)) return draw.random.pick(ODD_IDS);
  const ms = Math.max(0, (clocks.get(draw) ?? 0) - draw.random.below(60));
  return draw.random.chance(0.3) ? String(ms) : `${ms}-${draw.random.below(3)}`;
}

/** 7.4's `+` is none for the real server. */
function readId(draw: Draw): string {
  const id = oldId(draw);
  return id === "+" ? "$" : id;
}

function newId(draw: Draw): string {
  if (draw.random.chance(0.01)) return draw.random.pick(ODD_IDS.filter((id) => id !== "*"));
  const ms = (clocks.get(draw) ?? 0) + draw.random.below(3);
  clocks.set(draw, ms);
  const seq = draw.random.pick(["", "-*", "-*", "-*", `-${draw.random.below(4)}`]);
  return `${ms}${seq}`;
}

function bound(draw: Draw): string {
  return draw.random.pick(["-", "+", oldId(draw), oldId(draw), `(${oldId(draw)}`]);
}

function count(draw: Draw): string {
  return draw.random.chance(0.04) ? draw.integer() : draw.random.pick(COUNTS);
}

function withCount(draw: Draw): Words {
  return draw.random.chance(0.4) ? [draw.caseOf("COUNT"), count(draw)] : [];
}

function group(draw: Draw): string {
  return draw.random.pick(draw.random.chance(0.8) ? GROUPS.slice(0, 2) : GROUPS);
}

function consumer(draw: Draw): string {
  return draw.random.pick(CONSUMERS);
}

function trim(draw: Draw): Words {
  const { random } = draw;
  const isLength = random.chance(0.6);
  const operator = random.pick<Words>([[], ["="], ["~"], ["~"]]);
  const limit = random.chance(0.2) ? [draw.caseOf("LIMIT"), count(draw)] : [];
  const threshold = isLength ? String(random.below(40)) : oldId(draw);
  return [draw.caseOf(isLength ? "MAXLEN" : "MINID"), ...operator, threshold, ...limit];
}

function fields(draw: Draw): Words {
  const { random } = draw;
  if (random.chance(0.6)) return ["f", draw.value(), "name", draw.value()];
  return Array.from({ length: random.between(1, 4) }, () => [
    random.pick(FIELDS),
    draw.value(),
  ]).flat();
}

function ids(draw: Draw): string[] {
  return Array.from({ length: draw.random.between(1, 5) }, () => oldId(draw));
}

function addArguments(draw: Draw): Words {
  const { random } = draw;
  return [
    streamKey(draw),
    ...(random.chance(0.1) ? [draw.caseOf("NOMKSTREAM")] : []),
    ...(random.chance(0.1) ? trim(draw) : []),
    newId(draw),
    ...fields(draw),
  ];
}

function readGroupArguments(draw: Draw): Words {
  const { random } = draw;
  const keys = streamKeys(draw);
  return [
    draw.caseOf("GROUP"),
    group(draw),
    consumer(draw),
    ...withCount(draw),
    ...draw.some(0.15, ["NOACK"]),
    draw.caseOf("STREAMS"),
    ...keys,
    ...keys.map(() => (random.chance(0.7) ? ">" : random.pick(["0", oldId(draw)]))),
  ];
}

function claimOptions(draw: Draw): Words {
  return draw.some(
    0.15,
    ["IDLE", draw.random.pick(["0", "5", "1000000"])],
    ["TIME", draw.random.pick(["0", "1000", "-1"])],
    ["RETRYCOUNT", draw.random.pick(["0", "7", "-1", "9223372036854775807"])],
    ["FORCE"],
    ["JUSTID"],
    ["LASTID", oldId(draw)],
  );
}

function pendingArguments(draw: Draw): Words {
  const { random } = draw;
  const first = [streamKey(draw), group(draw)];
  if (random.chance(0.6)) return first;
  const idle: Words = random.chance(0.2) ? ["IDLE", "99999999999"] : [];
  const range = [bound(draw), bound(draw), count(draw)];
  return [...first, ...idle, ...range, ...(random.chance(0.4) ? [consumer(draw)] : [])];
}

function groupArguments(draw: Draw): Words {
  const { random } = draw;
  const head = [streamKey(draw), group(draw)];
  const id = random.pick(["$", "0", "-", "+", oldId(draw)]);
  const read = random.chance(0.2)
    ? ["ENTRIESREAD", random.pick(["-1", "0", "3", "100", "-2", "x"])]
    : [];
  return random.pick<Words>([
    ["CREATE", ...head, id, ...(random.chance(0.3) ? ["MKSTREAM"] : []), ...read],
    ["CREATE", ...head, id, ...(random.chance(0.3) ? ["MKSTREAM"] : []), ...read],
    ["CREATE", ...head, "0"],
    ["CREATE", ...head, "0"],
    ["SETID", ...head, id, ...read],
    ["CREATECONSUMER", ...head, consumer(draw)],
    ["DELCONSUMER", ...head, consumer(draw)],
    ...(random.chance(0.3) ? [["DESTROY", ...head]] : []),
  ]);
}

function infoArguments(draw: Draw): Words {
  const key = streamKey(draw);
  return draw.random.pick<Words>([
    ["STREAM", key],
    ["GROUPS", key],
    ["CONSUMERS", key, group(draw)],
    ["STREAM", key, "FULL", ...withCount(draw)],
  ]);
}

function setIdArguments(draw: Draw): Words {
  const ms = (clocks.get(draw) ?? 0) + draw.random.between(-5, 5);
  return [
    streamKey(draw),
    draw.random.chance(0.1) ? oldId(draw) : `${Math.max(ms, 0)}-${draw.random.below(3)}`,
    ...draw.some(
      0.3,
      ["ENTRIESADDED", draw.random.pick(["0", "50", "1000", "-1"])],
      ["MAXDELETEDID", oldId(draw)],
    ),
  ];
}

export const STREAM_GRAMMARS: readonly CommandGrammar[] = [
  grammar("XADD", 40, addArguments),
  grammar("XLEN", 3, (draw) => [streamKey(draw)]),
  grammar("XRANGE", 6, (draw) => [streamKey(draw), bound(draw), bound(draw), ...withCount(draw)]),
  grammar("XREVRANGE", 6, (draw) => [
    streamKey(draw),
    bound(draw),
    bound(draw),
    ...withCount(draw),
  ]),
  grammar("XREAD", 5, (draw) => {
    const keys = streamKeys(draw);
    return [...withCount(draw), draw.caseOf("STREAMS"), ...keys, ...keys.map(() => readId(draw))];
  }),
  grammar("XDEL", 6, (draw) => [streamKey(draw), ...ids(draw)]),
  grammar("XTRIM", 4, (draw) => [streamKey(draw), ...trim(draw)]),
  grammar("XSETID", 2, setIdArguments),
  grammar("XGROUP", 12, groupArguments),
  grammar("XREADGROUP", 15, readGroupArguments),
  grammar("XACK", 5, (draw) => [streamKey(draw), group(draw), ...ids(draw)]),
  grammar("XCLAIM", 6, (draw) => [
    streamKey(draw),
    group(draw),
    consumer(draw),
    draw.random.pick(IDLE_TIMES),
    ...ids(draw),
    ...claimOptions(draw),
  ]),
  grammar("XAUTOCLAIM", 5, (draw) => [
    streamKey(draw),
    group(draw),
    consumer(draw),
    draw.random.pick(IDLE_TIMES),
    bound(draw),
    ...withCount(draw),
    ...draw.some(0.3, ["JUSTID"]),
  ]),
  grammar("XPENDING", 6, pendingArguments),
  grammar("XINFO", 6, infoArguments),
  grammar("DEL", 1, (draw) => (draw.random.chance(0.3) ? [streamKey(draw)] : ["none"])),
  grammar("COPY", 1, (draw) => [streamKey(draw), streamKey(draw), "REPLACE"]),
  grammar("TYPE", 1, oneKey),
];
