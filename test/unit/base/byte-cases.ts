/** How the tests of this room make bytes to hand to parsers. */
import type { SeededRandom } from "../../support/seeds.js";

/** All 256 byte values in order. */
export const ALL_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** From none to `longest` bytes, each one of `alphabet` (a latin1 text). */
export function randomBytes(random: SeededRandom, longest: number, alphabet: string): Buffer {
  const letters = Array.from({ length: random.below(longest + 1) }, () =>
    random.pick([...alphabet]),
  );
  return Buffer.from(letters.join(""), "latin1");
}

/** A text (latin1) between bytes that would change its meaning if offsets were not honoured. */
export function embedded(text: string | Uint8Array): { bytes: Buffer; off: number; len: number } {
  const middle = typeof text === "string" ? Buffer.from(text, "latin1") : text;
  const bytes = Buffer.concat([Buffer.from("7-"), middle, Buffer.from('9"*')]);
  return { bytes, off: 2, len: middle.length };
}
