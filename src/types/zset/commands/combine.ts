import type { KeySpec } from "../../../command/key-spec";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_ZSET } from "../../../keyspace/entry";
import { type CombineForm, CombineRequest } from "../combine-request";
import { CombinedSource } from "../combined-source";
import type { ZsetAccess } from "../zset-access";
import type { ZsetValue } from "../zset-value";
import { KEY, option, WITH_SCORES } from "./docs";

/** ZUNION, ZINTER and ZDIFF with their forms that store, and ZINTERCARD. */

/** What the commands share, made when the first of them runs. */
class Combination {
  readonly request = new CombineRequest();
  #source: CombinedSource | undefined;

  constructor(readonly zsets: ZsetAccess) {}

  source(call: DataCall): CombinedSource {
    this.#source ??= new CombinedSource(call, this.zsets);
    return this.#source;
  }

  /** Reads what a command is asked; false with the error written. */
  read(call: DataCall, form: CombineForm): boolean {
    return this.request.read(call, form, this.source(call));
  }
}

/** Fills an empty sorted set with what a request asks for. */
type Combine = (call: DataCall, combination: Combination, into: ZsetValue) => void;

function unite(call: DataCall, combination: Combination, into: ZsetValue): void {
  const { request } = combination;
  const source = combination.source(call);
  request.sortBySize();
  for (const key of request.keys) {
    for (let more = source.first(key); more; more = source.next()) {
      const { memberBytes, memberAt, memberLength } = source;
      const score = CombineRequest.weighted(source.score, key.weight);
      if (into.find(memberBytes, memberAt, memberLength)) {
        const joined = request.aggregated(into.score, score);
        into.setFoundScore(joined, memberBytes, memberAt, memberLength);
      } else {
        into.insert(score, memberBytes, memberAt, memberLength);
      }
    }
  }
}

/** The score of the member shown in all keys together; NaN when one of them has not got it. */
function joinedScore(call: DataCall, combination: Combination): number {
  const { keys } = combination.request;
  const source = combination.source(call);
  let score = CombineRequest.weighted(source.score, keys[0].weight);
  for (let i = 1; i < keys.length; i++) {
    const other = source.scoreIn(call, keys[i]);
    if (Number.isNaN(other)) return Number.NaN;
    score = combination.request.aggregated(score, other * keys[i].weight);
  }
  return score;
}

function intersect(call: DataCall, combination: Combination, into: ZsetValue): void {
  const { request } = combination;
  const source = combination.source(call);
  request.sortBySize();
  for (let more = source.first(request.keys[0]); more; more = source.next()) {
    const score = joinedScore(call, combination);
    if (!Number.isNaN(score)) addNew(into, score, source);
  }
}

function subtract(call: DataCall, combination: Combination, into: ZsetValue): void {
  const [from, ...others] = combination.request.keys;
  const source = combination.source(call);
  for (let more = source.first(from); more; more = source.next()) {
    const isElsewhere = others.some((key) => !Number.isNaN(source.scoreIn(call, key)));
    if (!isElsewhere) addNew(into, source.score, source);
  }
}

function addNew(into: ZsetValue, score: number, source: CombinedSource): void {
  const { memberBytes, memberAt, memberLength } = source;
  if (into.find(memberBytes, memberAt, memberLength)) return;
  into.insert(score, memberBytes, memberAt, memberLength);
}

function reply(
  call: DataCall,
  combination: Combination,
  form: CombineForm,
  combine: Combine,
): void {
  if (!combination.read(call, form)) return;
  const { withScores } = combination.request;
  const { reply: out, keyspace } = call;
  const result = combination.zsets.result(call).createTree();
  combine(call, combination, result);
  const asPairs = withScores && out.resp3;
  out.array(withScores && !asPairs ? result.size * 2 : result.size);
  for (let more = result.seekFirst(); more; more = result.next()) {
    if (asPairs) out.array(2);
    result.replyMember(out);
    if (withScores) out.score(result.score);
  }
  keyspace.lazyFree.value(keyspace.typeByCode(TYPE_ZSET), result.encoding, result.ref);
}

function store(
  call: DataCall,
  combination: Combination,
  form: CombineForm,
  combine: Combine,
  event: string,
): void {
  if (!combination.read(call, form)) return;
  const { zsets } = combination;
  const { keyspace } = call;
  const result = zsets.result(call).createTree();
  combine(call, combination, result);
  const { size } = result;
  if (size === 0) {
    keyspace.lazyFree.value(keyspace.typeByCode(TYPE_ZSET), result.encoding, result.ref);
    call.deleteEvenExpired(1);
  } else {
    result.settle();
    zsets.storeResult(call, 1, event);
  }
  call.reply.integer(size);
}

