import { latin1Bytes } from "../../base/bytes";
import { parseDouble } from "../../base/double";
import { ERR_NOT_FLOAT } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";
import { isPlace } from "./geohash";

/** Places, lengths and units as arguments; what is wrong is replied here, in Redis's words. */

const METERS = latin1Bytes("m");
const KILOMETERS = latin1Bytes("km");
const FEET = latin1Bytes("ft");
const MILES = latin1Bytes("mi");

const ERR_UNIT = "ERR unsupported unit provided. please use M, KM, FT, MI";
const ERR_RADIUS = "ERR need numeric radius";
const ERR_RADIUS_NEGATIVE = "ERR radius cannot be negative";
const ERR_WIDTH = "ERR need numeric width";
const ERR_HEIGHT = "ERR need numeric height";
const ERR_BOX_NEGATIVE = "ERR height or width cannot be negative";

/** The meters of the unit at an argument, or undefined (the error is written). */
export function readUnit(call: DataCall, index: number): number | undefined {
  const { args } = call;
  if (args.is(index, METERS)) return 1;
  if (args.is(index, KILOMETERS)) return 1000;
  if (args.is(index, FEET)) return 0.3048;
  if (args.is(index, MILES)) return 1609.34;
  call.reply.error(ERR_UNIT);
  return undefined;
}

/** The number at an argument; with an error of its own where it is none. */
function readNumber(call: DataCall, index: number, error: string): number | undefined {
  const { args } = call;
  const value = parseDouble(args.input, args.offset(index), args.length(index));
  if (value === undefined) call.reply.error(error);
  return value;
}

/** A place: longitude and latitude. */
export interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

/** The place at two arguments, or undefined (the error is written). */
export function readPlace(call: DataCall, index: number): Place | undefined {
  const longitude = readNumber(call, index, ERR_NOT_FLOAT);
  if (longitude === undefined) return undefined;
  const latitude = readNumber(call, index + 1, ERR_NOT_FLOAT);
  if (latitude === undefined) return undefined;
  if (isPlace(longitude, latitude)) return { longitude, latitude };
  const pair = `${sixDigits(longitude)},${sixDigits(latitude)}`;
  call.reply.error(`ERR invalid longitude,latitude pair ${pair}`);
  return undefined;
}

/** A radius and its unit, in meters; `unitM` converts distances back. */
export interface Radius {
  readonly radiusM: number;
  readonly unitM: number;
}

export function readRadius(call: DataCall, index: number): Radius | undefined {
  const radius = readNumber(call, index, ERR_RADIUS);
  if (radius === undefined) return undefined;
  if (radius < 0) {
    call.reply.error(ERR_RADIUS_NEGATIVE);
    return undefined;
  }
  const unitM = readUnit(call, index + 1);
  return unitM === undefined ? undefined : { radiusM: radius * unitM, unitM };
}

/** Width and height of a rectangle and their unit, in meters. */
export interface Box {
  readonly widthM: number;
  readonly heightM: number;
  readonly unitM: number;
}

export function readBox(call: DataCall, index: number): Box | undefined {
  const width = readNumber(call, index, ERR_WIDTH);
  if (width === undefined) return undefined;
  const height = readNumber(call, index + 1, ERR_HEIGHT);
  if (height === undefined) return undefined;
  if (width < 0 || height < 0) {
    call.reply.error(ERR_BOX_NEGATIVE);
    return undefined;
  }
  const unitM = readUnit(call, index + 2);
  return unitM === undefined
    ? undefined
    : { widthM: width * unitM, heightM: height * unitM, unitM };
}

/** As C's `%f` writes a number. */
function sixDigits(value: number): string {
  if (Number.isFinite(value) && Math.abs(value) < 1e21) return value.toFixed(6);
  if (Number.isFinite(value)) return `${BigInt(value)}.000000`;
  return value > 0 ? "inf" : "-inf";
}
