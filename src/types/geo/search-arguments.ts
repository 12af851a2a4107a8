import { latin1Bytes } from "../../base/bytes";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";
import type { ZsetAccess } from "../zset/zset-access";
import { type Box, type Place, type Radius, readBox, readPlace, readRadius } from "./geo-arguments";
import { GeoCircle, GeoPolygon, GeoRectangle, type GeoShape } from "./geo-shape";
import { GeoPoint } from "./geohash";

/** What a search by place was asked for, read from the arguments of any of its commands. */

const WITHDIST = latin1Bytes("withdist");
const WITHHASH = latin1Bytes("withhash");
const WITHCOORD = latin1Bytes("withcoord");
const ANY = latin1Bytes("any");
const ASC = latin1Bytes("asc");
const DESC = latin1Bytes("desc");
const COUNT = latin1Bytes("count");
export const STORE = latin1Bytes("store");
export const STOREDIST = latin1Bytes("storedist");
const FROMMEMBER = latin1Bytes("frommember");
const FROMLONLAT = latin1Bytes("fromlonlat");
const BYRADIUS = latin1Bytes("byradius");
const BYBOX = latin1Bytes("bybox");
const BYPOLYGON = latin1Bytes("bypolygon");

const ERR_COUNT = "ERR COUNT must be > 0";
const ERR_ANY = "ERR the ANY argument requires COUNT argument";
const ERR_MEMBER = "ERR could not decode requested zset member";
const ERR_VERTICES = "ERR BYPOLYGON must have at least 3 vertices";
const ERR_POLYGON_FROM = "ERR BYPOLYGON cannot be combined with FROMMEMBER or FROMLONLAT";
const LEAST_VERTICES = 3;

export const UNSORTED = 0;
export const ASCENDING = 1;
export const DESCENDING = -1;

/** The forms that the commands have. */
export interface SearchForm {
  /** FROM and BY stand among the options; else place and radius stand in front. */
  readonly isSearch: boolean;
  /** Argument of the sorted set that is searched. */
  readonly sourceIndex: number;
  /** Where the options begin. */
  readonly optionsIndex: number;
  /** GEOSEARCHSTORE: where the result goes; 0 else. */
  readonly destinationIndex: number;
  /** GEORADIUS and GEORADIUSBYMEMBER may be told to store. */
  readonly mayStore: boolean;
}

/** Reads the options one by one; an error is replied at once. */
export class SearchArguments {
  shape: GeoShape | undefined;
  /** What distances are divided by. */
  unitM = 1;
  /** 0: all. */
  count = 0;
  isAny = false;
  order = UNSORTED;
  withDistance = false;
  withHash = false;
  withCoordinates = false;
  /** Argument of the key to store under; 0: the result is replied. */
  storeIndex = 0;
  storesDistance = false;
  #from: Place | undefined;
  #hasFrom = false;
  #radius: Radius | undefined;
  #box: Box | undefined;
  #polygon: Float64Array | undefined;
  readonly #call: DataCall;
  readonly #zsets: ZsetAccess;
  readonly #form: SearchForm;
  /** Whether the sorted set is there; it is the one open in `zsets`. */
  readonly #isThere: boolean;

  constructor(call: DataCall, zsets: ZsetAccess, form: SearchForm, isThere: boolean) {
    this.#call = call;
    this.#zsets = zsets;
    this.#form = form;
    this.#isThere = isThere;
    this.storeIndex = form.destinationIndex;
  }

  /** A circle around the place at two arguments; false when the error is written. */
  readCircle(index: number): boolean {
    return this.#readPlaceAt(index) && this.#readRadiusAt(index + 2);
  }

  /** A circle around a member. Nothing is read when the key is not there, as in Redis. */
  readCircleAroundMember(index: number): boolean {
    if (!this.#isThere) return true;
    return this.#readMember(index) && this.#readRadiusAt(index + 1);
  }

  /** All options; false when the error is written. */
  readOptions(): boolean {
    const { args, reply } = this.#call;
    for (let index = this.#form.optionsIndex; index < args.count; ) {
      const taken = this.#readOption(index, args.count - index - 1);
      if (taken < 0) return false;
      if (taken === 0) {
        reply.error(ERR_SYNTAX);
        return false;
      }
      index += taken;
    }
    return this.#areConsistent() && this.#makeShape();
  }

  /** Words that the option takes; 0 when there is no such option, -1 when the error is written. */
  #readOption(index: number, behind: number): number {
    const { args } = this.#call;
    const { isSearch, mayStore, destinationIndex } = this.#form;
    if (args.is(index, WITHDIST)) this.withDistance = true;
    else if (args.is(index, WITHHASH)) this.withHash = true;
    else if (args.is(index, WITHCOORD)) this.withCoordinates = true;
    else if (args.is(index, ANY)) this.isAny = true;
    else if (args.is(index, ASC)) this.order = ASCENDING;
    else if (args.is(index, DESC)) this.order = DESCENDING;
    else if (args.is(index, COUNT) && behind >= 1) return this.#readCount(index + 1) ? 2 : -1;
    else if (mayStore && behind >= 1 && args.is(index, STORE)) return this.#storeAt(index, false);
    else if (mayStore && behind >= 1 && args.is(index, STOREDIST))
      return this.#storeAt(index, true);
    else if (isSearch && destinationIndex > 0 && args.is(index, STOREDIST)) {
      this.storesDistance = true;
    } else return isSearch ? this.#readFromOrBy(index, behind) : 0;
    return 1;
  }

