/**
 * Directives with a whole number: plain integers, octal permissions, sizes of memory, and
 * `maxmemory-clients`, which is a size or a percentage.
 *
 * What always holds: a value is a `number` when it is a safe integer and a `bigint` beyond, so `===`
 * compares values, and nothing a user wrote is rounded. Numbers must be in canonical form as in
 * Redis: no sign `+`, no leading zero, no space.
 */
import { INT64_MAX, parseInt64 } from "../../base/int64";
import { parseMemorySize } from "../../base/memory-size";
import { toBytes } from "../byte-text";
import type { Directive, Extras, Parsed } from "../directive";
import { singleArgument } from "./single-argument";

export type Integer = number | bigint;

export const INT_MIN = -2_147_483_648;
export const INT_MAX = 2_147_483_647;
export const UINT_MAX = 4_294_967_295;
/** The largest `long`, `long long`, `size_t` limit and `off_t` of Redis's table. */
export const LONG_MAX: Integer = INT64_MAX;
export const ULONG_MAX: Integer = 2n ** 64n - 1n;
/** Decimal digits of ULONG_MAX; longer texts are over every range. */
const ULONG_DIGITS = 20;

/** A plain integer from `least` to `most`, both included. */
export function integer<N extends string>(
  name: N,
  standard: Integer,
  least: Integer,
  most: Integer,
  extras: Extras = {},
): Directive<N, Integer> {
  const problem = "argument couldn't be parsed into an integer";
  const read = (text: string) => withinRange(parseInteger(text), least, most, 10, problem);
  return numeric(name, standard, read, String, String, extras);
}

/** `unixsocketperm`: written, shown and limited in octal. */
export function octal<N extends string>(
  name: N,
  standard: number,
  most: number,
  extras: Extras = {},
): Directive<N, Integer> {
  const problem = "argument couldn't be parsed as an octal number";
  const read = (text: string) => withinRange(parseOctal(text), 0, most, 8, problem);
  const show = (value: Integer) => value.toString(8);
  return numeric(name, standard, read, show, show, extras);
}

/** A size in bytes with an optional unit. A negative size cannot be written at all. */
export function memory<N extends string>(
  name: N,
  standard: Integer,
  least: Integer,
  most: Integer,
  extras: Extras = {},
): Directive<N, Integer> {
  const problem = "argument must be a memory value";
  const read = (text: string) => withinRange(parseSize(text), least, most, 10, problem);
  return numeric(name, standard, read, String, showSize, extras);
}

/** A size, or `5%` of `maxmemory`, which is kept as -5. */
export function memoryOrPercent<N extends string>(
  name: N,
  standard: Integer,
  extras: Extras = {},
): Directive<N, Integer> {
  const read = (text: string): Parsed<Integer> => {
    if (text.endsWith("%")) {
      const percent = parseInteger(text.slice(0, -1));
      if (percent === undefined || percent < 0) return { problem: PERCENT_PROBLEM };
      if (percent > 100) return { problem: "percentage argument must be less or equal to 100" };
      // Adding zero turns the -0 of "0%" into 0.
      return { value: -Number(percent) + 0 };
    }
    return withinRange(parseSize(text), 0, LONG_MAX, 10, PERCENT_PROBLEM);
  };
  const show = (value: Integer) => (value < 0 ? `${-Number(value)}%` : String(value));
  const write = (value: Integer) => (value < 0 ? show(value) : showSize(value));
  return numeric(name, standard, read, show, write, extras);
}

const PERCENT_PROBLEM = "argument must be a memory or percent value";

function numeric<N extends string>(
  name: N,
  standard: Integer,
  read: (text: string) => Parsed<Integer>,
  show: (value: Integer) => string,
  write: (value: Integer) => string,
  extras: Extras,
): Directive<N, Integer> {
  return {
    name,
    alias: extras.alias,
    attributes: extras.attributes ?? 0,
    standard,
    parse: (args) => singleArgument(args, read),
    show,
    same: (one, other) => one === other,
    lines: (value) => [{ text: write(value), forced: value !== standard }],
  };
}

/** `problem` is the answer to a text that is no number at all. */
function withinRange(
  value: Integer | undefined,
  least: Integer,
  most: Integer,
  radix: number,
  problem: string,
): Parsed<Integer> {
  if (value === undefined) return { problem };
  if (value >= least && value <= most) return { value };
  const range = `${least.toString(radix)} and ${most.toString(radix)}`;
  return { problem: `argument must be between ${range} inclusive` };
}

/** A canonical 64-bit integer as number or bigint, or undefined. */
function parseInteger(text: string): Integer | undefined {
  const value = parseInt64(toBytes(text), 0, text.length);
  return value === undefined ? undefined : canonical(value);
}

function canonical(value: bigint): Integer {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}

/** A size; plain digits are exact up to 2^64 - 1, with a unit up to 2^53 - 1 bytes. */
function parseSize(text: string): Integer | undefined {
  const size = parseMemorySize(text);
  if (size !== undefined) return size;
  if (text.length > ULONG_DIGITS || !/^[0-9]+$/.test(text)) return undefined;
  const exact = BigInt(text);
  return exact <= ULONG_MAX ? canonical(exact) : undefined;
}

function parseOctal(text: string): number | undefined {
  if (!/^[0-7]{1,10}$/.test(text)) return undefined;
  let value = 0;
  for (const digit of text) value = value * 8 + digit.charCodeAt(0) - 0x30;
  return value;
}

const UNITS = [
  [1024 ** 3, "gb"],
  [1024 ** 2, "mb"],
  [1024, "kb"],
] as const;

/** The size with the largest unit that divides it, as CONFIG REWRITE writes it. */
export function showSize(size: Integer): string {
  if (typeof size === "number" && size > 0) {
    for (const [bytes, unit] of UNITS) {
      if (size % bytes === 0) return `${size / bytes}${unit}`;
    }
  }
  return String(size);
}
