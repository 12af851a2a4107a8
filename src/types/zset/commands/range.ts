import { latin1Bytes } from "../../../base/bytes";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../../command/error-texts";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { A_ZSET, NO_ZSET, NOT_A_ZSET, type ZsetAccess } from "../zset-access";
import type { ZsetRanges } from "../zset-ranges";
import type { ZsetReader } from "../zset-reader";
import { KEY, option, WITH_SCORES } from "./docs";

/** ZRANGE and the older commands that are forms of it, and ZRANGESTORE. */

const WITHSCORES = latin1Bytes("withscores");
const LIMIT = latin1Bytes("limit");
const REV = latin1Bytes("rev");
const BYSCORE = latin1Bytes("byscore");
const BYLEX = latin1Bytes("bylex");

const ERR_LIMIT_BY_RANK = `${ERR_SYNTAX}, LIMIT is only supported in combination with either BYSCORE or BYLEX`;
const ERR_SCORES_BY_LEX = `${ERR_SYNTAX}, WITHSCORES not supported in combination with BYLEX`;

/** How a range is told; ANY where options may say so. */
const BY_ANY = 0;
const BY_RANK = 1;
const BY_SCORE = 2;
const BY_LEX = 3;

/** What the name of a command fixes. */
interface RangeForm {
  /** The argument of the sorted set; the bounds stand behind it. */
  readonly source: number;
  readonly by: number;
  /** Undefined where an option may say so. */
  readonly reverse: boolean | undefined;
  readonly takesScores: boolean;
}

/** The range that a command asks for: one object serves all of them. */
export class RangeRequest {
  by = BY_RANK;
  reverse = false;
  withScores = false;
  #hasReverse = false;
  #first = 0;
  #last = 0;
  #offset = 0;
  #count = -1;

