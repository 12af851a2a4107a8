// Random commands on HyperLogLogs.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";

const FAMILY = "p";

function hllKey(draw: Draw): string {
  return draw.keyOf(FAMILY);
}

/** Few elements, or so many that the value becomes dense. */
function elements(draw: Draw): Words {
  const { random } = draw;
  const count = random.chance(0.02) ? random.between(200, 800) : random.below(6);
  return Array.from({ length: count }, () =>
    random.chance(0.1) ? draw.value() : String(random.below(1_000_000)),
  );
}

export const HYPERLOGLOG_GRAMMARS: readonly CommandGrammar[] = [
  grammar("PFADD", 20, (draw) => [hllKey(draw), ...elements(draw)]),
  grammar("PFCOUNT", 8, (draw) => draw.keysOf(FAMILY, draw.random.chance(0.5) ? 1 : 4)),
  grammar("PFMERGE", 4, (draw) => draw.keysOf(FAMILY)),
  grammar("PFDEBUG", 3, (draw) => [
    draw.caseOf(draw.random.pick(["DECODE", "DECODE", "ENCODING", "GETREG", "TODENSE", "NOPE"])),
    hllKey(draw),
  ]),
  grammar("GET", 4, (draw) => [hllKey(draw)]),
  grammar("DEL", 0.5, (draw) => [hllKey(draw)]),
  grammar("OBJECT", 1, (draw) => ["ENCODING", hllKey(draw)]),
  grammar("COPY", 0.5, (draw) => [hllKey(draw), hllKey(draw), "REPLACE"]),
  grammar("RENAME", 0.3, (draw) => [hllKey(draw), hllKey(draw)]),
  grammar("EXPIRE", 0.3, (draw) => [hllKey(draw), draw.relativeTime()]),
];
