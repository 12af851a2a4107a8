// Random commands on places. Results are asked for in order, as one order is as good as another else;
// and no distance is stored: its last bit hangs on the C library's sine, which JavaScript's is not.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";

const FAMILY = "g";
const MEMBERS = Array.from({ length: 12 }, (_, index) => `place${index}`);
const LONGITUDES = ["-180", "180", "0", "179.99", "-0.5", "13.361389", "181", "x"];
const LATITUDES = ["-85.05112878", "85.05112878", "0", "38.115556", "85.1", "x"];
const UNITS = ["m", "km", "ft", "mi", "KM"];

const key = (draw: Draw) => draw.keyOf(FAMILY);
const member = (draw: Draw) => draw.random.pick(MEMBERS);

function coordinate(draw: Draw, edges: readonly string[], most: number): string {
  if (draw.random.chance(0.08)) return draw.random.pick(edges);
  return String(draw.random.between(-most * 100, most * 100) / 100);
}

function place(draw: Draw): Words {
  return [coordinate(draw, LONGITUDES, 180), coordinate(draw, LATITUDES, 85)];
}

function length(draw: Draw): string {
  return draw.random.chance(0.05) ? draw.integer() : String(draw.random.between(0, 9000));
}

function unit(draw: Draw): string {
  return draw.random.chance(0.02) ? "parsec" : draw.random.pick(UNITS);
}

const places = (draw: Draw): Words =>
  Array.from({ length: draw.random.between(1, 4) }, () => [...place(draw), member(draw)]).flat();

function shape(draw: Draw): Words {
  const from = draw.random.chance(0.5)
    ? ["FROMMEMBER", member(draw)]
    : ["FROMLONLAT", ...place(draw)];
  const by = draw.random.chance(0.5)
    ? ["BYRADIUS", length(draw), unit(draw)]
    : ["BYBOX", length(draw), length(draw), unit(draw)];
  return draw.random.chance(0.5) ? [...from, ...by] : [...by, ...from];
}

function order(draw: Draw): Words {
  const count = draw.random.chance(0.3) ? ["COUNT", String(draw.random.between(1, 5))] : [];
  return [draw.random.pick(["ASC", "DESC"]), ...count];
}

const withExtras = (draw: Draw) => draw.some(0.3, ["WITHDIST"], ["WITHHASH"], ["WITHCOORD"]);

export const GEO_GRAMMARS: readonly CommandGrammar[] = [
  grammar("GEOADD", 12, (draw) => [
    key(draw),
    ...draw.some(0.1, ["NX"], ["XX"], ["CH"]),
    ...places(draw),
  ]),
  grammar("GEOPOS", 3, (draw) => [key(draw), member(draw), member(draw)]),
  grammar("GEOHASH", 3, (draw) => [key(draw), member(draw), member(draw)]),
  grammar("GEODIST", 4, (draw) => [
    key(draw),
    member(draw),
    member(draw),
    ...(draw.random.chance(0.5) ? [unit(draw)] : []),
  ]),
  grammar("GEOSEARCH", 8, (draw) => [
    key(draw),
    ...shape(draw),
    ...order(draw),
    ...withExtras(draw),
  ]),
  grammar("GEOSEARCHSTORE", 4, (draw) => [key(draw), key(draw), ...shape(draw), ...order(draw)]),
  grammar("GEORADIUS", 3, (draw) => [
    key(draw),
    ...place(draw),
    length(draw),
    unit(draw),
    ...order(draw),
    ...(draw.random.chance(0.3) ? ["STORE", key(draw)] : withExtras(draw)),
  ]),
  grammar("GEORADIUSBYMEMBER", 3, (draw) => [
    key(draw),
    member(draw),
    length(draw),
    unit(draw),
    ...order(draw),
    ...(draw.random.chance(0.3) ? ["STORE", key(draw)] : withExtras(draw)),
  ]),
];
