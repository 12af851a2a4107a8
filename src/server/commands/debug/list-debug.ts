import { divideHalfEven } from "../../../base/binary-rounding";
import { parseMemorySize } from "../../../base/memory-size";
import { ERR_NO_SUCH_KEY } from "../../../command/error-texts";
import type { DataCall } from "../../../keyspace/data-call";
import { ENTRY_VALUE, TYPE_LIST, typeOf, wordOf } from "../../../keyspace/entry";
import { ListpackReader } from "../../../structures/listpack-reader";
import type { ListLimits } from "../../../types/list/list-limits";
import { ListReader } from "../../../types/list/list-reader";

/**
 * DEBUG LISTPACK, QUICKLIST and QUICKLIST-PACKED-THRESHOLD, and what DEBUG OBJECT tells of a list.
 * What Redis prints on its output goes into the log here, one line per node.
 */

const ERR_NOT_LISTPACK = "ERR Not a listpack encoded object.";
const ERR_NOT_QUICKLIST = "ERR Not a quicklist encoded object.";
const ERR_THRESHOLD = "ERR argument must be a memory value bigger than 1 and smaller than 4gb";
const MOST_THRESHOLD_BYTES = 2 ** 32 - 2 ** 20;
const SHOWN_NODES = 100;

type Print = (line: string) => void;

export function printListpack(call: DataCall, print: Print): void {
  const entry = entryOf(call, "listpack", ERR_NOT_LISTPACK);
  if (entry === 0) return;
  const { memory } = call.keyspace;
  print(nodeLine(0, new ListpackReader(memory).open(wordOf(memory, entry, ENTRY_VALUE))));
  call.reply.statusText("Listpack structure printed on stdout");
}

export function printQuicklist(call: DataCall, print: Print): void {
  const entry = entryOf(call, "quicklist", ERR_NOT_QUICKLIST);
  if (entry === 0) return;
  const list = new ListReader(call.keyspace.memory).openEntry(entry);
  let shown = 0;
  for (let more = list.firstNode(); more && shown < SHOWN_NODES; more = list.nextNode()) {
    print(nodeLine(shown++, list.pack));
  }
  call.reply.statusText("Quicklist structure printed on stdout");
}

/** From what size on an element gets a node of its own; 0 is the default. */
export function setPackedThreshold(call: DataCall, limits: ListLimits): void {
  const { args, reply } = call;
  const size = parseMemorySize(args.text(2));
  if (size === undefined || size > MOST_THRESHOLD_BYTES) {
    reply.error(ERR_THRESHOLD);
    return;
  }
  if (size === 0) limits.resetPlainBytes();
  else limits.plainBytes = size;
  reply.ok();
}

/** Fields that DEBUG OBJECT adds for a quicklist, with a blank before them; else nothing. */
export function quicklistFields(call: DataCall, entry: number, limits: ListLimits): string {
  const { memory } = call.keyspace;
  if (typeOf(memory, entry) !== TYPE_LIST || encodingName(call, entry) !== "quicklist") return "";
  const list = new ListReader(memory).openEntry(entry);
  let nodes = 0;
  let bytes = 0;
  for (let more = list.firstNode(); more; more = list.nextNode()) {
    nodes++;
    bytes += list.pack.listpackBytes;
  }
  return [
    ` ql_nodes:${nodes}`,
    `ql_avg_node:${twoDecimals(list.length / nodes)}`,
    `ql_listpack_max:${limits.maxListpackSize}`,
    `ql_compressed:${limits.compressDepth === 0 ? 0 : 1}`,
    `ql_uncompressed_size:${bytes}`,
  ].join(" ");
}

/** Like C's printf, which rounds a half to even: only eighths can be halves of the last digit. */
function twoDecimals(value: number): string {
  const eighths = value * 8;
  if (!Number.isInteger(eighths)) return value.toFixed(2);
  return (Number(divideHalfEven(BigInt(eighths) * 100n, 8n)) / 100).toFixed(2);
}

function encodingName({ keyspace }: DataCall, entry: number): string {
  return keyspace.typeOf(entry).encodingName(keyspace.memory, entry);
}

/** The entry of argument 2 if it has the encoding, else 0 with the error written. */
function entryOf(call: DataCall, encoding: string, errorText: string): number {
  const entry = call.peek(2);
  const isRight = entry !== 0 && encodingName(call, entry) === encoding;
  if (!isRight) call.reply.error(entry === 0 ? ERR_NO_SUCH_KEY : errorText);
  return isRight ? entry : 0;
}

function nodeLine(index: number, pack: ListpackReader): string {
  return `node ${index}: ${pack.count} elements in ${pack.listpackBytes} bytes`;
}
