import { latin1Bytes } from "../../../base/bytes";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { Claims, COUNT_DELIVERY } from "../groups/claims";
import { NO_CONSUMER } from "../groups/consumer-group";
import type { GroupAccess } from "../groups/group-access";
import { StreamId } from "../stream-id";
import { WHOLE_ID } from "../stream-id-text";
import { GROUP, IDS, KEY } from "./docs";

/** XCLAIM: pending entries given to another consumer, by their IDs. */

const FORCE = latin1Bytes("force");
const JUSTID = latin1Bytes("justid");
const IDLE = latin1Bytes("idle");
const TIME = latin1Bytes("time");
const RETRYCOUNT = latin1Bytes("retrycount");
const LASTID = latin1Bytes("lastid");
/** The first ID. */
const FIRST_ID = 5;
/** No IDLE or TIME was given, or one that comes to the same. */
const NO_TIME = -1n;

class Claim {
  readonly #groups: GroupAccess;
  readonly #claims: Claims;
  readonly #id = new StreamId();
  readonly #lastId = new StreamId();
  readonly #groupLastId = new StreamId();
  #minIdleMs = 0;
  /** Behind the last ID. */
  #endOfIds = 0;
  #isForced = false;
  #deliveries = COUNT_DELIVERY;
  #timeMs = NO_TIME;

  constructor(groups: GroupAccess) {
    this.#groups = groups;
    this.#claims = new Claims(groups);
  }

  run(call: DataCall): void {
    if (!this.#groups.read(call, 1, 2)) return;
    const minIdleMs = readMs(call, 4, "min-idle-time argument");
    if (minIdleMs === undefined) return;
    this.#minIdleMs = Number(minIdleMs);
    this.#readIds(call);
    if (!this.#readOptions(call)) return;
    const group = this.#groups.own(call);
    const isLater = this.#lastId.compare(group.loadLastId(this.#groupLastId)) > 0;
    if (isLater) {
      group.storeLastId(this.#lastId);
      call.keyspace.stats.changes++;
    }
    this.#claimAll(call);
    if (isLater) this.#claims.tellLastId(call);
    this.#claims.replyClaimed(call);
  }

  /** Finds out where the IDs end: what is none must be an option. */
  #readIds(call: DataCall): void {
    let at = FIRST_ID;
    const { streams } = this.#groups;
    while (at < call.args.count && streams.parseId(call, at, this.#id) === WHOLE_ID) at++;
    this.#endOfIds = at;
  }

  #readOptions(call: DataCall): boolean {
    const { args } = call;
    this.#claims.clear(call);
    this.#claims.justId = false;
    this.#isForced = false;
    this.#deliveries = COUNT_DELIVERY;
    this.#timeMs = NO_TIME;
    this.#lastId.setZero();
    for (let i = this.#endOfIds; i < args.count; i++) {
      if (args.is(i, FORCE)) this.#isForced = true;
      else if (args.is(i, JUSTID)) this.#claims.justId = true;
      else if (i + 1 === args.count || !this.#isValueOption(call, i)) {
        call.reply.error(`ERR Unrecognized XCLAIM option '${args.shownText(i)}'`);
        return false;
      } else if (!this.#readValueOption(call, i++)) return false;
    }
    return true;
  }

  #isValueOption(call: DataCall, index: number): boolean {
    const { args } = call;
    const isTime = args.is(index, IDLE) || args.is(index, TIME);
    return isTime || args.is(index, RETRYCOUNT) || args.is(index, LASTID);
  }

  #readValueOption(call: DataCall, index: number): boolean {
    const { args } = call;
    if (args.is(index, LASTID)) {
      return this.#groups.streams.readId(call, index + 1, this.#lastId);
    }
    const word = args.shownText(index).toUpperCase();
    const value = readMs(call, index + 1, `${word} option argument`);
    if (value === undefined) return false;
    if (args.is(index, RETRYCOUNT)) this.#deliveries = value < 0n ? COUNT_DELIVERY : value;
    else this.#timeMs = args.is(index, IDLE) ? BigInt(call.nowMs) - value : value;
    return true;
  }

  #claimAll(call: DataCall): void {
    const group = this.#groups.group(call);
    const { nowMs } = call;
    const id = this.#id;
    // A time that cannot be is taken for now: clients may count from a clock of their own.
    const isPast = this.#timeMs >= 0n && this.#timeMs <= BigInt(nowMs);
    const timeMs = isPast ? Number(this.#timeMs) : nowMs;
    for (let i = FIRST_ID; i < this.#endOfIds; i++) {
      this.#groups.streams.parseId(call, i, id);
      if (!this.#claims.isThere(call, id)) continue;
      if (!group.findPending(id)) {
        if (!this.#isForced) continue;
        group.addPending(id);
      }
      const isPending = group.pendingConsumer !== NO_CONSUMER;
      const isTooYoung = this.#minIdleMs > 0 && nowMs - group.pendingTimeMs < this.#minIdleMs;
      if (isPending && isTooYoung) continue;
      this.#claims.claim(call, id, timeMs, this.#deliveries);
    }
  }
}

/** An int64 behind an option; undefined, with XCLAIM's error written, for anything else. */
function readMs(call: DataCall, index: number, what: string): bigint | undefined {
  const value = call.args.int64(index);
  if (value === undefined) call.reply.error(`ERR Invalid ${what} for XCLAIM`);
  return value;
}

export function claimCommands(groups: GroupAccess): readonly CommandSpec<DataCall>[] {
  const claim = new Claim(groups);
  return [
    {
      name: "xclaim",
      arity: -6,
      flags: ["write", "fast"],
      group: "stream",
      since: "5.0.0",
      summary: "Gives pending entries to another consumer of the group.",
      complexity: "O(log N) for each ID, in the number of pending entries",
      keys: [keyAt(1, "RW", "update")],
      tips: ["nondeterministic_output"],
      arguments: [
        KEY,
        GROUP,
        { name: "consumer", type: "string" },
        { name: "min-idle-time", type: "string" },
        IDS,
        { name: "ms", type: "integer", token: "IDLE", flags: ["optional"] },
        {
          name: "unix-time-milliseconds",
          type: "unix-time",
          token: "TIME",
          flags: ["optional"],
        },
        { name: "count", type: "integer", token: "RETRYCOUNT", flags: ["optional"] },
        { name: "force", type: "pure-token", token: "FORCE", flags: ["optional"] },
        { name: "justid", type: "pure-token", token: "JUSTID", flags: ["optional"] },
        { name: "id", type: "string", token: "LASTID", flags: ["optional"] },
      ],
      handler: (call) => claim.run(call),
    },
  ];
}
