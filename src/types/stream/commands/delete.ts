import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_STREAM } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { A_STREAM, NO_STREAM, type StreamAccess } from "../stream-access";
import { StreamId } from "../stream-id";
import { TrimArguments } from "../trim-arguments";
import { IDS, KEY, TRIM } from "./docs";

/** XDEL and XTRIM: entries taken out of a stream, which stays when none is left. */

class Delete {
  readonly #access: StreamAccess;
  readonly #trim: TrimArguments;
  readonly #id = new StreamId();

  constructor(access: StreamAccess) {
    this.#access = access;
    this.#trim = new TrimArguments(access);
  }

  delete(call: DataCall): void {
    const state = this.#access.write(call, 1);
    if (state === NO_STREAM) call.reply.integer(0);
    if (state !== A_STREAM) return;
    const { args } = call;
    for (let i = 2; i < args.count; i++) if (!this.#access.readId(call, i, this.#id)) return;
    const stream = this.#access.own(call);
    let deleted = 0;
    for (let i = 2; i < args.count; i++) {
      this.#access.parseId(call, i, this.#id);
      if (stream.delete(this.#id)) deleted++;
    }
    if (deleted > 0) changedBy(call, deleted, "xdel");
    call.reply.integer(deleted);
  }

  trim(call: DataCall): void {
    if (!this.#trim.read(call, false)) return;
    const state = this.#access.write(call, 1);
    if (state === NO_STREAM) call.reply.integer(0);
    if (state !== A_STREAM) return;
    const stream = this.#access.own(call);
    const removed = this.#trim.trim(stream);
    if (removed > 0) {
      changedBy(call, removed, "xtrim");
      if (call.effects.isOn && this.#trim.isApproximate) this.#trim.tell(call, stream, this.#id);
    }
    call.reply.integer(removed);
  }
}

/** Tells of a change of argument 1 that counts for several. */
export function changedBy(call: DataCall, count: number, event: string): void {
  call.changed(1, EVENT_STREAM, event);
  call.keyspace.stats.changes += count - 1;
}

export function deleteCommands(access: StreamAccess): readonly CommandSpec<DataCall>[] {
  const entries = new Delete(access);
  return [
    {
      name: "xdel",
      arity: -3,
      flags: ["write", "fast"],
      group: "stream",
      since: "5.0.0",
      summary: "Deletes entries by their IDs, and tells how many there were.",
      complexity: "O(1) for each entry, however long the stream",
      keys: [keyAt(1, "RW", "delete")],
      arguments: [KEY, IDS],
      handler: (call) => entries.delete(call),
    },
    {
      name: "xtrim",
      arity: -4,
      flags: ["write"],
      group: "stream",
      since: "5.0.0",
      summary: "Removes the oldest entries, down to a length or up to an ID.",
      complexity: "O(N) in the number of entries removed; whole nodes go at once",
      keys: [keyAt(1, "RW", "delete")],
      tips: ["nondeterministic_output"],
      arguments: [KEY, TRIM],
      history: [["6.2.0", "Took MINID and LIMIT."]],
      handler: (call) => entries.trim(call),
    },
  ];
}
