// Random commands that the real server does not know, or that depend on time and chance there: times
// that end within a run, IDs by the clock, members that are popped by chance. Never for comparing
// replies with the real server.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";

const GROUPS = ["g1", "g2"];
const CONSUMERS = ["alice", "bob", "c3"];
const BIT_OPERATIONS = ["DIFF", "DIFF1", "ANDOR", "ONE"];
const CONDITIONS = ["NX", "XX", "GT", "LT"];
/** The time at which nodes of fuzzing begin. */
const START_MS = 1_700_000_000_000;

function hashKey(draw: Draw): string {
  return draw.keyOf("h");
}

function streamKey(draw: Draw): string {
  return draw.keyOf("x");
}

function field(draw: Draw): string {
  return `f${draw.random.below(20)}`;
}

function named(draw: Draw): Words {
  const names = Array.from({ length: draw.random.between(1, 4) }, () => field(draw));
  return ["FIELDS", String(names.length), ...names];
}

function namedPairs(draw: Draw): Words {
  const count = draw.random.between(1, 3);
  const pairs = Array.from({ length: count }, () => [field(draw), draw.value()]);
  return ["FIELDS", String(count), ...pairs.flat()];
}

/** A time to live that ends soon, or has ended; now and then one in seconds. */
function soonMs(draw: Draw): string {
  return String(draw.random.chance(0.1) ? 0 : draw.random.between(1, 60));
}

function momentMs(draw: Draw): string {
  return String(START_MS + draw.random.between(-100, 5000));
}

function expiry(draw: Draw): Words {
  return draw.random.pick<Words>([
    ["PX", String(draw.random.between(1, 60))],
    ["PX", String(draw.random.between(1, 60))],
    ["EX", "1"],
    ["PXAT", momentMs(draw)],
    ["EXAT", String(START_MS / 1000 + draw.random.below(10))],
  ]);
}

function condition(draw: Draw): Words {
  return draw.random.chance(0.3) ? [draw.random.pick(CONDITIONS)] : [];
}

function ids(draw: Draw): Words {
  const ends = Array.from({ length: draw.random.between(1, 3) }, () => draw.random.below(60));
  return ["IDS", String(ends.length), ...ends.map((ms) => `${ms}-1`)];
}

function references(draw: Draw): Words {
  return draw.random.pick<Words>([[], ["KEEPREF"], ["DELREF"], ["ACKED"]]);
}

function trim(draw: Draw): Words {
  const { random } = draw;
  const limit = random.chance(0.3) ? ["LIMIT", String(random.below(20))] : [];
  return random.pick<Words>([
    ["MAXLEN", "~", String(random.below(20)), ...limit],
    ["MINID", "~", momentMs(draw), ...limit],
    ["MAXLEN", String(random.between(5, 20))],
  ]);
}

const HASHES: readonly CommandGrammar[] = [
  grammar("HPEXPIRE", 12, (draw) => [
    hashKey(draw),
    soonMs(draw),
    ...condition(draw),
    ...named(draw),
  ]),
  grammar("HEXPIRE", 3, (draw) => [hashKey(draw), "1", ...condition(draw), ...named(draw)]),
  grammar("HPEXPIREAT", 4, (draw) => [
    hashKey(draw),
    momentMs(draw),
    ...condition(draw),
    ...named(draw),
  ]),
  grammar("HEXPIREAT", 2, (draw) => [
    hashKey(draw),
    String(START_MS / 1000 + draw.random.below(10)),
    ...named(draw),
  ]),
  grammar("HPERSIST", 5, (draw) => [hashKey(draw), ...named(draw)]),
  grammar("HGETDEL", 4, (draw) => [hashKey(draw), ...named(draw)]),
  grammar("HGETEX", 6, (draw) => [
    hashKey(draw),
    ...draw.random.pick<Words>([[], ["PERSIST"], expiry(draw), expiry(draw)]),
    ...named(draw),
  ]),
  grammar("HSETEX", 12, (draw) => [
    hashKey(draw),
    ...draw.some(0.15, ["FNX"], ["FXX"]).slice(0, 1),
    ...draw.random.pick<Words>([[], ["KEEPTTL"], ["KEEPTTL"], expiry(draw), expiry(draw)]),
    ...namedPairs(draw),
  ]),
  grammar("HSETNX", 6, (draw) => [hashKey(draw), field(draw), draw.value()]),
  grammar("HINCRBY", 6, (draw) => [hashKey(draw), field(draw), "7"]),
  grammar("HINCRBYFLOAT", 6, (draw) => [hashKey(draw), field(draw), "0.5"]),
  grammar("HSET", 8, (draw) => [hashKey(draw), field(draw), "1", field(draw), draw.value()]),
];

