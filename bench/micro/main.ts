// `npm run bench:micro [-- part of a name]`: the small benchmarks, all in one process, by mitata.
// A benchmark's file registers itself through the function it exports; the list is here. On a busy
// machine read the least time (left below the average), not the average.

import { benchArena } from "./memory/arena.js";
import { benchBitOperations } from "./native/bit-operations";
import { benchCopies } from "./protocol/copies";
import { benchInt64 } from "./protocol/int64";
import { benchKeyHash } from "./protocol/key-hash";
import { benchReplyWriting } from "./protocol/reply-writing";
import { benchRequestScan } from "./protocol/request-scan";
import { benchCodecs } from "./rdb/codecs";
import { benchEffects } from "./rdb/effects";
import { benchValues } from "./rdb/values";
import { benchDict } from "./structures/dict.js";
import { benchHash } from "./types/hash.js";
import { benchList } from "./types/list";
import { benchZset } from "./types/zset";

async function main(): Promise<void> {
  const mitata = await import("mitata");
  benchArena(mitata);
  benchCodecs(mitata);
  benchValues(mitata);
  benchEffects(mitata);
  benchDict(mitata);
  benchList(mitata);
  benchRequestScan(mitata);
  benchReplyWriting(mitata);
  benchInt64(mitata);
  benchKeyHash(mitata);
  benchCopies(mitata);
  benchBitOperations(mitata);
  benchHash(mitata);
  benchZset(mitata);
  const wanted = process.argv[2];
  await mitata.run(wanted === undefined ? {} : { filter: literally(wanted) });
}

/** A pattern that finds exactly this text. */
function literally(text: string): RegExp {
  return new RegExp(text.replace(/[^A-Za-z0-9 ]/g, "\\$&"));
}

void main();
