// What two replies have in common, for comparisons that cannot be of bytes: kinds, elements, fields.
// It knows no commands.

import type { Reply } from "../support/reply";

export function isError(reply: Reply): boolean {
  return kindOf(reply) === "error";
}

export function kindOf(reply: Reply): string {
  if (reply === null || typeof reply !== "object") return typeof reply;
  if (Array.isArray(reply)) return "array";
  if (Buffer.isBuffer(reply)) return "string";
  return Object.keys(reply)[0] ?? "";
}

export function sameShape(ours: Reply, real: Reply): boolean {
  if (Array.isArray(ours) && Array.isArray(real)) return ours.length === real.length;
  return kindOf(ours) === kindOf(real);
}

export function isInteger(reply: Reply): reply is number | bigint {
  return typeof reply === "number" || typeof reply === "bigint";
}

export function bothIntegers(ours: Reply, real: Reply): boolean {
  return isInteger(ours) && isInteger(real) && ours >= 0 === real >= 0;
}

/** Numbers at or above `least` that lie within `tolerance`; negative answers have a meaning. */
export function near(ours: Reply, real: Reply, tolerance: number, least = 1): boolean {
  if (!isInteger(ours) || !isInteger(real) || ours < least || real < least) return false;
  const distance = BigInt(ours) - BigInt(real);
  return distance <= tolerance && -distance <= tolerance;
}

export function timeMs(reply: Reply): number {
  if (!Array.isArray(reply) || reply.length !== 2) return Number.NaN;
  const [seconds, microseconds] = reply;
  if (typeof seconds !== "string" || typeof microseconds !== "string") return Number.NaN;
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}

export function elements(reply: Reply): string[] | undefined {
  if (Array.isArray(reply)) return reply.map((item) => keyOf(item)).sort();
  if (kindOf(reply) === "set") return elements((reply as { set: Reply[] }).set);
  return undefined;
}

export function keyOf(reply: Reply): string {
  return Buffer.isBuffer(reply) ? `b:${reply.toString("latin1")}` : JSON.stringify(reply);
}

export function sameElements(ours: Reply, real: Reply): boolean {
  const ourElements = elements(ours);
  const realElements = elements(real);
  if (ourElements === undefined || realElements === undefined) return false;
  return kindOf(ours) === kindOf(real) && ourElements.join("\n") === realElements.join("\n");
}

/** Of a hash: in any order, but each value behind its field. */
export function sameFieldsAndValues(ours: Reply, real: Reply): boolean {
  return (
    kindOf(ours) === kindOf(real) &&
    sameFields(flatPairs(ours), flatPairs(real), new Set(), new Set())
  );
}

export function isSubset(ours: Reply, real: Reply): boolean {
  const known = new Set(elements(real));
  return (
    kindOf(ours) === kindOf(real) && (elements(ours)?.some((name) => known.has(name)) ?? false)
  );
}

/** A map, or an array of names and values in turn, as pairs. Undefined for anything else. */
export function flatPairs(reply: Reply): Map<string, string> | undefined {
  const result = new Map<string, string>();
  if (Array.isArray(reply)) {
    for (let index = 0; index + 1 < reply.length; index += 2) {
      result.set(String(reply[index]), keyOf(reply[index + 1] ?? null));
    }
    return result;
  }
  if (kindOf(reply) !== "map") return undefined;
  for (const [name, value] of (reply as { map: [Reply, Reply][] }).map) {
    result.set(String(name), keyOf(value));
  }
  return result;
}

/** Same names and values, but for values in `unequal` and names of ours in `extra`. */
export function sameFields(
  ours: Map<string, string> | undefined,
  real: Map<string, string> | undefined,
  unequal: ReadonlySet<string>,
  extra: ReadonlySet<string>,
): boolean {
  if (ours === undefined || real === undefined) return false;
  for (const [name, value] of real) {
    const our = ours.get(name);
    if (our === undefined || (our !== value && !unequal.has(name))) return false;
  }
  return [...ours.keys()].every((name) => real.has(name) || extra.has(name));
}

export function textOf(reply: Reply): string {
  if (typeof reply === "string") return reply;
  if (kindOf(reply) === "format") return (reply as { verbatim: string }).verbatim;
  return "";
}
