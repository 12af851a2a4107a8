import { latin1Bytes } from "../../../base/bytes";
import { ERR_NO_SUCH_KEY } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_STREAM } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import type { Stream } from "../stream";
import { A_STREAM, NO_STREAM, readInt64, type StreamAccess, syntaxError } from "../stream-access";
import { StreamId } from "../stream-id";
import {
  STREAM_ENTRIES_ADDED,
  STREAM_LAST_ID,
  STREAM_MAX_DELETED_ID,
  setInt64,
} from "../stream-layout";
import { KEY } from "./docs";

/** XSETID: what a stream remembers of entries that are gone, as replication and files set it. */

const ENTRIESADDED = latin1Bytes("entriesadded");
const MAXDELETEDID = latin1Bytes("maxdeletedid");

class SetId {
  readonly #access: StreamAccess;
  readonly #id = new StreamId();
  readonly #maxDeleted = new StreamId();
  readonly #last = new StreamId();
  /** Below 0 when it is not given. */
  #entriesAdded = -1n;

  constructor(access: StreamAccess) {
    this.#access = access;
  }

  run(call: DataCall): void {
    if (!this.#access.readId(call, 2, this.#id) || !this.#readOptions(call)) return;
    const state = this.#access.write(call, 1);
    if (state === NO_STREAM) call.reply.error(ERR_NO_SUCH_KEY);
    if (state !== A_STREAM || !this.#allows(call, this.#access.stream(call))) return;
    const stream = this.#access.own(call);
    stream.storeId(this.#id, STREAM_LAST_ID);
    stream.forgetDeletedBehind(this.#id);
    if (!this.#maxDeleted.isZero) stream.storeId(this.#maxDeleted, STREAM_MAX_DELETED_ID);
    const { memory } = call.keyspace;
    if (this.#entriesAdded >= 0n) {
      setInt64(memory, stream.ref, STREAM_ENTRIES_ADDED, this.#entriesAdded);
    }
    call.keyspace.stats.changes++;
    call.notify(call.db, 1, EVENT_STREAM, "xsetid");
    call.reply.ok();
  }

  #readOptions(call: DataCall): boolean {
    const { args } = call;
    this.#entriesAdded = -1n;
    this.#maxDeleted.setZero();
    for (let i = 3; i < args.count; i += 2) {
      const isLast = i + 1 === args.count;
      if (!isLast && args.is(i, ENTRIESADDED)) {
        if (!this.#readEntriesAdded(call, i + 1)) return false;
      } else if (!isLast && args.is(i, MAXDELETEDID)) {
        if (!this.#readMaxDeleted(call, i + 1)) return false;
      } else {
        syntaxError(call);
        return false;
      }
    }
    return true;
  }

  #readEntriesAdded(call: DataCall, index: number): boolean {
    const value = readInt64(call, index);
    if (value === undefined) return false;
    this.#entriesAdded = value;
    if (value >= 0n) return true;
    call.reply.error("ERR entries_added must be positive");
    return false;
  }

  #readMaxDeleted(call: DataCall, index: number): boolean {
    if (!this.#access.readId(call, index, this.#maxDeleted)) return false;
    if (this.#id.compare(this.#maxDeleted) >= 0) return true;
    call.reply.error(
      "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
    );
    return false;
  }

  /** Replies an error and returns false when the stream has something beyond what is to be set. */
  #allows(call: DataCall, stream: Stream): boolean {
    if (!stream.lastLiveId(this.#last)) return true;
    if (this.#id.compare(this.#last) < 0) {
      call.reply.error("ERR The ID specified in XSETID is smaller than the target stream top item");
      return false;
    }
    const isFewer = this.#entriesAdded >= 0n && this.#entriesAdded < BigInt(stream.length);
    if (!isFewer) return true;
    call.reply.error(
      "ERR The entries_added specified in XSETID is smaller than the target stream length",
    );
    return false;
  }
}

export function setIdCommands(access: StreamAccess): readonly CommandSpec<DataCall>[] {
  const setId = new SetId(access);
  return [
    {
      name: "xsetid",
      arity: -3,
      flags: ["write", "denyoom", "fast"],
      group: "stream",
      since: "5.0.0",
      summary: "Sets the last ID of a stream and its counts. For replication and files.",
      complexity: "O(1)",
      keys: [keyAt(1, "RW", "update")],
      arguments: [
        KEY,
        { name: "last-id", type: "string" },
        {
          name: "entries_added",
          type: "integer",
          token: "ENTRIESADDED",
          since: "7.0.0",
          flags: ["optional"],
        },
        {
          name: "max_deleted_entry_id",
          type: "string",
          token: "MAXDELETEDID",
          since: "7.0.0",
          flags: ["optional"],
        },
      ],
      history: [["7.0.0", "Took ENTRIESADDED and MAXDELETEDID."]],
      handler: (call) => setId.run(call),
    },
  ];
}
