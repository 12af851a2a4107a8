import { type CommandSpec, keyAt, keysFrom } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { Places } from "../places";
import { SET_INTSET } from "../set-reader";
import { replyMembers, replyPlaces } from "../set-reply";
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
 * SDIFF, SDIFFSTORE and SDIFFCARD: the members of the first set that no other has.
 *
 * There are two ways, and as in Redis the cheaper is taken: either each member of the first set is
 * looked for in the others, or the members of the others are taken out of a copy of it.
 */
class Difference {
  readonly #sources = new SetSources();
  readonly #places = new Places();

  /** SDIFF. */
  reply(call: DataCall, tools: SetTools): void {
    const { source, result } = tools;
    if (!this.#sources.gather(call, 1, call.args.count - 1, tools.probe)) return;
    if (this.#sources.entries[0] === 0) {
      call.reply.set(0);
    } else if (this.#looksUp()) {
      this.#start(tools);
      const found = this.#places.list(source.size);
      while (this.#next(tools)) found.add(source.place);
      call.reply.set(found.count);
      replyPlaces(call.reply, source, found, 0, found.count);
    } else {
      this.#takeOut(tools);
      replyMembers(call.reply, result);
      result.dispose();
    }
  }

  /** SDIFFSTORE. */
  store(call: DataCall, tools: SetTools): void {
    const { source, result } = tools;
    if (!this.#sources.gather(call, 2, call.args.count - 1, tools.probe)) return;
    if (this.#sources.entries[0] === 0) {
      storeNothing(call);
      return;
    }
    if (this.#looksUp()) {
      result.createAs(SET_INTSET);
      this.#start(tools);
      while (this.#next(tools)) {
        result.addNew(source.valueBytes, source.valueAt, source.valueLength);
      }
    } else {
      this.#takeOut(tools);
    }
    storeResult(call, result, "sdiffstore");
  }

  /** SDIFFCARD. */
  count(call: DataCall, tools: SetTools): void {
    const keys = readKeyCount(call);
    if (Number.isNaN(keys)) return;
    const limit = readCardLimit(call, keys);
    if (Number.isNaN(limit)) return;
    const last = FIRST_CARD_KEY + keys - 1;
    if (!this.#sources.gather(call, FIRST_CARD_KEY, last, tools.probe)) return;
    let found = 0;
    if (this.#sources.entries[0] !== 0) {
      if (this.#looksUp()) {
        this.#start(tools);
        while (found < limit && this.#next(tools)) found++;
      } else {
        this.#takeOut(tools);
        found = Math.min(limit, tools.result.size);
        tools.result.dispose();
      }
    }
    call.reply.integer(found);
  }

  /** Whether looking members up is less work; Redis gives that way an advantage of two. */
  #looksUp(): boolean {
    const sources = this.#sources;
    const lookUps = sources.sizeOf(0) * (sources.count - sources.missing);
    let all = 0;
    for (let i = 0; i < sources.count; i++) all += sources.sizeOf(i);
    return Math.floor(lookUps / 2) <= all;
  }

  /** Opens the first set; the others are asked from the largest on, which most likely know it. */
  #start({ source, probe }: SetTools): void {
    const sources = this.#sources;
    sources.sort();
    sources.clearAsked();
    for (let rank = sources.count - 1; rank >= sources.missing; rank--) {
      if (sources.indexAt(rank) !== 0) sources.ask(sources.entryAt(rank), probe);
    }
    source.openEntry(sources.entries[0]).start();
  }

  /** Goes to the next member that no other set has. */
  #next({ source, probe }: SetTools): boolean {
    while (source.next()) if (this.#sources.noneHas(source, probe)) return true;
    return false;
  }

  /** Makes `result` a copy of the first set without the members of the others. */
  #takeOut({ source, result }: SetTools): void {
    const { entries, count } = this.#sources;
    result.createAs(SET_INTSET);
    source.openEntry(entries[0]).start();
    while (source.next()) result.addNew(source.valueBytes, source.valueAt, source.valueLength);
    for (let i = 1; i < count && result.size > 0; i++) {
      if (entries[i] === 0) continue;
      source.openEntry(entries[i]).start();
      while (result.size > 0 && source.next()) {
        result.remove(source.valueBytes, source.valueAt, source.valueLength);
      }
    }
  }
}

export function subtractCommands(work: SetWorkspace): readonly CommandSpec<DataCall>[] {
  const difference = new Difference();
  const complexity = "O(N) in the number of members of all sets";
  return [
    {
      name: "sdiff",
      arity: -2,
      flags: ["readonly"],
      group: "set",
      since: "1.0.0",
      summary: "Lists the members of a set that no other one has.",
      complexity,
      keys: [keysFrom(1, 1, "RO", "access")],
      tips: ["nondeterministic_output_order"],
      arguments: [KEYS],
      handler: work.handler((call, tools) => difference.reply(call, tools)),
    },
    {
      name: "sdiffstore",
      arity: -3,
      flags: ["write", "denyoom"],
      group: "set",
      since: "1.0.0",
      summary: "Stores the members of a set that no other one has.",
      complexity,
      keys: [keyAt(1, "OW", "update"), keysFrom(2, 1, "RO", "access")],
      arguments: [DESTINATION, SOURCES],
      handler: work.handler((call, tools) => difference.store(call, tools)),
    },
    {
      name: "sdiffcard",
      arity: -3,
      flags: ["readonly"],
      group: "set",
      since: "8.10.0",
      summary: "Counts the members of a set that no other one has.",
      complexity,
      keys: [CARD_KEYS],
      arguments: CARD_ARGUMENTS,
      handler: work.handler((call, tools) => difference.count(call, tools)),
    },
  ];
}
