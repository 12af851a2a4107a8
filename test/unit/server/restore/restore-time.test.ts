import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compactTime,
  parseRestoreTime,
  shownTime,
} from "../../../../src/server/restore/restore-time";

test("moments are Unix seconds or ISO 8601, with a zone or in that of the machine", () => {
  for (const [text, seconds] of [
    ["0", 0],
    ["1795373268", 1_795_373_268],
    ["2026-11-22T18:47:48Z", 1_795_373_268],
    ["2026-11-22 18:47:48Z", 1_795_373_268],
    ["2026-11-22T18:47:48.999Z", 1_795_373_268],
    ["2026-11-22T19:47:48+01:00", 1_795_373_268],
    ["2026-11-22T18:47Z", 1_795_373_220],
    ["2024-02-29T00:00:00Z", 1_709_164_800],
  ] as const) {
    assert.equal(parseRestoreTime(text), seconds, text);
  }
  const local = new Date(2026, 10, 22, 18, 47, 48).getTime() / 1000;
  assert.equal(parseRestoreTime("2026-11-22T18:47:48"), local);
  assert.equal(shownTime(1_795_373_268), "2026-11-22T18:47:48Z (1795373268)");
  assert.equal(compactTime(1_795_373_268), "20261122T184748Z");
});

test("anything else is no moment", () => {
  for (const text of [
    "",
    "-1",
    "1e9",
    " 12",
    "12.5",
    "0x10",
    "99999999999999",
    "yesterday",
    "2026-11-22",
    "2026-02-30T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-22T25:00:00Z",
    "2026-11-22T18:47:48X",
    "2026-11-22T18:47:48Z; rm",
    "1960-01-01T00:00:00Z",
    "2".repeat(100),
  ]) {
    assert.equal(parseRestoreTime(text), undefined, text);
  }
});
