import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCounts } from "../../../src/introspection/error-counts";

test("errors are counted by their first word, in alphabetical order", () => {
  const errors = new ErrorCounts();
  for (const text of ["WRONGTYPE a", "ERR x", "ERR y", "NOAUTH", "ERR", ""]) errors.add(text);
  assert.equal(errors.total, 6);
  assert.deepEqual(errors.fields(), [
    ["errorstat_", "count=1"],
    ["errorstat_ERR", "count=3"],
    ["errorstat_NOAUTH", "count=1"],
    ["errorstat_WRONGTYPE", "count=1"],
  ]);
  errors.reset();
  assert.equal(errors.total, 0);
  assert.deepEqual(errors.fields(), []);
});

test("codes that scripts make up take a limited room", () => {
  const errors = new ErrorCounts();
  errors.add("ERR x");
  for (let code = 0; code < 1000; code++) errors.add(`${"X".repeat(500)}${code} x`);
  for (let code = 0; code < 1000; code++) errors.add(`C${code} x`);
  errors.add("ERR x");
  const fields = errors.fields();
  assert.equal(errors.total, 2002);
  assert.equal(fields.length, 128);
  assert.ok(fields.every(([name]) => name.length < 100));
  assert.ok(fields.some(([name, value]) => name === "errorstat_ERR" && value === "count=2"));
});
