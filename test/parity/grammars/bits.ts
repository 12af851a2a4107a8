// Random commands on the bits of strings.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";

const FAMILY = "b";
const WIDTHS = [
  "u1",
  "u2",
  "u7",
  "u8",
  "u9",
  "u16",
  "u31",
  "u32",
  "u33",
  "u52",
  "u53",
  "u54",
  "u63",
];
const SIGNED = ["i1", "i2", "i8", "i15", "i32", "i33", "i52", "i53", "i54", "i55", "i63", "i64"];
const WRONG_TYPES = ["u64", "i65", "u0", "i-1", "x8", "8", "", "u", "i08", "I8", "u8x", "i8\x00x"];
const OPERATIONS = ["AND", "OR", "XOR", "NOT"];
const EDGES = ["8388607", "8388608", "2147483647", "4294967295", "4294967296"];

function bitKey(draw: Draw): string {
  return draw.keyOf(FAMILY);
}

function bitOffset(draw: Draw): string {
  const { random } = draw;
  if (random.chance(0.03)) return draw.integer();
  // Rarely: the string that it makes has a mebibyte.
  if (random.chance(0.005)) return random.pick(EDGES);
  return String(random.below(random.chance(0.8) ? 200 : 3000));
}

function fieldType(draw: Draw): string {
  if (draw.random.chance(0.03)) return draw.random.pick(WRONG_TYPES);
  return draw.random.pick(draw.random.chance(0.5) ? WIDTHS : SIGNED);
}

function fieldOffset(draw: Draw): string {
  return draw.random.chance(0.3) ? `#${draw.random.below(20)}` : bitOffset(draw);
}

function fieldValue(draw: Draw): string {
  const { random } = draw;
  if (random.chance(0.4)) return draw.integer();
  const power = 2n ** BigInt(random.below(63));
  return String((random.chance(0.5) ? power : -power) + BigInt(random.between(-2, 2)));
}

function fieldOperation(draw: Draw): Words {
  const { random } = draw;
  const overflow: Words = random.chance(0.3)
    ? ["OVERFLOW", draw.caseOf(random.pick(["WRAP", "SAT", "FAIL"]))]
    : [];
  const place = [fieldType(draw), fieldOffset(draw)];
  if (random.chance(0.3)) return [...overflow, draw.caseOf("GET"), ...place];
  const name = draw.caseOf(random.pick(["SET", "INCRBY"]));
  return [...overflow, name, ...place, fieldValue(draw)];
}

function fieldOperations(draw: Draw): Words {
  return Array.from({ length: draw.random.between(0, 4) }, () => fieldOperation(draw)).flat();
}

function place(draw: Draw): string {
  return draw.random.chance(0.1) ? draw.integer() : String(draw.random.between(-300, 300));
}

function range(draw: Draw): Words {
  const unit = draw.random.pick([[], ["BIT"], ["BYTE"], ["bit"], ["BITS"]]);
  return [place(draw), place(draw), ...unit];
}

export const BIT_GRAMMARS: readonly CommandGrammar[] = [
  grammar("SETBIT", 12, (draw) => [
    bitKey(draw),
    bitOffset(draw),
    draw.random.pick(["0", "1", "1", "1", "2", "-1", "x"]),
  ]),
  grammar("GETBIT", 6, (draw) => [bitKey(draw), bitOffset(draw)]),
  grammar("BITCOUNT", 8, (draw) => [bitKey(draw), ...(draw.random.chance(0.8) ? range(draw) : [])]),
  grammar("BITPOS", 10, (draw) => [
    bitKey(draw),
    draw.random.pick(["0", "1", "0", "1", "2", "x"]),
    ...range(draw).slice(0, draw.random.below(4)),
  ]),
  grammar("BITOP", 8, (draw) => [
    draw.caseOf(draw.random.chance(0.03) ? "NAND" : draw.random.pick(OPERATIONS)),
    bitKey(draw),
    ...draw.keysOf(FAMILY, draw.random.chance(0.3) ? 1 : 5),
  ]),
  grammar("BITFIELD", 16, (draw) => [bitKey(draw), ...fieldOperations(draw)]),
  grammar("BITFIELD_RO", 3, (draw) => [bitKey(draw), ...fieldOperations(draw)]),
  grammar("SETRANGE", 3, (draw) => [bitKey(draw), draw.offset(), draw.random.bytes(20)]),
  grammar("SET", 3, (draw) => [bitKey(draw), draw.random.bytes(draw.random.below(200))]),
  grammar("GET", 3, (draw) => [bitKey(draw)]),
  grammar("OBJECT", 1, (draw) => ["ENCODING", bitKey(draw)]),
];
