import { latin1Bytes } from "../../../base/bytes";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import type { GroupAccess } from "../groups/group-access";
import { References } from "../groups/references";
import { A_STREAM, NOT_A_STREAM, syntaxError } from "../stream-access";
import { StreamId } from "../stream-id";
import { changedBy } from "./delete";
import { GROUP, KEY } from "./docs";

/** XDELEX and XACKDEL (8.2): deletion that minds what is pending in consumer groups. */

const KEEPREF = latin1Bytes("keepref");
const DELREF = latin1Bytes("delref");
const ACKED = latin1Bytes("acked");
const IDS = latin1Bytes("ids");
const ERR_NOT_POSITIVE = "ERR Number of IDs must be a positive integer";
const ERR_OTHER_COUNT = "ERR The `numids` parameter must match the number of arguments";

/** What becomes of references: they stay, they go, or the entry stays as long as there are any. */
const KEEP_REFERENCES = 0;
const DELETE_REFERENCES = 1;
const MUST_BE_ACKNOWLEDGED = 2;

/** What is replied for an ID. */
const NO_SUCH_ID = -1;
const DELETED = 1;
const STILL_REFERENCED = 2;

class DeleteReferenced {
  readonly #groups: GroupAccess;
  readonly #references: References;
  readonly #id = new StreamId();
  #mode = KEEP_REFERENCES;
  #firstId = 0;
  #deleted = 0;

  constructor(groups: GroupAccess) {
    this.#groups = groups;
    this.#references = new References(groups);
  }

  /** XDELEX. */
  delete(call: DataCall): void {
    if (!this.#readArguments(call, 2)) return;
    const state = this.#groups.streams.write(call, 1);
    if (state === NOT_A_STREAM) return;
    this.#run(call, state === A_STREAM, (id) => this.#deleteEntry(call, id));
  }

  /** XACKDEL. */
  acknowledgeAndDelete(call: DataCall): void {
    if (!this.#readArguments(call, 3)) return;
    const state = this.#groups.streams.write(call, 1);
    if (state === NOT_A_STREAM) return;
    const isThere = state === A_STREAM && this.#groups.open(call, 2);
    this.#run(call, isThere, (id) => {
      if (!this.#acknowledge(call, id)) return NO_SUCH_ID;
      const result = this.#deleteEntry(call, id);
      // What was pending may have gone before; then there is nothing left to delete.
      return result === NO_SUCH_ID ? DELETED : result;
    });
  }

  #readArguments(call: DataCall, first: number): boolean {
    const { args } = call;
    let at = first;
    this.#mode = KEEP_REFERENCES;
    if (args.is(at, DELREF)) this.#mode = DELETE_REFERENCES;
    else if (args.is(at, ACKED)) this.#mode = MUST_BE_ACKNOWLEDGED;
    if (this.#mode !== KEEP_REFERENCES || args.is(at, KEEPREF)) at++;
    if (at + 1 >= args.count || !args.is(at, IDS)) {
      syntaxError(call);
      return false;
    }
    const count = args.clampedInteger(at + 1);
    this.#firstId = at + 2;
    const isPositive = count > 0;
    if (isPositive && count === args.count - this.#firstId) return this.#checkIds(call);
    call.reply.error(isPositive ? ERR_OTHER_COUNT : ERR_NOT_POSITIVE);
    return false;
  }

  #checkIds(call: DataCall): boolean {
    for (let i = this.#firstId; i < call.args.count; i++) {
      if (!this.#groups.streams.readId(call, i, this.#id)) return false;
    }
    return true;
  }

  /** Replies what becomes of each ID. */
  #run(call: DataCall, isThere: boolean, remove: (id: StreamId) => number): void {
    const { args, reply } = call;
    const id = this.#id;
    this.#deleted = 0;
    if (isThere) this.#groups.streams.own(call);
    reply.array(args.count - this.#firstId);
    for (let i = this.#firstId; i < args.count; i++) {
      this.#groups.streams.parseId(call, i, id);
      reply.integer(isThere ? remove(id) : NO_SUCH_ID);
    }
    if (this.#deleted > 0) changedBy(call, this.#deleted, "xdel");
  }

  #acknowledge(call: DataCall, id: StreamId): boolean {
    this.#groups.open(call, 2);
    const group = this.#groups.own(call);
    if (!group.findPending(id)) return false;
    group.removePending();
    call.keyspace.stats.changes++;
    return true;
  }

  #deleteEntry(call: DataCall, id: StreamId): number {
    const stream = this.#groups.streams.stream(call);
    stream.seekRange(id, id);
    const isThere = stream.next();
    if (this.#mode === DELETE_REFERENCES) this.#references.remove(call, id);
    if (!isThere) return NO_SUCH_ID;
    if (this.#mode === MUST_BE_ACKNOWLEDGED && this.#references.has(call, id)) {
      return STILL_REFERENCED;
    }
    stream.delete(id);
    this.#deleted++;
    return DELETED;
  }
}

const CONDITION: ArgumentDoc = {
  name: "condition",
  type: "oneof",
  flags: ["optional"],
  arguments: [
    { name: "keepref", type: "pure-token", token: "KEEPREF" },
    { name: "delref", type: "pure-token", token: "DELREF" },
    { name: "acked", type: "pure-token", token: "ACKED" },
  ],
};
const COUNTED_IDS: ArgumentDoc = {
  name: "ids",
  type: "block",
  token: "IDS",
  arguments: [
    { name: "numids", type: "integer" },
    { name: "id", type: "string", flags: ["multiple"] },
  ],
};

export function deleteReferencedCommands(groups: GroupAccess): readonly CommandSpec<DataCall>[] {
  const entries = new DeleteReferenced(groups);
  return [
    {
      name: "xdelex",
      arity: -5,
      flags: ["write", "fast"],
      group: "stream",
      since: "8.2.0",
      summary:
        "Deletes entries, with or without what is pending of them, or only what nobody needs.",
      complexity: "O(1) for each ID, O(G) in the number of groups with DELREF and ACKED",
      keys: [keyAt(1, "RW", "delete")],
      arguments: [KEY, CONDITION, COUNTED_IDS],
      handler: (call) => entries.delete(call),
    },
    {
      name: "xackdel",
      arity: -6,
      flags: ["write", "fast"],
      group: "stream",
      since: "8.2.0",
      summary: "Acknowledges entries for a group, and deletes them as XDELEX does.",
      complexity: "O(1) for each ID, O(G) in the number of groups with DELREF and ACKED",
      keys: [keyAt(1, "RW", "delete")],
      arguments: [KEY, GROUP, CONDITION, COUNTED_IDS],
      handler: (call) => entries.acknowledgeAndDelete(call),
    },
  ];
}
