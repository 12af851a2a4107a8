import { type CommandSpec, keyAt, keysFrom } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { Places } from "../places";
import { SET_INTSET, SET_LISTPACK } from "../set-reader";
import { replyPlaces } from "../set-reply";
import { SetSources } from "../set-sources";
import type { SetTools, SetWorkspace } from "../set-workspace";
import {
  CARD_ARGUMENTS,
  CARD_KEYS,
  FIRST_CARD_KEY,
  readCardLimit,
  readKeyCount,
} from "./card-arguments";
import { DESTINATION, KEYS, SOURCES } from "./docs";
import { storeNothing, storeResult } from "./store-result";

/**
 * SINTER, SINTERSTORE and SINTERCARD: the members of the smallest set that all others have, too.
 *
 * For a reply they are collected as places in the smallest set, so that nothing is copied.
 */

class Intersection {
  readonly #sources = new SetSources();
  readonly #places = new Places();

  /** SINTER. */
  reply(call: DataCall, tools: SetTools): void {
    const { source } = tools;
    if (!this.#sources.gather(call, 1, call.args.count - 1, tools.probe)) return;
    if (!this.#start(tools)) {
      call.reply.set(0);
      return;
    }
    const found = this.#places.list(source.size);
    while (this.#next(tools)) found.add(source.place);
    call.reply.set(found.count);
    replyPlaces(call.reply, source, found, 0, found.count);
  }

  /** SINTERSTORE. */
  store(call: DataCall, tools: SetTools): void {
    const { source, result } = tools;
    if (!this.#sources.gather(call, 2, call.args.count - 1, tools.probe)) return;
    if (!this.#start(tools)) {
      storeNothing(call);
      return;
    }
    result.createAs(source.encoding === SET_INTSET ? SET_INTSET : SET_LISTPACK);
    while (this.#next(tools)) result.addNew(source.valueBytes, source.valueAt, source.valueLength);
    result.toIntset();
    storeResult(call, result, "sinterstore");
  }

  /** SINTERCARD. */
  count(call: DataCall, tools: SetTools): void {
    const keys = readKeyCount(call);
    if (Number.isNaN(keys)) return;
    const limit = readCardLimit(call, keys);
    if (Number.isNaN(limit)) return;
    const last = FIRST_CARD_KEY + keys - 1;
    if (!this.#sources.gather(call, FIRST_CARD_KEY, last, tools.probe)) return;
    let found = 0;
    if (this.#start(tools)) while (found < limit && this.#next(tools)) found++;
    call.reply.integer(found);
  }

  /** Opens the smallest set; false when a key is missing, so that nothing is common. */
  #start({ source, probe }: SetTools): boolean {
    const sources = this.#sources;
    if (sources.missing > 0) return false;
    sources.sort();
    sources.clearAsked();
    for (let rank = 1; rank < sources.count; rank++) sources.ask(sources.entryAt(rank), probe);
    source.openEntry(sources.entryAt(0)).start();
    return true;
  }

  /** Goes to the next member that all have. */
  #next({ source, probe }: SetTools): boolean {
    while (source.next()) if (this.#sources.allHave(source, probe)) return true;
    return false;
  }
}

export function intersectCommands(work: SetWorkspace): readonly CommandSpec<DataCall>[] {
  const intersection = new Intersection();
  const complexity = "O(N*M): N members of the smallest set, M sets";
  return [
    {
      name: "sinter",
      arity: -2,
      flags: ["readonly"],
      group: "set",
      since: "1.0.0",
      summary: "Lists the members that several sets have in common.",
      complexity,
      keys: [keysFrom(1, 1, "RO", "access")],
      tips: ["nondeterministic_output_order"],
      arguments: [KEYS],
      handler: work.handler((call, tools) => intersection.reply(call, tools)),
    },
    {
      name: "sinterstore",
      arity: -3,
      flags: ["write", "denyoom"],
      group: "set",
      since: "1.0.0",
      summary: "Stores the members that several sets have in common.",
      complexity,
      keys: [keyAt(1, "RW", "update"), keysFrom(2, 1, "RO", "access")],
      arguments: [DESTINATION, SOURCES],
      handler: work.handler((call, tools) => intersection.store(call, tools)),
    },
    {
      name: "sintercard",
      arity: -3,
      flags: ["readonly"],
      group: "set",
      since: "7.0.0",
      summary: "Counts the members that several sets have in common.",
      complexity,
      keys: [CARD_KEYS],
      arguments: CARD_ARGUMENTS,
      handler: work.handler((call, tools) => intersection.count(call, tools)),
    },
  ];
}