function countIntersection(call: DataCall, combination: Combination, form: CombineForm): void {
  if (!combination.read(call, form)) return;
  const { request } = combination;
  const source = combination.source(call);
  request.sortBySize();
  let count = 0;
  for (let more = source.first(request.keys[0]); more; more = source.next()) {
    if (Number.isNaN(joinedScore(call, combination))) continue;
    count++;
    if (count === request.limit) break;
  }
  call.reply.integer(count);
}

const NUMKEYS: ArgumentDoc = { name: "numkeys", type: "integer" };
const WEIGHTS_AND_AGGREGATE: readonly ArgumentDoc[] = [
  { name: "weight", type: "integer", token: "WEIGHTS", flags: ["optional", "multiple"] },
  {
    name: "aggregate",
    type: "oneof",
    token: "AGGREGATE",
    flags: ["optional"],
    arguments: [option("SUM"), option("MIN"), option("MAX")],
  },
];

interface Operation {
  /** `zunion` for ZUNION and ZUNIONSTORE. */
  readonly name: string;
  readonly combine: Combine;
  readonly takesWeights: boolean;
  readonly storeSince: string;
  readonly summary: string;
  readonly complexity: string;
}

const OPERATIONS: readonly Operation[] = [
  {
    name: "zunion",
    combine: unite,
    takesWeights: true,
    storeSince: "2.0.0",
    summary: "the members of any of several sorted sets, scores joined",
    complexity: "O(N log N), N being the sizes of all sorted sets together",
  },
  {
    name: "zinter",
    combine: intersect,
    takesWeights: true,
    storeSince: "2.0.0",
    summary: "the members that several sorted sets share, scores joined",
    complexity: "O(N*K + M log M), N being the smallest of K sorted sets and M the result",
  },
  {
    name: "zdiff",
    combine: subtract,
    takesWeights: false,
    storeSince: "6.2.0",
    summary: "the members of the first of several sorted sets that no other has",
    complexity: "O(N*K + M log M), N being the first of K sorted sets and M the result",
  },
];

function commandsOf(combination: Combination, operation: Operation): CommandSpec<DataCall>[] {
  const { combine, takesWeights, name } = operation;
  const options = takesWeights ? WEIGHTS_AND_AGGREGATE : [];
  const form = { keyCountAt: 1, takesWeights, takesScores: true, takesLimit: false };
  const storeForm = { keyCountAt: 2, takesWeights, takesScores: false, takesLimit: false };
  const common = { group: "sorted-set", complexity: operation.complexity } as const;
  return [
    {
      ...common,
      name,
      arity: -3,
      flags: ["readonly"],
      since: "6.2.0",
      summary: `Gives ${operation.summary}.`,
      keys: [keyCount(1)],
      arguments: [NUMKEYS, { ...KEY, flags: ["multiple"] }, ...options, WITH_SCORES],
      handler: (call) => reply(call, combination, form, combine),
    },
    {
      ...common,
      name: `${name}store`,
      arity: -4,
      flags: ["write", "denyoom"],
      since: operation.storeSince,
      summary: `Stores ${operation.summary}.`,
      keys: [keyAt(1, "OW", "update"), keyCount(2)],
      arguments: [
        { name: "destination", type: "key", keySpecIndex: 0 },
        NUMKEYS,
        { ...KEY, keySpecIndex: 1, flags: ["multiple"] },
        ...options,
      ],
      handler: (call) => store(call, combination, storeForm, combine, `${name}store`),
    },
  ];
}

/** The keys behind their number. */
function keyCount(index: number): KeySpec {
  return {
    flags: ["RO", "access"],
    begin: { index },
    find: { keynumAt: 0, firstKey: 1, step: 1 },
  };
}

export function combineCommands(zsets: ZsetAccess): readonly CommandSpec<DataCall>[] {
  const combination = new Combination(zsets);
  const form = { keyCountAt: 1, takesWeights: false, takesScores: false, takesLimit: true };
  return [
    ...OPERATIONS.flatMap((operation) => commandsOf(combination, operation)),
    {
      name: "zintercard",
      arity: -3,
      flags: ["readonly"],
      group: "sorted-set",
      since: "7.0.0",
      summary: "Counts the members that several sorted sets share.",
      complexity: "O(N*K), N being the smallest of K sorted sets",
      keys: [keyCount(1)],
      arguments: [
        NUMKEYS,
        { ...KEY, flags: ["multiple"] },
        { name: "limit", type: "integer", token: "LIMIT", flags: ["optional"] },
      ],
      handler: (call) => countIntersection(call, combination, form),
    },
  ];
}