const STRINGS: readonly CommandGrammar[] = [
  grammar("SET", 10, (draw) => [
    draw.key(),
    draw.value(),
    ...expiry(draw),
    ...draw.some(0.2, ["GET"], ["XX"]),
  ]),
  grammar("SET", 4, (draw) => [
    draw.key(),
    draw.value(),
    draw.random.pick(["IFEQ", "IFNE"]),
    "1",
    ...draw.some(0.3, expiry(draw)),
  ]),
  grammar("GETEX", 5, (draw) => [draw.key(), ...expiry(draw)]),
  grammar("DELEX", 3, (draw) => [
    draw.key(),
    ...draw.some(0.5, [draw.random.pick(["IFEQ", "IFNE"]), "1"]),
  ]),
  grammar("DELIFEQ", 1, (draw) => [draw.key(), "1"]),
  grammar("MSETEX", 4, (draw) => [
    "2",
    draw.key(),
    draw.value(),
    draw.key(),
    draw.value(),
    ...draw.some(0.2, ["NX"]),
    ...draw.some(0.6, expiry(draw)),
    ...draw.some(0.1, ["KEEPTTL"]),
  ]),
  grammar("INCREX", 6, (draw) => [
    draw.key(),
    ...draw.random.pick<Words>([[], ["BYINT", "3"], ["BYFLOAT", "0.3"]]),
    ...draw.some(0.5, expiry(draw)),
    ...draw.some(0.1, ["ENX"], ["PERSIST"]),
  ]),
  grammar("BITOP", 3, (draw) => [
    draw.random.pick(BIT_OPERATIONS),
    draw.key(),
    draw.key(),
    draw.key(),
  ]),
  grammar("PEXPIRE", 15, (draw) => [draw.key(), soonMs(draw), ...condition(draw)]),
  grammar("PEXPIREAT", 4, (draw) => [draw.key(), momentMs(draw)]),
];

const COLLECTIONS: readonly CommandGrammar[] = [
  grammar("SPOP", 10, (draw) => [
    draw.keyOf("s"),
    ...draw.some(0.7, [draw.random.pick(["1", "2", "3", "10", "100", "1500"])]),
  ]),
  grammar("SADD", 2, (draw) => {
    const first = draw.random.below(10_000);
    const step = draw.random.pick(["", "member"]);
    return [
      draw.keyOf("s"),
      ...Array.from({ length: draw.random.pick([5, 50, 3000]) }, (_, i) => `${step}${first + i}`),
    ];
  }),
  grammar("LMOVEM", 3, (draw) => [
    draw.keyOf("l"),
    draw.keyOf("l"),
    "LEFT",
    "RIGHT",
    "COUNT",
    String(draw.random.between(1, 5)),
  ]),
  grammar("SORT", 6, (draw) => [
    draw.keyOf(draw.random.pick(["l", "s", "z"])),
    "ALPHA",
    "BY",
    "h*->f1",
    ...draw.some(0.5, ["GET", "h*->f2"], ["GET", "#"]),
    "STORE",
    draw.keyOf("l"),
  ]),
  grammar("RPUSH", 2, (draw) => [draw.keyOf("l"), "0", "1", "2", "3", "4"]),
];

const STREAMS: readonly CommandGrammar[] = [
  grammar("XADD", 15, (draw) => [
    streamKey(draw),
    ...draw.some(0.3, trim(draw)),
    draw.random.chance(0.5) ? "*" : `${START_MS + draw.random.below(100_000)}-*`,
    "f",
    draw.value(),
  ]),
  grammar("XTRIM", 4, (draw) => [streamKey(draw), ...trim(draw)]),
  grammar("XDELEX", 4, (draw) => [streamKey(draw), ...references(draw), ...ids(draw)]),
  grammar("XACKDEL", 4, (draw) => [
    streamKey(draw),
    draw.random.pick(GROUPS),
    ...references(draw),
    ...ids(draw),
  ]),
  grammar("XREADGROUP", 8, (draw) => [
    "GROUP",
    draw.random.pick(GROUPS),
    draw.random.pick(CONSUMERS),
    ...draw.some(0.5, ["COUNT", "3"], ["CLAIM", String(draw.random.below(40))]),
    ...draw.some(0.2, ["NOACK"]),
    "STREAMS",
    streamKey(draw),
    ">",
  ]),
  grammar("XCLAIM", 4, (draw) => [
    streamKey(draw),
    draw.random.pick(GROUPS),
    draw.random.pick(CONSUMERS),
    String(draw.random.below(20)),
    `${draw.random.below(60)}-1`,
    ...draw.some(0.3, ["FORCE"], ["JUSTID"], ["IDLE", "10"], ["LASTID", momentMs(draw)]),
  ]),
  grammar("XAUTOCLAIM", 4, (draw) => [
    streamKey(draw),
    draw.random.pick(GROUPS),
    draw.random.pick(CONSUMERS),
    String(draw.random.below(20)),
    "0",
  ]),
];

export const NEWER_GRAMMARS: readonly CommandGrammar[] = [
  ...HASHES,
  ...STRINGS,
  ...COLLECTIONS,
  ...STREAMS,
];

/** Commands that may wait for ever. */
export const WAITING_GRAMMARS: readonly CommandGrammar[] = [
  grammar("BLPOP", 3, (draw) => [...draw.keysOf("l"), "0"]),
  grammar("BRPOP", 3, (draw) => [...draw.keysOf("l"), "0"]),
  grammar("BLMOVE", 3, (draw) => [draw.keyOf("l"), draw.keyOf("l"), "LEFT", "RIGHT", "0"]),
  grammar("BRPOPLPUSH", 3, (draw) => [draw.keyOf("l"), draw.keyOf("l"), "0"]),
  grammar("BLMPOP", 3, (draw) => ["0", "1", draw.keyOf("l"), "LEFT", "COUNT", "2"]),
  grammar("BZPOPMIN", 3, (draw) => [...draw.keysOf("z"), "0"]),
  grammar("BZPOPMAX", 3, (draw) => [...draw.keysOf("z"), "0"]),
  grammar("BZMPOP", 3, (draw) => ["0", "1", draw.keyOf("z"), "MAX", "COUNT", "3"]),
  grammar("XREADGROUP", 6, (draw) => [
    "GROUP",
    draw.random.pick(GROUPS),
    draw.random.pick(CONSUMERS),
    "BLOCK",
    "0",
    ...draw.some(0.2, ["NOACK"]),
    "STREAMS",
    streamKey(draw),
    ">",
  ]),
];
