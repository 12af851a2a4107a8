// What the scanner must find in a whole stream, written for clearness and not for speed: the second
// opinion of the property tests. It never sees cuts, tables or positions, only all the bytes.

import {
  PROTOCOL_BIG_BULK_LINE,
  PROTOCOL_BIG_COUNT_LINE,
  PROTOCOL_BIG_INLINE,
  PROTOCOL_BULK_LENGTH,
  PROTOCOL_EXPECTED_DOLLAR,
  PROTOCOL_MULTIBULK_LENGTH,
  PROTOCOL_UNAUTHENTICATED_BULK,
  PROTOCOL_UNAUTHENTICATED_COUNT,
} from "../../../src/protocol/request-record";

export type Found =
  | { readonly request: readonly string[] }
  | { readonly line: string }
  | { readonly error: number };

export interface ModelRules {
  readonly maxBulkBytes: number;
  readonly isUnauthenticated: boolean;
}

const LONGEST_LINE = 65536;

/** The line at the front of `rest` without its end, or why there is none yet. */
function lineOf(rest: string, end: string): string | "open" | "long" {
  const stop = rest.search(end === "\r" ? /[\r\0]/ : /[\n\0]/);
  if (stop >= 0 && stop <= LONGEST_LINE && rest[stop] === end) return rest.slice(0, stop + 1);
  return rest.length > LONGEST_LINE ? "long" : "open";
}

function canonicalInt64(text: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value === BigInt.asIntN(64, value) ? value : undefined;
}

function headerOf(rest: string): { line: string; length: number } | "open" | "long" {
  const line = lineOf(rest, "\r");
  if (line === "open" || line === "long") return line;
  if (rest.length < line.length + 1) return "open";
  return { line: line.slice(0, -1), length: line.length + 1 };
}

/** Latin1 text in, everything found out, in order. Nothing follows an error. */
export function findRequests(stream: string, rules: ModelRules): Found[] {
  const found: Found[] = [];
  let rest = stream;
  while (rest.length > 0) {
    const step = rest[0] === "*" ? multibulk(rest, rules) : inline(rest);
    if (step === "open") break;
    if (step.found !== undefined) found.push(step.found);
    if (step.found !== undefined && "error" in step.found) break;
    rest = rest.slice(step.length);
  }
  return found;
}

type Step = "open" | { readonly found?: Found; readonly length: number };

function fail(error: number): Step {
  return { found: { error }, length: 0 };
}

function inline(rest: string): Step {
  const line = lineOf(rest, "\n");
  if (line === "open") return "open";
  if (line === "long") return fail(PROTOCOL_BIG_INLINE);
  const text = line.replace(/\r?\n$/, "");
  if (text === "") return { length: line.length };
  return { found: { line: text }, length: line.length };
}

function multibulk(rest: string, rules: ModelRules): Step {
  const header = headerOf(rest);
  if (header === "open") return "open";
  if (header === "long") return fail(PROTOCOL_BIG_COUNT_LINE);
  const count = canonicalInt64(header.line.slice(1));
  if (count === undefined || count > 0x7fffffffn) return fail(PROTOCOL_MULTIBULK_LENGTH);
  if (rules.isUnauthenticated && count > 10n) return fail(PROTOCOL_UNAUTHENTICATED_COUNT);
  let at = header.length;
  const request: string[] = [];
  for (let left = count; left > 0n; left--) {
    const bulk = headerOf(rest.slice(at));
    if (bulk === "open") return "open";
    if (bulk === "long") return fail(PROTOCOL_BIG_BULK_LINE);
    const first = rest.charCodeAt(at);
    if (first !== 0x24) return fail(PROTOCOL_EXPECTED_DOLLAR | (first << 8));
    const size = canonicalInt64(bulk.line.slice(1));
    if (size === undefined || size < 0n || size > BigInt(rules.maxBulkBytes)) {
      return fail(PROTOCOL_BULK_LENGTH);
    }
    if (rules.isUnauthenticated && size > 16384n) return fail(PROTOCOL_UNAUTHENTICATED_BULK);
    at += bulk.length;
    if (BigInt(rest.length - at) < size + 2n) return "open";
    request.push(rest.slice(at, at + Number(size)));
    at += Number(size) + 2;
  }
  return count > 0n ? { found: { request }, length: at } : { length: at };
}
