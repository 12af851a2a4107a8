// The constants of the shared memory stand twice, in TypeScript (the specification) and in C++: they
// must be equal.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as transport from "../../src/net/transport";
import * as requestRecord from "../../src/protocol/request-record";

const CORE = path.join(__dirname, "../../../native/core");
const HEADERS = ["reactor/layout.h", "resp/record.h", "resp/scanner.h"];

/** Constants and enumerators by name; an initializer is a number or `number << number`. */
function nativeConstants(): Map<string, number> {
  const constants = new Map<string, number>();
  for (const header of HEADERS) {
    const text = readFileSync(path.join(CORE, header), "utf8");
    const pattern = /\b(k[A-Z]\w*) = (0x[0-9a-f]+|\d+)u?(?: << (\d+))?[;,]/g;
    for (const [, name = "", value, shift] of text.matchAll(pattern)) {
      constants.set(name, Number(value) * 2 ** Number(shift ?? 0));
    }
  }
  return constants;
}

function nativeName(name: string): string {
  const words = name
    .replace(/^PROTOCOL_/, "")
    .toLowerCase()
    .split("_");
  return `k${words.map((word) => (word[0] ?? "").toUpperCase() + word.slice(1)).join("")}`;
}

test("every word, event, limit and region means the same on both sides", () => {
  const constants = nativeConstants();
  const specified = { ...transport, ...requestRecord };
  const numbers = Object.entries(specified).filter(([, value]) => typeof value === "number");
  assert.ok(numbers.length >= 35, String(numbers.length));
  for (const [name, value] of numbers) {
    assert.equal(constants.get(nativeName(name)), value, name);
  }
});
