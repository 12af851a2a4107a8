// GEOSEARCH BYPOLYGON, which redis-server 7.0 does not have: what it finds and what it refuses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { geoCommands } from "../../src/types/geo/geo-commands";
import { ZsetLimits } from "../../src/types/zset/zset-limits";
import { zsetType } from "../../src/types/zset/zset-type";
import { CommandEngine } from "../support/command-engine";

function places(): CommandEngine {
  const engine = new CommandEngine({ commands: geoCommands(new ZsetLimits()), types: [zsetType] });
  engine.run(
    "GEOADD",
    "g",
    "1",
    "1",
    "low",
    "9",
    "5",
    "right",
    "5",
    "5",
    "notch",
    "50",
    "5",
    "far",
  );
  return engine;
}

const POLYGON = ["BYPOLYGON", "5", "0", "0", "10", "0", "10", "10", "5", "2", "0", "10"];

test("members within a polygon are found, sorted from its middle, and stored", () => {
  const engine = places();
  const found = engine.run("GEOSEARCH", "g", ...POLYGON, "ASC").toString();
  assert.equal(found, "*2\r\n$5\r\nright\r\n$3\r\nlow\r\n");
  assert.equal(engine.run("GEOSEARCHSTORE", "d", "g", ...POLYGON).toString(), ":2\r\n");
  assert.match(
    engine.run("GEOSEARCH", "g", ...POLYGON, "WITHDIST").toString(),
    /\$\d+\r\n\d+\.\d{4}/,
  );
});

test("a polygon that is none is refused", () => {
  const engine = places();
  const refuses = (text: string, ...words: string[]) =>
    assert.equal(engine.run("GEOSEARCH", "g", ...words, "ASC", "ASC", "ASC").toString(), text);
  refuses("-ERR syntax error\r\n", "BYPOLYGON", "9", "0", "0", "1", "1", "2");
  refuses("-ERR BYPOLYGON must have at least 3 vertices\r\n", "BYPOLYGON", "2", "0", "0", "1", "1");
  refuses("-ERR value is not an integer or out of range\r\n", "BYPOLYGON", "x", "0", "0");
  refuses("-ERR BYPOLYGON must have at least 3 vertices\r\n", "BYPOLYGON", "-1", "0", "0");
  refuses("-ERR syntax error\r\n", "BYPOLYGON", "9223372036854775807", "0", "0");
  refuses(
    "-ERR BYPOLYGON cannot be combined with FROMMEMBER or FROMLONLAT\r\n",
    ...POLYGON,
    "FROMMEMBER",
    "low",
  );
  refuses("-ERR syntax error\r\n", ...POLYGON, "BYRADIUS", "1", "m");
  refuses(
    "-ERR invalid longitude,latitude pair 500.000000,0.000000\r\n",
    ...["BYPOLYGON", "3", "500", "0", "1", "1", "2", "2"],
  );
});
