/**
 * The name of a module's type, of which files have a number only: nine characters of six bits, from
 * the highest on, and a version of ten bits.
 */
const CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const NAME_CHARACTERS = 9;
const CHARACTER_BITS = 6n;
const VERSION_BITS = 10n;

/** @param high and `low` are the halves of the number. */
export function moduleTypeName(high: number, low: number): string {
  const id = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  let name = "";
  for (let index = NAME_CHARACTERS - 1; index >= 0; index--) {
    const bits = Number((id >> (VERSION_BITS + CHARACTER_BITS * BigInt(index))) & 63n);
    name += CHARACTERS[bits];
  }
  return name;
}