  /** Reads bounds and options into here and `ranges`; false when they are wrong (error written). */
  read(call: DataCall, form: RangeForm, ranges: ZsetRanges): boolean {
    const error = this.#readOptions(call, form);
    if (error !== undefined) {
      call.reply.error(error);
      return false;
    }
    const start = form.source + 1;
    const isSwapped = this.reverse && this.by !== BY_RANK;
    const min = isSwapped ? start + 1 : start;
    const max = isSwapped ? start : start + 1;
    if (this.by === BY_SCORE) return ranges.readScores(call, min, max);
    if (this.by === BY_LEX) return ranges.readMembers(call, min, max);
    this.#first = call.args.clampedInteger(min);
    this.#last = call.args.clampedInteger(max);
    if (!Number.isNaN(this.#first) && !Number.isNaN(this.#last)) return true;
    call.reply.error(ERR_NOT_INTEGER);
    return false;
  }

  /** Sets the range to the ranks of what was asked for. */
  find(zset: ZsetReader, ranges: ZsetRanges): void {
    const { by, reverse } = this;
    if (by === BY_RANK) {
      ranges.byRank(zset.size, this.#first, this.#last, reverse);
      return;
    }
    if (by === BY_SCORE) ranges.byScore(zset);
    else ranges.byMember(zset);
    ranges.limit(this.#offset, this.#count, reverse);
  }

  #readOptions(call: DataCall, form: RangeForm): string | undefined {
    const { args } = call;
    this.by = form.by;
    this.reverse = form.reverse === true;
    this.#hasReverse = form.reverse !== undefined;
    this.withScores = false;
    this.#offset = 0;
    this.#count = -1;
    for (let i = form.source + 3; i < args.count; i++) {
      if (i + 2 < args.count && args.is(i, LIMIT)) {
        this.#offset = args.clampedInteger(i + 1);
        this.#count = args.clampedInteger(i + 2);
        if (Number.isNaN(this.#offset) || Number.isNaN(this.#count)) return ERR_NOT_INTEGER;
        i += 2;
      } else if (!this.#readWord(call, form, i)) {
        return ERR_SYNTAX;
      }
    }
    if (this.by === BY_ANY) this.by = BY_RANK;
    if (this.#count !== -1 && this.by === BY_RANK) return ERR_LIMIT_BY_RANK;
    return this.withScores && this.by === BY_LEX ? ERR_SCORES_BY_LEX : undefined;
  }

  #readWord(call: DataCall, form: RangeForm, index: number): boolean {
    const { args } = call;
    if (form.takesScores && args.is(index, WITHSCORES)) {
      this.withScores = true;
    } else if (!this.#hasReverse && args.is(index, REV)) {
      this.#hasReverse = true;
      this.reverse = true;
    } else if (this.by === BY_ANY && args.is(index, BYLEX)) {
      this.by = BY_LEX;
    } else if (this.by === BY_ANY && args.is(index, BYSCORE)) {
      this.by = BY_SCORE;
    } else {
      return false;
    }
    return true;
  }
}

/** What the commands share. */
interface RangeParts {
  readonly zsets: ZsetAccess;
  readonly request: RangeRequest;
}

function range(call: DataCall, { zsets, request }: RangeParts, form: RangeForm): void {
  const { reply } = call;
  const ranges = zsets.ranges(call);
  if (!request.read(call, form, ranges)) return;
  const state = zsets.read(call, form.source);
  if (state === NOT_A_ZSET) return;
  const zset = zsets.value(call);
  if (state === A_ZSET) request.find(zset, ranges);
  if (state === NO_ZSET || ranges.size <= 0) reply.array(0);
  else replyRange(call, zset, ranges, request.reverse, request.withScores);
}

/** Writes the elements of a range that is not empty. */
function replyRange(
  call: DataCall,
  zset: ZsetReader,
  ranges: ZsetRanges,
  reverse: boolean,
  withScores: boolean,
): void {
  const { reply } = call;
  const { size } = ranges;
  const asPairs = withScores && reply.resp3;
  reply.array(withScores && !asPairs ? size * 2 : size);
  zset.seekRank(reverse ? ranges.to - 1 : ranges.from);
  for (let left = size; left > 0; left--) {
    if (asPairs) reply.array(2);
    zset.replyMember(reply);
    if (withScores) reply.score(zset.score);
    if (left === 1) return;
    if (reverse) zset.previous();
    else zset.next();
  }
}

function store(call: DataCall, { zsets, request }: RangeParts, form: RangeForm): void {
  const ranges = zsets.ranges(call);
  if (!request.read(call, form, ranges)) return;
  const state = zsets.read(call, form.source);
  if (state === NOT_A_ZSET) return;
  const zset = zsets.value(call);
  if (state === A_ZSET) request.find(zset, ranges);
  const count = state === A_ZSET ? ranges.size : 0;
  if (count <= 0) {
    call.deleteEvenExpired(1);
    call.reply.integer(0);
    return;
  }
  // In the order that was asked for, as Redis does: where a listpack ends is where minus zero begins.
  const { reverse } = request;
  const result = zsets.result(call).create(1, 0);
  zset.seekRank(reverse ? ranges.to - 1 : ranges.from);
  for (let left = count; left > 0; left--) {
    result.extend(reverse, zset.score, zset.memberBytes, zset.memberAt, zset.memberLength);
    if (left === 1) break;
    if (reverse) zset.previous();
    else zset.next();
  }
  zsets.storeResult(call, 1, "zrangestore");
  call.reply.integer(count);
}

const SORT_BY: ArgumentDoc = {
  name: "sortby",
  type: "oneof",
  flags: ["optional"],
  arguments: [option("BYSCORE"), option("BYLEX")],
};
const REVERSE: ArgumentDoc = { ...option("REV"), flags: ["optional"] };
const OFFSET_COUNT: ArgumentDoc = {
  name: "offset_count",
  type: "block",
  token: "LIMIT",
  flags: ["optional"],
  arguments: [
    { name: "offset", type: "integer" },
    { name: "count", type: "integer" },
  ],
};
const SINCE = { since: "6.2.0" } as const;
const COMPLEXITY = "O(log N + M), N being the size of the sorted set and M the members given";

interface OldForm {
  readonly name: string;
  readonly since: string;
  readonly summary: string;
  readonly replacedBy: string;
  readonly arguments: readonly ArgumentDoc[];
  readonly history?: readonly (readonly [string, string])[];
  readonly form: Omit<RangeForm, "source">;
}

function bounds(type: "double" | "integer" | "string", first: string, last: string): ArgumentDoc[] {
  return [KEY, { name: first, type }, { name: last, type }];
}

const OLD_FORMS: readonly OldForm[] = [
  {
    name: "zrevrange",
    since: "1.2.0",
    summary: "Gives the members between two ranks, from the highest score down.",
    replacedBy: "`ZRANGE` with the `REV` argument",
    arguments: [...bounds("integer", "start", "stop"), WITH_SCORES],
    form: { by: BY_RANK, reverse: true, takesScores: true },
  },
  {
    name: "zrangebyscore",
    since: "1.0.5",
    summary: "Gives the members between two scores.",
    replacedBy: "`ZRANGE` with the `BYSCORE` argument",
    arguments: [
      ...bounds("double", "min", "max"),
      { ...WITH_SCORES, since: "2.0.0" },
      OFFSET_COUNT,
    ],
    history: [["2.0.0", "Took WITHSCORES."]],
    form: { by: BY_SCORE, reverse: false, takesScores: true },
  },
  {
    name: "zrevrangebyscore",
    since: "2.2.0",
    summary: "Gives the members between two scores, from the highest score down.",
    replacedBy: "`ZRANGE` with the `REV` and `BYSCORE` arguments",
    arguments: [...bounds("double", "max", "min"), WITH_SCORES, OFFSET_COUNT],
    history: [["2.1.6", "Bounds could be left out of the range."]],
    form: { by: BY_SCORE, reverse: true, takesScores: true },
  },
  {
    name: "zrangebylex",
    since: "2.8.9",
    summary: "Gives the members between two members, where all scores are the same.",
    replacedBy: "`ZRANGE` with the `BYLEX` argument",
    arguments: [...bounds("string", "min", "max"), OFFSET_COUNT],
    form: { by: BY_LEX, reverse: false, takesScores: true },
  },
  {
    name: "zrevrangebylex",
    since: "2.8.9",
    summary: "Gives the members between two members backwards, where all scores are the same.",
    replacedBy: "`ZRANGE` with the `REV` and `BYLEX` arguments",
    arguments: [...bounds("string", "max", "min"), OFFSET_COUNT],
    form: { by: BY_LEX, reverse: true, takesScores: true },
  },
];

function oldCommand(parts: RangeParts, old: OldForm): CommandSpec<DataCall> {
  const form = { ...old.form, source: 1 };
  return {
    name: old.name,
    arity: -4,
    flags: ["readonly"],
    group: "sorted-set",
    since: old.since,
    summary: old.summary,
    complexity: COMPLEXITY,
    keys: [keyAt(1, "RO", "access")],
    arguments: old.arguments,
    deprecatedSince: "6.2.0",
    replacedBy: old.replacedBy,
    ...(old.history !== undefined && { history: old.history }),
    handler: (call) => range(call, parts, form),
  };
}

export function rangeCommands(zsets: ZsetAccess): readonly CommandSpec<DataCall>[] {
  const parts = { zsets, request: new RangeRequest() };
  const form = { source: 1, by: BY_ANY, reverse: undefined, takesScores: true };
  const storeForm = { source: 2, by: BY_ANY, reverse: undefined, takesScores: false };
  return [
    {
      name: "zrange",
      arity: -4,
      flags: ["readonly"],
      group: "sorted-set",
      since: "1.2.0",
      summary: "Gives the members between two ranks, scores or members, in either direction.",
      complexity: COMPLEXITY,
      keys: [keyAt(1, "RO", "access")],
      arguments: [
        ...bounds("string", "start", "stop"),
        { ...SORT_BY, ...SINCE },
        { ...REVERSE, ...SINCE },
        { ...OFFSET_COUNT, ...SINCE },
        WITH_SCORES,
      ],
      history: [["6.2.0", "Took REV, BYSCORE, BYLEX and LIMIT."]],
      handler: (call) => range(call, parts, form),
    },
    ...OLD_FORMS.map((old) => oldCommand(parts, old)),
    {
      name: "zrangestore",
      arity: -5,
      flags: ["write", "denyoom"],
      group: "sorted-set",
      since: "6.2.0",
      summary: "Stores the members between two ranks, scores or members under another key.",
      complexity: "O(log N + M), N being the size of the sorted set and M the members stored",
      keys: [keyAt(1, "OW", "update"), keyAt(2, "RO", "access")],
      arguments: [
        { name: "dst", type: "key", keySpecIndex: 0 },
        { name: "src", type: "key", keySpecIndex: 1 },
        { name: "min", type: "string" },
        { name: "max", type: "string" },
        SORT_BY,
        REVERSE,
        OFFSET_COUNT,
      ],
      handler: (call) => store(call, parts, storeForm),
    },
  ];
}
