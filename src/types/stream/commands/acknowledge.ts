import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import type { GroupAccess } from "../groups/group-access";
import { A_STREAM, NOT_A_STREAM } from "../stream-access";
import { StreamId } from "../stream-id";
import { GROUP, IDS, KEY } from "./docs";

/** XACK. */

class Acknowledge {
  readonly #groups: GroupAccess;
  readonly #id = new StreamId();

  constructor(groups: GroupAccess) {
    this.#groups = groups;
  }

  run(call: DataCall): void {
    const { streams } = this.#groups;
    const state = streams.read(call, 1);
    if (state === NOT_A_STREAM) return;
    if (state !== A_STREAM || !this.#groups.open(call, 2)) {
      call.reply.integer(0);
      return;
    }
    const { args } = call;
    const id = this.#id;
    for (let i = 3; i < args.count; i++) if (!streams.readId(call, i, id)) return;
    const group = this.#groups.own(call);
    let acknowledged = 0;
    for (let i = 3; i < args.count; i++) {
      streams.parseId(call, i, id);
      if (!group.findPending(id)) continue;
      group.removePending();
      acknowledged++;
    }
    call.keyspace.stats.changes += acknowledged;
    call.reply.integer(acknowledged);
  }
}

export function acknowledgeCommands(groups: GroupAccess): readonly CommandSpec<DataCall>[] {
  const acknowledge = new Acknowledge(groups);
  return [
    {
      name: "xack",
      arity: -4,
      flags: ["write", "fast"],
      group: "stream",
      since: "5.0.0",
      summary: "Tells a group that entries are done with, so that they are not pending any more.",
      complexity: "O(1) for each ID",
      keys: [keyAt(1, "RW", "update")],
      arguments: [KEY, GROUP, IDS],
      handler: (call) => acknowledge.run(call),
    },
  ];
}
