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

function spokenBy(exports: object): string {
  return (exports as { value(): string }).value();
}

test("a bundle is run with and without its cache", (t) => {
  const file = join(tempDir(t), "bundle.js");
  writeBundle(file, "one");
  const first = loadCached(file);
  assert.equal(spokenBy(first.exports), "one");
  assert.equal(first.isFromCache, false);
  writeFileSync(`${file}.cache`, first.makeCache());
  const second = loadCached(file);
  assert.equal(spokenBy(second.exports), "one");
  assert.equal((second.exports as { file: string }).file, file);
  assert.equal(second.isFromCache, true);
});

test("the cache of another text of the same length is not used", (t) => {
  const file = join(tempDir(t), "bundle.js");
  writeBundle(file, "one");
  const loaded = loadCached(file);
  spokenBy(loaded.exports);
  writeFileSync(`${file}.cache`, loaded.makeCache());
  writeBundle(file, "two");
  const other = loadCached(file);
  assert.equal(spokenBy(other.exports), "two");
  assert.equal(other.isFromCache, false);
});

test("a broken cache is no obstacle", (t) => {
  const directory = tempDir(t);
  const whole = join(directory, "whole.js");
  writeBundle(whole, "whole");
  const cache = loadCached(whole).makeCache();
  const made = [cache.subarray(0, 70), Buffer.alloc(0), Buffer.alloc(200, "x"), cache];
  made.forEach((broken, index) => {
    // Texts of their own: V8 remembers in this process what it has compiled before.
    const file = join(directory, `${index}.js`);
    writeBundle(file, `text ${index}`);
    const mark = Buffer.from(readFileSync(file, "latin1").slice(-64), "latin1");
    writeFileSync(`${file}.cache`, Buffer.concat([mark, broken.subarray(64)]));
    const loaded = loadCached(file);
    assert.equal(spokenBy(loaded.exports), `text ${index}`);
    assert.equal(loaded.isFromCache, false);
  });
});
