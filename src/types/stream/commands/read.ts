import type { CommandSpec } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_STREAM } from "../../../keyspace/entry";
import { ReadArguments } from "../read-arguments";
import type { Stream } from "../stream";
import { A_STREAM, isWord, NOT_A_STREAM, type StreamAccess } from "../stream-access";
import { StreamId } from "../stream-id";
import { idText } from "../stream-id-text";
import { STREAM_LAST_ID } from "../stream-layout";
import { MAX_ID } from "../stream-reader";
import { replyEntry } from "../stream-reply";
import { BLOCK, COUNT, STREAMS, streamKeys } from "./docs";

/** XREAD: entries behind an ID in several streams, now or when they come. */

const DOLLAR = 0x24;
const GREATER = 0x3e;
const PLUS = 0x2b;
const ERR_GREATER =
  "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.";

class Read {
  readonly #access: StreamAccess;
  readonly #options = new ReadArguments(false);
  /** By key: the ID behind which is read, and whether there is anything. Kept to be used again. */
  readonly #after: StreamId[] = [];
  readonly #isServed: boolean[] = [];
  readonly #last = new StreamId();

  constructor(access: StreamAccess) {
    this.#access = access;
  }

  run(call: DataCall): void {
    const options = this.#options;
    if (!options.read(call)) return;
    const streams = this.#lookAtStreams(call);
    if (streams < 0) return;
    if (streams > 0) this.#reply(call, streams);
    else if (options.blocks) this.#wait(call);
    else call.reply.nilArray();
  }

  /** Reads the IDs and how many streams have something behind them; -1 with the error written. */
  #lookAtStreams(call: DataCall): number {
    const { firstKey, keyCount } = this.#options;
    let streams = 0;
    for (let i = 0; i < keyCount; i++) {
      this.#after[i] ??= new StreamId();
      this.#isServed[i] = false;
      if (!call.mayServeFrom(firstKey + i)) continue;
      const state = this.#access.read(call, firstKey + i);
      if (state === NOT_A_STREAM) return -1;
      const stream = state === A_STREAM ? this.#access.stream(call) : undefined;
      if (!this.#readId(call, i, stream)) return -1;
      if (stream === undefined || !stream.lastLiveId(this.#last)) continue;
      if (this.#last.compare(this.#after[i]) <= 0) continue;
      this.#isServed[i] = true;
      streams++;
    }
    return streams;
  }

  #readId(call: DataCall, i: number, stream: Stream | undefined): boolean {
    const index = this.#options.firstId + i;
    const after = this.#after[i];
    if (isWord(call, index, GREATER)) {
      call.reply.error(ERR_GREATER);
      return false;
    }
    const isDollar = isWord(call, index, DOLLAR);
    if (!isDollar && !isWord(call, index, PLUS)) return this.#access.readId(call, index, after);
    if (stream === undefined) after.setZero();
    else if (isDollar || !stream.lastLiveId(after)) stream.loadId(after, STREAM_LAST_ID);
    else after.decrement();
    return true;
  }

  #reply(call: DataCall, streams: number): void {
    const { reply, args } = call;
    const { firstKey, keyCount } = this.#options;
    if (reply.resp3) reply.map(streams);
    else reply.array(streams);
    for (let i = 0; i < keyCount; i++) {
      if (!call.mayServeFrom(firstKey + i)) continue;
      // Looked up again, as Redis counts it.
      const state = this.#access.read(call, firstKey + i);
      if (state !== A_STREAM || !this.#isServed[i]) continue;
      if (!reply.resp3) reply.array(2);
      reply.bulk(args.input, args.offset(firstKey + i), args.length(firstKey + i));
      this.#replyEntries(call, this.#after[i]);
    }
  }

  #replyEntries(call: DataCall, after: StreamId): void {
    const stream = this.#access.stream(call);
    after.increment();
    stream.seekRange(after, MAX_ID);
    const count = stream.countNext(this.#options.count);
    call.reply.array(count);
    stream.seekRange(after, MAX_ID);
    for (let left = count; left > 0 && stream.next(); left--) {
      replyEntry(call, this.#access.text, stream.node, false);
    }
  }

  /** Waits behind the IDs that `$` and `+` stand for now. */
  #wait(call: DataCall): void {
    const { firstKey, keyCount, firstId, timeoutMs } = this.#options;
    const substitutes = new Map<number, Uint8Array>();
    for (let i = 0; i < keyCount; i++) {
      const index = firstId + i;
      if (!isWord(call, index, DOLLAR) && !isWord(call, index, PLUS)) continue;
      substitutes.set(index, Buffer.from(idText(this.#after[i])));
    }
    call.blockOn({ firstKey, keyCount, type: TYPE_STREAM, timeoutMs, substitutes });
  }
}

export function readCommands(access: StreamAccess): readonly CommandSpec<DataCall>[] {
  const read = new Read(access);
  return [
    {
      name: "xread",
      arity: -4,
      flags: ["readonly", "blocking"],
      group: "stream",
      since: "5.0.0",
      summary: "Gives the entries behind an ID in each of several streams; may wait for them.",
      complexity: "O(N) in the number of entries returned",
      keys: [streamKeys(1)],
      arguments: [COUNT, BLOCK, STREAMS],
      handler: (call) => read.run(call),
    },
  ];
}
