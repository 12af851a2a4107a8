// Streams of requests for property tests and fuzzing: valid ones, ones with a few bytes changed, and
// ones made of the bytes that the protocol gives a meaning.

import type { SeededRandom } from "../../support/seeds";

const MEANINGFUL = Buffer.from("***$$$\r\n\r\n\r\n0011223459-+ \0\"'ab", "latin1");
const ODD_NUMBERS = [
  "0",
  "-1",
  "-0",
  "00",
  "01",
  "+1",
  "",
  " 1",
  "1 ",
  "1a",
  "11",
  "16385",
  "2147483647",
  "2147483648",
  "4294967296",
  "536870913",
  "9007199254740993",
  "-9223372036854775808",
  "-9223372036854775809",
  "9223372036854775807",
  "99999999999999999999",
];

function validRequest(random: SeededRandom): string {
  if (random.chance(0.1)) return random.pick(["\r\n", "\n", "*0\r\n", "*-1\r\n"]);
  if (random.chance(0.15)) {
    const words = Array.from({ length: random.between(1, 4) }, () => word(random, 6));
    return words.join(" ").replace(/[\r\n\0*]/g, "x") + random.pick(["\r\n", "\n"]);
  }
  const count = random.chance(0.05) ? random.between(10, 60) : random.between(1, 5);
  let request = `*${count}\r\n`;
  for (let argument = 0; argument < count; argument++) {
    const text = word(random, random.chance(0.05) ? 300 : 12);
    request += `$${text.length}\r\n${text}\r\n`;
  }
  return request;
}

function word(random: SeededRandom, longest: number): string {
  const length = random.below(longest + 1);
  return random.bytes(length).toString("latin1");
}

function mutate(stream: string, random: SeededRandom): string {
  let mutated = stream;
  for (let changes = random.between(1, 3); changes > 0; changes--) {
    const at = random.below(mutated.length + 1);
    const before = mutated.slice(0, at);
    const kind = random.below(4);
    const meaningful = String.fromCharCode(random.pick([...MEANINGFUL]));
    if (kind === 0) mutated = before + meaningful + mutated.slice(at + 1);
    else if (kind === 1) mutated = before + meaningful + mutated.slice(at);
    else if (kind === 2) mutated = before + mutated.slice(at + random.between(1, 4));
    else mutated = oddNumber(mutated, random);
  }
  return mutated;
}

/** Puts another number into one of the header lines. */
function oddNumber(stream: string, random: SeededRandom): string {
  const headers = [...stream.matchAll(/[*$]\d+\r\n/g)];
  if (headers.length === 0) return stream;
  const header = random.pick(headers);
  const before = stream.slice(0, header.index + 1);
  return `${before}${random.pick(ODD_NUMBERS)}${stream.slice(header.index + header[0].length - 2)}`;
}

/** A stream in latin1. */
export function randomStream(random: SeededRandom): string {
  if (random.chance(0.2)) {
    const bytes = Array.from({ length: random.below(60) }, () => random.pick([...MEANINGFUL]));
    return Buffer.from(bytes).toString("latin1");
  }
  let stream = "";
  for (let requests = random.between(1, 6); requests > 0; requests--) {
    stream += validRequest(random);
  }
  return random.chance(0.6) ? mutate(stream, random) : stream;
}
