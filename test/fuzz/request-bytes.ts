// The bytes of requests, other than the usual ones: inline lines, and damage. The seed decides.

import type { SeededRandom } from "../support/seeds";

const MEANINGFUL = [...Buffer.from("*$\r\n0123456789-+ \0\"'ab\xff", "latin1")];
const PLAIN_WORD = /^[!#-&(-~]+$/;

/** The words as an inline command, or undefined when they would need quotes or look like RESP. */
export function toInlineLine(words: readonly Buffer[]): Buffer | undefined {
  const texts = words.map((word) => word.toString("latin1"));
  if (texts[0].startsWith("*") || !texts.every((text) => PLAIN_WORD.test(text))) return undefined;
  const line = texts.join(" ");
  return line.length > 60_000 ? undefined : Buffer.from(`${line}\r\n`, "latin1");
}

/** A few bytes changed, added, or taken away, or everything cut off somewhere. */
export function spoilBytes(bytes: Buffer, random: SeededRandom): Buffer {
  let spoilt = bytes;
  for (let changes = random.between(1, 4); changes > 0; changes--) {
    const at = random.below(Math.min(spoilt.length, 200) + 1);
    const before = spoilt.subarray(0, at);
    const byte = Buffer.from([random.chance(0.8) ? random.pick(MEANINGFUL) : random.below(256)]);
    const kind = random.below(4);
    if (kind === 0) spoilt = Buffer.concat([before, byte, spoilt.subarray(at + 1)]);
    else if (kind === 1) spoilt = Buffer.concat([before, byte, spoilt.subarray(at)]);
    else if (kind === 2) spoilt = Buffer.concat([before, spoilt.subarray(at + random.below(5))]);
    else if (random.chance(0.3)) spoilt = Buffer.from(before);
  }
  return spoilt;
}
