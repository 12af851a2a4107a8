// Code that V8 keeps is used for the text that it was made of, and for no other.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadCached } from "../../src/cached-module";
import { tempDir } from "../support/temp-dir";

function writeBundle(file: string, value: string): void {
  const text = `module.exports = { value: () => "${value}", file: __filename };\n`;
  const mark = createHash("sha256").update(text).digest("hex");
  writeFileSync(file, `${text}// ${mark}`);
}

function valueOf(exports: object): string {
  return (exports as { value(): string }).value();
}

test("a bundle is run with and without its cache", (t) => {
  const file = join(tempDir(t), "bundle.js");
  writeBundle(file, "one");
  const first = loadCached(file);
  assert.equal(valueOf(first.exports), "one");
  assert.equal(first.isFromCache, false);
  writeFileSync(`${file}.cache`, first.makeCache());
  const second = loadCached(file);
  assert.equal(valueOf(second.exports), "one");
  assert.equal((second.exports as { file: string }).file, file);
  assert.equal(second.isFromCache, true);
});

test("the cache of another text of the same length is not used", (t) => {
  const file = join(tempDir(t), "bundle.js");
  writeBundle(file, "one");
  const loaded = loadCached(file);
  valueOf(loaded.exports);
  writeFileSync(`${file}.cache`, loaded.makeCache());
  writeBundle(file, "two");
  const other = loadCached(file);
  assert.equal(valueOf(other.exports), "two");
  assert.equal(other.isFromCache, false);
});

test("a broken cache is no obstacle", (t) => {
  const file = join(tempDir(t), "bundle.js");
  writeBundle(file, "one");
  const cache = loadCached(file).makeCache();
  for (const broken of [cache.subarray(0, 70), Buffer.alloc(0), Buffer.from("x".repeat(200))]) {
    writeFileSync(`${file}.cache`, broken);
    assert.equal(valueOf(loadCached(file).exports), "one");
    assert.equal(loadCached(file).isFromCache, false);
  }
  const mark = readFileSync(file, "latin1").slice(-64);
  writeFileSync(`${file}.cache`, `${mark}${"y".repeat(500)}`);
  assert.equal(loadCached(file).isFromCache, false);
});
