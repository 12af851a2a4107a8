import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatManifest,
  type Manifest,
  ManifestProblem,
  parseManifest,
} from "../../../../src/persistence/aof/manifest";

function parsed(text: string): Manifest {
  return parseManifest(Buffer.from(text, "latin1"));
}

function reportOf(text: string): readonly string[] {
  try {
    parsed(text);
  } catch (error) {
    if (error instanceof ManifestProblem) return error.report.slice(1);
    throw error;
  }
  return [];
}

function problemAt(line: number, text: string, problem: string): string[] {
  return [`Reading the manifest file, at line ${line}`, `>>> '${text}'`, problem];
}

test("a manifest of Redis reads as its files and numbers, and is written as it was", () => {
  const text =
    "file appendonly.aof.3.base.rdb seq 3 type b\n" +
    "file appendonly.aof.2.base.rdb seq 2 type h\n" +
    "file appendonly.aof.7.incr.aof seq 7 type i\n" +
    "file appendonly.aof.9.incr.aof seq 9 type i\n";
  const manifest = parsed(text);
  assert.equal(manifest.base?.name, "appendonly.aof.3.base.rdb");
  assert.deepEqual(
    manifest.history.map(({ seq }) => seq),
    [2],
  );
  assert.deepEqual(
    manifest.increments.map(({ seq }) => seq),
    [7, 9],
  );
  assert.equal(manifest.baseSeq, 3);
  assert.equal(manifest.incrementSeq, 9);
  assert.equal(formatManifest(manifest).toString("latin1"), text);
});

test("comments, other orders, unknown pairs and quoted names are understood", () => {
  const manifest = parsed(
    '# of people\nSEQ 1 TYPE base FILE "a b"\n' +
      "file 'it''s' seq 1 type i\n".replace("''", "\\'") +
      "file c startoffset 12 seq 2 type i endoffset 3\r\n",
  );
  assert.equal(manifest.base?.name, "a b");
  assert.deepEqual(
    manifest.increments.map(({ name }) => name),
    ["it's", "c"],
  );
});

test("names of any bytes but path separators and NUL survive", () => {
  const name = String.fromCharCode(
    ...Array.from({ length: 255 }, (_, i) => i + 1).filter((code) => code !== 47 && code !== 92),
  );
  for (const one of [name.slice(0, 120), name.slice(120), "#", '"', "'", " ", "__proto__"]) {
    const file = { name: one, seq: 1, type: "b" } as const;
    const manifest: Manifest = {
      base: file,
      history: [],
      increments: [],
      baseSeq: 1,
      incrementSeq: 0,
    };
    assert.deepEqual(parseManifest(formatManifest(manifest)), manifest);
  }
});

test("what Redis refuses is refused in its words", () => {
  const invalid = "Invalid AOF manifest file format";
  assert.deepEqual(reportOf(""), ["Found an empty AOF manifest"]);
  assert.deepEqual(reportOf("garbage\n"), problemAt(1, "garbage", invalid));
  assert.deepEqual(reportOf("\nfile a seq 1 type b\n"), problemAt(1, "", invalid));
  for (const line of [
    "file a seq 0 type b",
    "file a seq x type b",
    "file a seq 1 type",
    "file a seq 1 type i other",
    "file 'a seq 1 type i",
    'file "" seq 1 type i',
    'file "\\x00" seq 1 type i',
    'file a seq 1 type ""',
    "file a seq 99999999999999999999 type b",
    "name a seq 1 type b",
  ]) {
    assert.deepEqual(reportOf(`# first\n${line}\n`), problemAt(2, line, invalid));
  }
  for (const name of ["a/b", "..\\b", "/"]) {
    const line = `file ${name} seq 1 type b`;
    assert.deepEqual(
      reportOf(`${line}\n`),
      problemAt(1, line, "File can't be a path, just a filename"),
    );
  }
  const base = "file a seq 1 type b";
  assert.deepEqual(
    reportOf("file a seq 1 type x\n"),
    problemAt(1, "file a seq 1 type x", "Unknown AOF file type"),
  );
  assert.deepEqual(
    reportOf(`${base}\n${base}\n`),
    problemAt(2, base, "Found duplicate base file information"),
  );
  const increment = "file a seq 2 type i";
  assert.deepEqual(
    reportOf(`${increment}\n${increment}\n`),
    problemAt(2, increment, "Found a non-monotonic sequence number"),
  );
});

test("lines have a limit, and the last one needs its end", () => {
  const tooLong = ["The AOF manifest file contains too long line"];
  assert.deepEqual(reportOf("file a seq 1 type b"), tooLong);
  assert.deepEqual(reportOf("file \0 seq 1 type b\n"), tooLong);
  const rest = " seq 1 type b\n";
  const longest = "a".repeat(1024 - "file ".length - rest.length);
  assert.equal(parsed(`file ${longest}${rest}`).base?.name, longest);
  assert.deepEqual(reportOf(`file ${longest}a${rest}`), tooLong);
  assert.equal(parsed(`#${"c".repeat(1022)}\nfile a${rest}`).base?.name, "a");
  assert.deepEqual(reportOf(`#${"c".repeat(1024)}\nfile a${rest}`).length, 3);
});
