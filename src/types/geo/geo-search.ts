import type { DataCall } from "../../keyspace/data-call";
import { NO_ZSET, NOT_A_ZSET, type ZsetAccess } from "../zset/zset-access";
import { ScoreBound } from "../zset/zset-bounds";
import { scoreRangesOf } from "./geo-cover";
import { replyCoordinate, replyDistance } from "./geo-reply";
import type { GeoShape } from "./geo-shape";
import { GeoPoint } from "./geohash";
import { SearchArguments, type SearchForm, UNSORTED } from "./search-arguments";

/**
 * Searching a sorted set of places: the members within a shape, told or stored.
 *
 * What is found is kept as ranks and distances in typed arrays, and looked up again by rank where it
 * is told, so that nothing is taken per member on the JS heap.
 */
export class GeoSearch {
  #ranks = new Int32Array(64);
  #distances = new Float64Array(64);
  #found = 0;
  #bound: ScoreBound | undefined;
  readonly #zsets: ZsetAccess;
  readonly #point = new GeoPoint();

  constructor(zsets: ZsetAccess) {
    this.#zsets = zsets;
  }

  /** @param readShape reads what stands in front of the options; false when the error is written. */
  run(call: DataCall, form: SearchForm, readShape: (asked: SearchArguments) => boolean): void {
    const state = this.#zsets.read(call, form.sourceIndex);
    if (state === NOT_A_ZSET) return;
    const asked = new SearchArguments(call, this.#zsets, form, state !== NO_ZSET);
    if (!readShape(asked) || !asked.readOptions()) return;
    this.#found = 0;
    if (state !== NO_ZSET && asked.shape !== undefined) this.#search(call, asked, asked.shape);
    const wanted = asked.count === 0 ? this.#found : Math.min(asked.count, this.#found);
    const order = this.#order(asked.order);
    if (asked.storeIndex > 0) this.#store(call, asked, order, wanted);
    else this.#tell(call, asked, order, wanted);
  }

  #search(call: DataCall, asked: SearchArguments, shape: GeoShape): void {
    const zset = this.#zsets.value(call);
    this.#bound ??= new ScoreBound(call.keyspace.memory);
    const limit = asked.isAny ? asked.count : Number.POSITIVE_INFINITY;
    for (const { from, to } of scoreRangesOf(shape)) {
      let isThere = zset.seekBound(this.#bound.set(from, false));
      if (!isThere) continue;
      for (let rank = zset.rank; isThere && zset.score < to; rank++) {
        const { longitude, latitude } = this.#point.setScore(zset.score);
        const distance = shape.distanceInside(longitude, latitude);
        if (distance >= 0) this.#add(rank, distance);
        if (this.#found >= limit) return;
        isThere = zset.next();
      }
    }
  }

  #add(rank: number, distance: number): void {
    if (this.#found === this.#ranks.length) {
      const ranks = new Int32Array(this.#found * 2);
      ranks.set(this.#ranks);
      this.#ranks = ranks;
      const distances = new Float64Array(this.#found * 2);
      distances.set(this.#distances);
      this.#distances = distances;
    }
    this.#ranks[this.#found] = rank;
    this.#distances[this.#found++] = distance;
  }

  /** The found ones by number, in the order asked for; those at one distance as they were found. */
  #order(order: number): Uint32Array {
    const numbers = new Uint32Array(this.#found);
    for (let i = 0; i < numbers.length; i++) numbers[i] = i;
    if (order === UNSORTED) return numbers;
    const distances = this.#distances;
    return numbers.sort((a, b) => (distances[a] - distances[b]) * order || a - b);
  }

  #tell(call: DataCall, asked: SearchArguments, order: Uint32Array, wanted: number): void {
    const { reply } = call;
    const zset = this.#zsets.value(call);
    const { withDistance, withHash, withCoordinates } = asked;
    const extras = Number(withDistance) + Number(withHash) + Number(withCoordinates);
    reply.array(wanted);
    for (let i = 0; i < wanted; i++) {
      const number = order[i];
      zset.seekRank(this.#ranks[number]);
      if (extras > 0) reply.array(extras + 1);
      zset.replyMember(reply);
      if (withDistance) replyDistance(reply, this.#distances[number] / asked.unitM);
      // At the end of a coordinate a score needs more than 53 bits. ZADD can give it a fraction, too.
      if (withHash) reply.bigInteger(BigInt(Math.trunc(zset.score)));
      if (!withCoordinates) continue;
      const { longitude, latitude } = this.#point.setScore(zset.score);
      reply.array(2);
      replyCoordinate(reply, longitude);
      replyCoordinate(reply, latitude);
    }
  }

  #store(call: DataCall, asked: SearchArguments, order: Uint32Array, wanted: number): void {
    const zsets = this.#zsets;
    if (wanted === 0) {
      call.deleteEvenExpired(asked.storeIndex);
      call.reply.integer(0);
      return;
    }
    const source = zsets.value(call);
    const result = zsets.result(call).create(wanted, 0);
    for (let i = 0; i < wanted; i++) {
      const number = order[i];
      source.seekRank(this.#ranks[number]);
      const { memberBytes, memberAt, memberLength } = source;
      const score = asked.storesDistance ? this.#distances[number] / asked.unitM : source.score;
      result.find(memberBytes, memberAt, memberLength);
      result.insert(score, memberBytes, memberAt, memberLength);
    }
    const event = call.command.spec.name === "geosearchstore" ? "geosearchstore" : "georadiusstore";
    zsets.storeResult(call, asked.storeIndex, event);
    call.keyspace.stats.changes += wanted - 1;
    call.reply.integer(wanted);
  }
}
