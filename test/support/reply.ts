// Whole raw replies as JavaScript values for assertions. Not a stream parser (reply-splitter.ts).
// What RESP3 tells apart stays apart: a map is not an array, a double is not a bulk string.

import { ProtocolViolation } from "./reply-splitter";

/** Bulk and simple strings are strings when they are UTF-8, else Buffers. */
export type Reply =
  | string
  | Buffer
  | number
  | bigint
  | null
  | boolean
  | Reply[]
  | { readonly error: string }
  | { readonly double: string }
  | { readonly bigNumber: string }
  | { readonly verbatim: string; readonly format: string }
  | { readonly map: [Reply, Reply][] }
  | { readonly set: Reply[] }
  | { readonly push: Reply[] }
  | { readonly attributes: [Reply, Reply][]; readonly reply: Reply };

interface Aggregate {
  readonly type: string;
  readonly size: number;
  readonly items: Reply[];
}

/** Decodes exactly one whole reply, as `ReplySplitter` cuts them. */
export function decodeReply(raw: Buffer): Reply {
  const open: Aggregate[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = raw.indexOf("\r\n", position, "latin1");
    if (lineEnd < 0) throw new ProtocolViolation("not a whole reply", raw);
    const type = String.fromCharCode(raw[position] ?? 0);
    const text = raw.toString("utf8", position + 1, lineEnd);
    position = lineEnd + 2;
    let value: Reply;
    if ("$!=".includes(type) && text !== "-1") {
      const body = raw.subarray(position, position + Number(text));
      position += body.length + 2;
      value = decodeBulk(type, body);
    } else if ("*~>%|".includes(type) && text !== "-1") {
      const size = aggregateSize(type, Number(text));
      if (size > 0) {
        open.push({ type, size, items: [] });
        continue;
      }
      value = closeAggregate({ type, size, items: [] });
    } else {
      value = decodeLine(type, text);
    }
    const whole = addToOpen(open, value);
    if (whole === undefined) continue;
    if (position !== raw.length) throw new ProtocolViolation("bytes after a reply", raw);
    return whole;
  }
}

/** Gives `value` to the innermost open aggregate; returns the outermost one once it is full. */
function addToOpen(open: Aggregate[], value: Reply): Reply | undefined {
  let complete = value;
  for (;;) {
    const parent = open[open.length - 1];
    if (parent === undefined) return complete;
    parent.items.push(complete);
    if (parent.items.length < parent.size) return undefined;
    open.pop();
    complete = closeAggregate(parent);
  }
}

function aggregateSize(type: string, count: number): number {
  if (type === "%") return count * 2;
  return type === "|" ? count * 2 + 1 : count;
}

function closeAggregate({ type, items }: Aggregate): Reply {
  if (type === "~") return { set: items };
  if (type === ">") return { push: items };
  if (type === "%") return { map: pairs(items) };
  if (type === "|") return { attributes: pairs(items.slice(0, -1)), reply: items.at(-1) ?? null };
  return items;
}

function pairs(items: readonly Reply[]): [Reply, Reply][] {
  const result: [Reply, Reply][] = [];
  for (let index = 0; index + 1 < items.length; index += 2) {
    result.push([items[index] ?? null, items[index + 1] ?? null]);
  }
  return result;
}

function decodeBulk(type: string, body: Buffer): Reply {
  const text = body.toString("utf8");
  if (type === "!") return { error: text };
  if (type === "=") return { format: text.slice(0, 3), verbatim: text.slice(4) };
  return Buffer.from(text, "utf8").equals(body) ? text : Buffer.from(body);
}

function decodeLine(type: string, text: string): Reply {
  if (type === "+") return text;
  if (type === "-") return { error: text };
  if (type === ":") return decodeInteger(text);
  if (type === "#") return text === "t";
  if (type === ",") return { double: text };
  if (type === "(") return { bigNumber: text };
  return null;
}

function decodeInteger(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}
