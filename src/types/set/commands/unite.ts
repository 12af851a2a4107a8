import { type CommandSpec, keyAt, keysFrom } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import type { EntryList } from "../../../structures/dict-walk";
import { Places } from "../places";
import { SET_INTSET, SET_TABLE } from "../set-reader";
import { replyMember, replyMembers, replyPlaces } from "../set-reply";
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
import { storeResult } from "./store-result";

/**
 * SUNION, SUNIONSTORE and SUNIONCARD: the members of any of several sets.
 *
 * A few sets are not copied: beside all members of the largest there are those of each smaller one
 * that no larger one has. Members of many sets are put together in a set that is thrown away.
 */

/** Up to so many sets each member is looked for in the larger ones. */
const FEW_SETS = 4;

class Union {
  readonly #sources = new SetSources();
  readonly #places = new Places();
  /** By rank: how many places had been collected after a source. */
  readonly #ends = new Int32Array(FEW_SETS);

  /** SUNION. */
  reply(call: DataCall, tools: SetTools): void {
    const sources = this.#sources;
    if (!sources.gather(call, 1, call.args.count - 1, tools.probe)) return;
    if (sources.count > FEW_SETS) {
      this.#putTogether(tools, SET_TABLE, Number.POSITIVE_INFINITY);
      replyMembers(call.reply, tools.result);
      tools.result.dispose();
      return;
    }
    sources.sort();
    const found = this.#places.list(this.#sizeOfSmaller());
    call.reply.set(this.#count(tools, Number.POSITIVE_INFINITY, found));
    this.#replyFew(call, tools, found);
  }

  /** SUNIONSTORE. */
  store(call: DataCall, tools: SetTools): void {
    if (!this.#sources.gather(call, 2, call.args.count - 1, tools.probe)) return;
    this.#putTogether(tools, SET_INTSET, Number.POSITIVE_INFINITY);
    storeResult(call, tools.result, "sunionstore");
  }

  /** SUNIONCARD. */
  count(call: DataCall, tools: SetTools): void {
    const keys = readKeyCount(call);
    if (Number.isNaN(keys)) return;
    const limit = readCardLimit(call, keys);
    if (Number.isNaN(limit)) return;
    const last = FIRST_CARD_KEY + keys - 1;
    const sources = this.#sources;
    if (!sources.gather(call, FIRST_CARD_KEY, last, tools.probe)) return;
    if (sources.count > FEW_SETS) {
      this.#putTogether(tools, SET_TABLE, limit);
      call.reply.integer(Math.min(limit, tools.result.size));
      tools.result.dispose();
      return;
    }
    sources.sort();
    call.reply.integer(Math.min(limit, this.#count(tools, limit, undefined)));
  }

  /** Makes `result` the union, or as much of it as reaches the limit. */
  #putTogether({ source, result }: SetTools, encoding: number, limit: number): void {
    const { entries, count } = this.#sources;
    result.createAs(encoding);
    for (let i = 0; i < count && result.size < limit; i++) {
      if (entries[i] === 0) continue;
      source.openEntry(entries[i]).start();
      const isFirst = result.size === 0;
      while (result.size < limit && source.next()) {
        const { valueBytes, valueAt, valueLength } = source;
        if (isFirst) result.addNew(valueBytes, valueAt, valueLength);
        else result.add(valueBytes, valueAt, valueLength);
      }
    }
  }

  /** Members of all sorted sources but the largest. */
  #sizeOfSmaller(): number {
    const sources = this.#sources;
    let size = 0;
    for (let rank = 0; rank < sources.count - 1; rank++) {
      size += sources.sizeOf(sources.indexAt(rank));
    }
    return size;
  }

  /**
   * Counts the members of few sorted sources, up to about `limit`. Places of those that the largest
   * does not have are collected.
   */
  #count({ source, probe }: SetTools, limit: number, found: EntryList | undefined): number {
    const sources = this.#sources;
    sources.clearAsked();
    let total = 0;
    for (let rank = sources.count - 1; rank >= sources.missing; rank--) {
      const entry = sources.entryAt(rank);
      source.openEntry(entry);
      if (total === 0) {
        total = source.size;
      } else {
        source.start();
        while (total < limit && source.next()) {
          if (!sources.noneHas(source, probe)) continue;
          total++;
          found?.add(source.place);
        }
      }
      this.#ends[rank] = found?.count ?? 0;
      sources.ask(entry, probe);
    }
    return total;
  }

  #replyFew(call: DataCall, { source }: SetTools, found: EntryList): void {
    const sources = this.#sources;
    let from = 0;
    for (let rank = sources.count - 1; rank >= sources.missing; rank--) {
      source.openEntry(sources.entryAt(rank));
      if (rank === sources.count - 1) replyAll(call, source);
      else replyPlaces(call.reply, source, found, from, this.#ends[rank]);
      from = this.#ends[rank];
    }
  }
}

function replyAll(call: DataCall, source: SetTools["source"]): void {
  source.start();
  while (source.next()) replyMember(call.reply, source);
}

export function uniteCommands(work: SetWorkspace): readonly CommandSpec<DataCall>[] {
  const union = new Union();
  const complexity = "O(N) in the number of members of all sets";
  return [
    {
      name: "sunion",
      arity: -2,
      flags: ["readonly"],
      group: "set",
      since: "1.0.0",
      summary: "Lists the members of several sets, each once.",
      complexity,
      keys: [keysFrom(1, 1, "RO", "access")],
      tips: ["nondeterministic_output_order"],
      arguments: [KEYS],
      handler: work.handler((call, tools) => union.reply(call, tools)),
    },
    {
      name: "sunionstore",
      arity: -3,
      flags: ["write", "denyoom"],
      group: "set",
      since: "1.0.0",
      summary: "Stores the members of several sets, each once.",
      complexity,
      keys: [keyAt(1, "OW", "update"), keysFrom(2, 1, "RO", "access")],
      arguments: [DESTINATION, SOURCES],
      handler: work.handler((call, tools) => union.store(call, tools)),
    },
    {
      name: "sunioncard",
      arity: -3,
      flags: ["readonly"],
      group: "set",
      since: "8.10.0",
      summary: "Counts the members of several sets, each once.",
      complexity,
      keys: [CARD_KEYS],
      arguments: CARD_ARGUMENTS,
      handler: work.handler((call, tools) => union.count(call, tools)),
    },
  ];
}
