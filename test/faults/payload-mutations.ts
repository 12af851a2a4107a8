// Payloads of DUMP, and what can be done to them so that a reader who believes them goes wrong.

import { DumpPayload } from "../../src/persistence/rdb/dump-payload";
import { valueSavers } from "../../src/server/value-codecs";
import { forEachEntry } from "../../src/structures/dict-walk";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { OLD_VALUES } from "../persistence/old-encodings";
import { filled, LOW_LIMITS } from "../persistence/random-data";
import type { SeededRandom } from "../support/seeds";
import { everyType } from "./every-type";

const FOOTER_BYTES = 10;
/** Larger ones hide what is changed in them. */
const MOST_BYTES = 2000;
/** Bytes at which lengths, heads of elements and counts have their limits. */
const EDGES = [
  0, 1, 2, 6, 7, 10, 63, 64, 0x7f, 0x80, 0x81, 0xc0, 0xc1, 0xc2, 0xc3, 0xdf, 0xe0,
].concat([0xef, 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xfd, 0xfe, 0xff]);
const TYPES = 26;

/** Type and value of every kind of value in every encoding, without version and checksum. */
export function payloadBodies(random: SeededRandom, seed: number): Buffer[] {
  const found = OLD_VALUES.map(({ body }) => body);
  for (const fuzz of [
    everyType(seed),
    filled(random, seed, LOW_LIMITS),
    filled(random, seed + 1),
  ]) {
    found.push(...bodiesOf(fuzz));
  }
  return found.filter(({ length }) => length <= MOST_BYTES);
}

function bodiesOf({ node }: FuzzNode): Buffer[] {
  const payload = new DumpPayload(node.memory, valueSavers(node.memory), []);
  return node.keyspace.databases.flatMap(({ dict }) => {
    const found: Buffer[] = [];
    forEachEntry(node.memory, dict.ref, (entry) => {
      const { bytes, length } = payload.write(entry);
      found.push(Buffer.from(bytes.slice(0, length - FOOTER_BYTES)));
    });
    return found;
  });
}

/** A copy in which one to four things are changed. */
export function mutated(body: Buffer, others: readonly Buffer[], random: SeededRandom): Buffer {
  let bytes: Buffer = Buffer.from(body);
  for (let left = random.between(1, 4); left > 0 && bytes.length > 0; left--) {
    bytes = mutatedOnce(bytes, others, random);
  }
  return bytes;
}

function mutatedOnce(bytes: Buffer, others: readonly Buffer[], random: SeededRandom): Buffer {
  const at = random.below(bytes.length);
  switch (random.below(20)) {
    case 0:
      bytes[0] = random.below(TYPES);
      return bytes;
    case 1:
      bytes.copyWithin(at, random.below(bytes.length));
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3: {
      // The beginning of one with the end of another.
      const other = random.pick(others);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length))]);
    }
    case 4: {
      const end = Math.min(bytes.length, at + random.below(20));
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    }
    case 5: {
      const end = Math.min(bytes.length, at + random.between(1, 8));
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    }
    case 6:
    case 7:
    case 8:
      bytes[at] = (bytes[at] + random.pick([1, 2, 254, 255])) & 255;
      return bytes;
    case 9:
    case 10:
    case 11:
      bytes[at] = random.below(256);
      return bytes;
    case 12:
    case 13:
    case 14:
    case 15:
      bytes[at] ^= 1 << random.below(8);
      return bytes;
    default:
      bytes[at] = random.pick(EDGES);
      return bytes;
  }
}
