import { latin1Bytes } from "../../../base/bytes";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { Claims, COUNT_DELIVERY } from "../groups/claims";
import type { GroupAccess } from "../groups/group-access";
import { PENDING_ID } from "../groups/group-layout";
import { readRangeStart } from "../range-arguments";
import { syntaxError } from "../stream-access";
import { StreamId } from "../stream-id";
import { COUNT, GROUP, KEY } from "./docs";

/** XAUTOCLAIM: what is pending for long given to another consumer, going through all in steps. */

const COUNT_WORD = latin1Bytes("count");
const JUSTID = latin1Bytes("justid");
const DEFAULT_COUNT = 100;
/** So many pending entries are looked at for each that may be claimed. */
const ATTEMPTS_FACTOR = 10;
/** What a COUNT may be at most, as Redis has it: 2^63 - 1 bytes of IDs. */
const MOST_COUNT = (2n ** 63n - 1n) / 16n;

class AutoClaim {
  readonly #groups: GroupAccess;
  readonly #claims: Claims;
  readonly #start = new StreamId();
  readonly #id = new StreamId();
  #minIdleMs = 0;
  #count = 0;

  constructor(groups: GroupAccess) {
    this.#groups = groups;
    this.#claims = new Claims(groups);
  }

  run(call: DataCall): void {
    if (!this.#readArguments(call) || !this.#groups.read(call, 1, 2)) return;
    this.#groups.own(call);
    const hasMore = this.#claimSome(call);
    call.reply.array(3);
    if (!hasMore) this.#start.setZero();
    this.#groups.streams.text.reply(call.reply, this.#start);
    this.#claims.replyClaimed(call);
    this.#claims.replyDeleted(call);
  }

  #readArguments(call: DataCall): boolean {
    const { args } = call;
    const { streams } = this.#groups;
    this.#minIdleMs = args.clampedInteger(4);
    if (Number.isNaN(this.#minIdleMs)) {
      call.reply.error("ERR Invalid min-idle-time argument for XAUTOCLAIM");
      return false;
    }
    if (!readRangeStart(call, streams, 5, this.#start)) return false;
    this.#claims.clear(call);
    this.#claims.justId = false;
    this.#count = DEFAULT_COUNT;
    for (let i = 6; i < args.count; i++) {
      if (i + 1 < args.count && args.is(i, COUNT_WORD)) {
        if (!this.#readCount(call, ++i)) return false;
      } else if (args.is(i, JUSTID)) {
        this.#claims.justId = true;
      } else {
        syntaxError(call);
        return false;
      }
    }
    return true;
  }

  #readCount(call: DataCall, index: number): boolean {
    const count = call.args.int64(index);
    if (count === undefined || count < 1n || count > MOST_COUNT) {
      call.reply.error("ERR COUNT must be > 0");
      return false;
    }
    this.#count = Number(count);
    return true;
  }

  /** Claims from `#start` on, and leaves there what is to come next; false when that is nothing. */
  #claimSome(call: DataCall): boolean {
    const group = this.#groups.group(call);
    const { memory } = call.keyspace;
    const id = this.#id;
    let left = this.#count;
    for (let attempts = left * ATTEMPTS_FACTOR; attempts > 0 && left > 0; attempts--) {
      const pending = group.seekPending(this.#start);
      if (pending === 0) return false;
      id.load(memory, pending, PENDING_ID);
      if (!this.#claims.isThere(call, id)) {
        left--;
      } else if (this.#isOld(call, group.pendingTimeMs)) {
        this.#claims.claim(call, id, call.nowMs, COUNT_DELIVERY);
        left--;
      }
      this.#start.copy(id);
      if (!this.#start.increment()) return false;
    }
    const next = group.seekPending(this.#start);
    if (next !== 0) this.#start.load(memory, next, PENDING_ID);
    return next !== 0;
  }

  #isOld(call: DataCall, sinceMs: number): boolean {
    return this.#minIdleMs <= 0 || call.nowMs - sinceMs >= this.#minIdleMs;
  }
}

export function autoClaimCommands(groups: GroupAccess): readonly CommandSpec<DataCall>[] {
  const claim = new AutoClaim(groups);
  return [
    {
      name: "xautoclaim",
      arity: -6,
      flags: ["write", "fast"],
      group: "stream",
      since: "6.2.0",
      summary: "Gives entries that have been pending for long to another consumer of the group.",
      complexity: "O(N) in COUNT",
      keys: [keyAt(1, "RW", "delete")],
      tips: ["nondeterministic_output"],
      arguments: [
        KEY,
        GROUP,
        { name: "consumer", type: "string" },
        { name: "min-idle-time", type: "string" },
        { name: "start", type: "string" },
        COUNT,
        { name: "justid", type: "pure-token", token: "JUSTID", flags: ["optional"] },
      ],
      history: [["7.0.0", "Tells which entries were pending although they are gone."]],
      handler: (call) => claim.run(call),
    },
  ];
}