  #readFromOrBy(index: number, behind: number): number {
    const { args } = this.#call;
    const hasBy =
      this.#radius !== undefined || this.#box !== undefined || this.#polygon !== undefined;
    if (!this.#hasFrom && behind >= 1 && args.is(index, FROMMEMBER)) {
      return !this.#isThere || this.#readMember(index + 1) ? this.#fromTaken(2) : -1;
    }
    if (!this.#hasFrom && behind >= 2 && args.is(index, FROMLONLAT)) {
      return this.#readPlaceAt(index + 1) ? this.#fromTaken(3) : -1;
    }
    if (hasBy) return 0;
    if (behind >= 2 && args.is(index, BYRADIUS)) return this.#readRadiusAt(index + 1) ? 3 : -1;
    if (behind >= 3 && args.is(index, BYBOX)) return this.#readBoxAt(index + 1) ? 4 : -1;
    if (behind >= 1 && args.is(index, BYPOLYGON)) return this.#readPolygon(index + 1, behind - 1);
    return 0;
  }

  #fromTaken(words: number): number {
    this.#hasFrom = true;
    return words;
  }

  #storeAt(index: number, storesDistance: boolean): number {
    this.storeIndex = index + 1;
    this.storesDistance = storesDistance;
    return 2;
  }

  #readCount(index: number): boolean {
    const { args, reply } = this.#call;
    this.count = args.clampedInteger(index);
    if (this.count > 0) return true;
    reply.error(Number.isNaN(this.count) ? ERR_NOT_INTEGER : ERR_COUNT);
    return false;
  }

  #readPlaceAt(index: number): boolean {
    this.#from = readPlace(this.#call, index);
    return this.#from !== undefined;
  }

  #readRadiusAt(index: number): boolean {
    this.#radius = readRadius(this.#call, index);
    if (this.#radius !== undefined) this.unitM = this.#radius.unitM;
    return this.#radius !== undefined;
  }

  #readBoxAt(index: number): boolean {
    this.#box = readBox(this.#call, index);
    if (this.#box !== undefined) this.unitM = this.#box.unitM;
    return this.#box !== undefined;
  }

  #readMember(index: number): boolean {
    const { args, reply } = this.#call;
    const zset = this.#zsets.value(this.#call);
    if (!zset.find(args.input, args.offset(index), args.length(index))) {
      reply.error(ERR_MEMBER);
      return false;
    }
    const { longitude, latitude } = new GeoPoint().setScore(zset.score);
    this.#from = { longitude, latitude };
    return true;
  }

  /** How many corners there are, then their places. */
  #readPolygon(index: number, behind: number): number {
    const { args, reply } = this.#call;
    const corners = args.clampedInteger(index);
    if (Number.isNaN(corners)) {
      reply.error(ERR_NOT_INTEGER);
      return -1;
    }
    if (corners < LEAST_VERTICES) {
      reply.error(ERR_VERTICES);
      return -1;
    }
    if (corners * 2 > behind) return 0;
    const places = new Float64Array(corners * 2);
    for (let corner = 0; corner < corners; corner++) {
      const place = readPlace(this.#call, index + 1 + corner * 2);
      if (place === undefined) return -1;
      places[corner * 2] = place.longitude;
      places[corner * 2 + 1] = place.latitude;
    }
    this.#polygon = places;
    return 2 + corners * 2;
  }

  /** Whether the options go together. */
  #areConsistent(): boolean {
    const { isSearch, destinationIndex } = this.#form;
    const { args, reply } = this.#call;
    const hasWith = this.withDistance || this.withHash || this.withCoordinates;
    const hasShape = this.#radius !== undefined || this.#box !== undefined;
    const name = args.shownText(0);
    let problem: string | undefined;
    if (this.storeIndex > 0 && hasWith) {
      const what = destinationIndex > 0 ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS";
      problem = `ERR ${what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`;
    } else if (isSearch && this.#polygon !== undefined) {
      if (this.#hasFrom) problem = ERR_POLYGON_FROM;
    } else if (isSearch && !this.#hasFrom) {
      problem = `ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${name}`;
    } else if (isSearch && !hasShape) {
      problem = `ERR exactly one of BYRADIUS and BYBOX can be specified for ${name}`;
    }
    if (problem === undefined && this.isAny && this.count === 0) problem = ERR_ANY;
    if (problem !== undefined) reply.error(problem);
    return problem === undefined;
  }

  #makeShape(): boolean {
    // Who wants the first few wants the nearest, unless any will do.
    if (this.count > 0 && this.order === UNSORTED && !this.isAny) this.order = ASCENDING;
    if (this.#polygon !== undefined) this.shape = new GeoPolygon(this.#polygon);
    const from = this.#from;
    if (from === undefined) return true;
    const { longitude, latitude } = from;
    if (this.#radius !== undefined) {
      this.shape = new GeoCircle(longitude, latitude, this.#radius.radiusM);
    } else if (this.#box !== undefined) {
      const { widthM, heightM } = this.#box;
      this.shape = new GeoRectangle(longitude, latitude, widthM, heightM);
    }
    return true;
  }
}
