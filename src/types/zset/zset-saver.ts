import { formatDouble17 } from "../../base/double";
import { ENTRY_VALUE, encodingOf, TYPE_ZSET, wordOf } from "../../keyspace/entry";
import { ListpackImage } from "../../keyspace/listpack-image";
import type { ValueSaver } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbWriter } from "../../rdb/rdb-writer";
import { ListpackReader } from "../../structures/listpack-reader";
import { SCORE_MINUS_INFINITY, SCORE_NAN, SCORE_PLUS_INFINITY } from "./score-lengths";
import { ZSET_LISTPACK } from "./zset-layout";
import { ZsetReader } from "./zset-reader";

const FIRST_LISTPACK_VERSION = 10;
const FIRST_BINARY_VERSION = 8;

/**
 * Writes sorted sets: what is reported as a listpack as one, all else member by member, with scores
 * as doubles or, in old versions, as text. The highest comes first, as Redis does it, so that whoever
 * reads them inserts each at the front.
 */
export class ZsetSaver implements ValueSaver {
  readonly code = TYPE_ZSET;
  readonly #memory: BlockMemory;
  readonly #zset: ZsetReader;
  readonly #pack: ListpackReader;
  readonly #image = new ListpackImage();

  constructor(memory: BlockMemory) {
    this.#memory = memory;
    this.#zset = new ZsetReader(memory);
    this.#pack = new ListpackReader(memory);
  }

  rdbType(entry: number, version: number): number {
    const isListpack = encodingOf(this.#memory, entry) === ZSET_LISTPACK;
    if (isListpack && version >= FIRST_LISTPACK_VERSION) return RDB_TYPES.ZSET_LISTPACK;
    return version >= FIRST_BINARY_VERSION ? RDB_TYPES.ZSET_2 : RDB_TYPES.ZSET;
  }

  save(entry: number, rdbType: number, writer: RdbWriter): void {
    if (rdbType === RDB_TYPES.ZSET_LISTPACK) {
      const ref = wordOf(this.#memory, entry, ENTRY_VALUE);
      this.#image.begin().addAll(this.#pack.open(ref)).write(writer);
      return;
    }
    const zset = this.#zset.open(entry);
    writer.length(zset.size);
    for (let more = zset.seekLast(); more; more = zset.previous()) {
      writer.string(zset.memberBytes, zset.memberAt, zset.memberLength);
      if (rdbType === RDB_TYPES.ZSET_2) writer.double(zset.score);
      else writeScoreAsText(zset.score, writer);
    }
  }
}

/** One byte of length and the text, or a length that stands for what no text tells. */
function writeScoreAsText(score: number, writer: RdbWriter): void {
  if (Number.isNaN(score)) {
    writer.byte(SCORE_NAN);
  } else if (!Number.isFinite(score)) {
    writer.byte(score > 0 ? SCORE_PLUS_INFINITY : SCORE_MINUS_INFINITY);
  } else {
    const text = Buffer.from(formatDouble17(score), "latin1");
    writer.byte(text.length);
    writer.raw(text, 0, text.length);
  }
}
