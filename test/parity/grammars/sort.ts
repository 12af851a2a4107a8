// Random SORT: of lists, sets and sorted sets by themselves. BY is for scripts: elements that it makes
// equal may come in any order.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";

const PATTERNS = ["k*", "nosort", "h*->f1", "h*->", "#", "*", "nokey_*", "*k*"];

function sorted(draw: Draw): string {
  return draw.keyOf(draw.random.pick(["l", "s", "z"]));
}

function options(draw: Draw): Words {
  const limit = ["LIMIT", draw.offset(), draw.offset()];
  const alpha = draw.random.chance(0.8) ? ["ALPHA"] : [];
  return [...alpha, ...draw.some(0.25, limit, ["DESC"], ["ASC"])];
}

/** Only what is stored has one order, also of elements that begin alike up to a NUL. */
function stored(draw: Draw): Words {
  const get = draw.some(0.5, ["GET", draw.random.pick(PATTERNS)], ["GET", "#"]);
  return [...get, "STORE", draw.keyOf("l")];
}

export const SORT_GRAMMARS: readonly CommandGrammar[] = [
  grammar("SORT", 6, (draw) => [
    sorted(draw),
    ...options(draw),
    ...(draw.random.chance(0.3) ? stored(draw) : []),
  ]),
  grammar("SORT_RO", 3, (draw) => [sorted(draw), ...options(draw)]),
];
