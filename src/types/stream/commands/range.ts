import { latin1Bytes } from "../../../base/bytes";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { readRange } from "../range-arguments";
import { A_STREAM, NO_STREAM, readCount, type StreamAccess, syntaxError } from "../stream-access";
import { StreamId } from "../stream-id";
import { replyEntry } from "../stream-reply";
import { COUNT, KEY } from "./docs";

/** XLEN, XRANGE and XREVRANGE. */

const COUNT_WORD = latin1Bytes("count");

class Ranges {
  readonly #access: StreamAccess;
  readonly #start = new StreamId();
  readonly #end = new StreamId();
  #count = 0;

  constructor(access: StreamAccess) {
    this.#access = access;
  }

  length(call: DataCall): void {
    const state = this.#access.read(call, 1);
    if (state === NO_STREAM) call.reply.integer(0);
    else if (state === A_STREAM) call.reply.integer(this.#access.stream(call).length);
  }

  forward(call: DataCall): void {
    if (!this.#open(call, 2, 3)) return;
    const { text } = this.#access;
    const stream = this.#access.stream(call);
    stream.seekRange(this.#start, this.#end);
    const count = stream.countNext(this.#count);
    call.reply.array(count);
    stream.seekRange(this.#start, this.#end);
    for (let left = count; left > 0 && stream.next(); left--) {
      replyEntry(call, text, stream.node, false);
    }
  }

  backward(call: DataCall): void {
    if (!this.#open(call, 3, 2)) return;
    const { text } = this.#access;
    const stream = this.#access.stream(call);
    stream.seekRangeEnd(this.#start, this.#end);
    const count = stream.countPrevious(this.#count);
    call.reply.array(count);
    stream.seekRangeEnd(this.#start, this.#end);
    for (let left = count; left > 0 && stream.previous(); left--) {
      replyEntry(call, text, stream.node, false);
    }
  }

  /** Reads the arguments and opens the stream; false when the reply is written. */
  #open(call: DataCall, startIndex: number, endIndex: number): boolean {
    const access = this.#access;
    if (!readRange(call, access, startIndex, endIndex, this.#start, this.#end)) return false;
    if (!this.#readCount(call)) return false;
    const state = access.read(call, 1);
    if (state === NO_STREAM) call.reply.array(0);
    else if (state === A_STREAM && this.#count === 0) call.reply.nilArray();
    return state === A_STREAM && this.#count > 0;
  }

  #readCount(call: DataCall): boolean {
    const { args } = call;
    this.#count = Number.POSITIVE_INFINITY;
    for (let i = 4; i < args.count; i += 2) {
      if (!args.is(i, COUNT_WORD) || i + 1 === args.count) {
        syntaxError(call);
        return false;
      }
      this.#count = readCount(call, i + 1);
      if (Number.isNaN(this.#count)) return false;
    }
    return true;
  }
}

function range(
  name: string,
  summary: string,
  bounds: readonly ArgumentDoc[],
  handler: (call: DataCall) => void,
): CommandSpec<DataCall> {
  return {
    name,
    arity: -4,
    flags: ["readonly"],
    group: "stream",
    since: "5.0.0",
    summary,
    complexity: "O(N) in the number of entries returned, beside finding the first",
    keys: [keyAt(1, "RO", "access")],
    arguments: [KEY, ...bounds, COUNT],
    history: [["6.2.0", "Took ranges that leave out their ends."]],
    handler,
  };
}

export function rangeCommands(access: StreamAccess): readonly CommandSpec<DataCall>[] {
  const ranges = new Ranges(access);
  const start: ArgumentDoc = { name: "start", type: "string" };
  const end: ArgumentDoc = { name: "end", type: "string" };
  return [
    {
      name: "xlen",
      arity: 2,
      flags: ["readonly", "fast"],
      group: "stream",
      since: "5.0.0",
      summary: "Tells how many entries a stream has.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO")],
      arguments: [KEY],
      handler: (call) => ranges.length(call),
    },
    range("xrange", "Gives the entries between two IDs.", [start, end], (call) =>
      ranges.forward(call),
    ),
    range("xrevrange", "Gives the entries between two IDs, last one first.", [end, start], (call) =>
      ranges.backward(call),
    ),
  ];
}
