// Shapes and the ranges of scores that cover them, without a server: nothing inside is missed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scoreRangesOf } from "../../../../src/types/geo/geo-cover.js";
import {
  GeoCircle,
  GeoPolygon,
  GeoRectangle,
  type GeoShape,
} from "../../../../src/types/geo/geo-shape.js";
import { GeoPoint, geohashOf, geohashText, MOST_STEP } from "../../../../src/types/geo/geohash.js";
import { type SeededRandom, withSeed } from "../../../support/seeds.js";

function shape(random: SeededRandom): GeoShape {
  const longitude = random.between(-17_000, 17_000) / 100;
  const latitude = random.between(-7_500, 7_500) / 100;
  const reach = random.pick([10, 1000, 50_000, 400_000]);
  if (random.chance(0.3)) return new GeoCircle(longitude, latitude, reach);
  if (random.chance(0.5)) return new GeoRectangle(longitude, latitude, reach, reach / 2);
  const corners = Array.from({ length: random.between(3, 8) }, () => [
    longitude + random.between(-100, 100) / 100,
    latitude + random.between(-100, 100) / 100,
  ]).flat();
  return new GeoPolygon(Float64Array.from(corners));
}

test("a score stands for a place at most a meter away", () =>
  withSeed((random) => {
    for (let round = 0; round < 1000; round++) {
      const longitude = random.between(-1_800_000, 1_800_000) / 10_000;
      const latitude = random.between(-850_000, 850_000) / 10_000;
      const point = new GeoPoint().setScore(geohashOf(longitude, latitude, MOST_STEP));
      assert.ok(Math.abs(point.longitude - longitude) < 1e-5);
      assert.ok(Math.abs(point.latitude - latitude) < 1e-5);
    }
  }));

test("every place inside a shape lies in one of its ranges, and in one only", () =>
  withSeed((random) => {
    for (let round = 0; round < 200; round++) {
      const searched = shape(random);
      const ranges = scoreRangesOf(searched);
      const { minLongitude, maxLongitude, minLatitude, maxLatitude } = searched.bounds();
      for (let place = 0; place < 50; place++) {
        const longitude =
          minLongitude + (random.below(1001) / 1000) * (maxLongitude - minLongitude);
        const latitude = minLatitude + (random.below(1001) / 1000) * (maxLatitude - minLatitude);
        if (Math.abs(longitude) > 180 || Math.abs(latitude) > 85) continue;
        const score = geohashOf(longitude, latitude, MOST_STEP);
        const point = new GeoPoint().setScore(score);
        if (searched.distanceInside(point.longitude, point.latitude) < 0) continue;
        const holding = ranges.filter(({ from, to }) => score >= from && score < to);
        assert.equal(holding.length, 1, JSON.stringify({ longitude, latitude }));
      }
    }
  }));

test("a polygon holds what is between its edges", () => {
  const corner = new GeoPolygon(Float64Array.from([0, 0, 10, 0, 10, 10, 5, 2, 0, 10]));
  assert.ok(corner.distanceInside(1, 1) >= 0);
  assert.ok(corner.distanceInside(9, 5) >= 0);
  assert.equal(corner.distanceInside(5, 5), -1, "the notch");
  assert.equal(corner.distanceInside(11, 5), -1);
  assert.equal(corner.distanceInside(5, -1), -1);
});

test("places have the text that other systems give them", () => {
  assert.ok(geohashText(-5.6, 42.6).startsWith("ezs42"));
  assert.ok(geohashText(10.40744, 57.64911).startsWith("u4pruydqqv"));
});
