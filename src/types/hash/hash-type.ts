import { latin1Bytes } from "../../base/bytes";
import { ENTRY_VALUE, encodingOf, TYPE_HASH, wordOf } from "../../keyspace/entry";
import type { DigestSink, ValueType } from "../../keyspace/value-type";
import type { Arena } from "../../memory/arena";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { Dict } from "../../structures/dict";
import { DICT_COUNT } from "../../structures/dict-layout";
import { dictBytes } from "../../structures/dict-memory";
import { sampleEntries } from "../../structures/dict-random";
import { EntryList, forEachEntry } from "../../structures/dict-walk";
import { Listpack } from "../../structures/listpack";
import { copyFieldEntry, FIELD_HEADER_BYTES, NO_FIELD_EXPIRY } from "./field-entry";
import { HASH_DICT, HASH_INLINE, hashEncodingName } from "./hash-encoding";
import { HashReader } from "./hash-reader";

/**
 * The hash as the keyspace sees it: how it is named, measured, copied, freed and digested.
 *
 * The digest is Redis's, so that both can be compared: the sum of one for each field, made of field
 * and value; what marks a field with an expiry is our own, as Redis 7.0 has none.
 */
/** Measuring the same hash twice is to give the same number. */
const FROM_START = { below: () => 0 };
const EXPIRY_MARK = latin1Bytes("!!hexpire!!");

function digest(memory: BlockMemory, entry: number, sink: DigestSink): void {
  const hash = new HashReader(memory);
  hash.openEntry(entry);
  hash.forEach((handle) => {
    sink.add((element) => {
      hash.showField(handle);
      element.mix(hash.bytes, hash.at, hash.length);
      hash.showValue(handle);
      element.mix(hash.bytes, hash.at, hash.length);
      if (hash.expiryOf(handle) === NO_FIELD_EXPIRY) return;
      element.mix(EXPIRY_MARK, 0, EXPIRY_MARK.length);
    });
  });
}

function copy(memory: Arena, entry: number): number {
  const ref = wordOf(memory, entry, ENTRY_VALUE);
  if (encodingOf(memory, entry) !== HASH_DICT) return new Listpack(memory).open(ref).copy();
  const dict = new Dict(memory, FIELD_HEADER_BYTES).create();
  forEachEntry(memory, ref, (field) => dict.insert(copyFieldEntry(memory, field)));
  return dict.ref;
}

function freeSome(memory: Arena, ref: number, _budget: number, encoding: number): number {
  if (encoding === HASH_DICT) {
    return new Dict(memory, FIELD_HEADER_BYTES).open(ref).disposeSome((field) => {
      memory.free(field);
    });
  }
  memory.free(ref);
  return 0;
}

/** @param samples fields whose blocks are looked at, 0 for all; the rest are taken to be like them. */
function memoryBytes(memory: Arena, entry: number, samples: number): number {
  const ref = wordOf(memory, entry, ENTRY_VALUE);
  const encoding = encodingOf(memory, entry);
  if (encoding === HASH_INLINE) return 0;
  if (encoding !== HASH_DICT) return memory.capacityOf(ref);
  const dict = new Dict(memory, FIELD_HEADER_BYTES).open(ref);
  const wanted = samples === 0 ? dict.count : Math.min(samples, dict.count);
  const sampled = new EntryList();
  sampleEntries(memory, dict, FROM_START, wanted, false, sampled);
  let bytes = 0;
  for (let i = 0; i < wanted; i++) bytes += memory.capacityOf(sampled.refs[i]);
  return dictBytes(memory, dict) + Math.round((bytes / wanted) * dict.count);
}

function freeEffort(memory: Arena, ref: number, encoding: number): number {
  if (encoding !== HASH_DICT) return 1;
  return memory.words[ref >>> SEGMENT_SHIFT][((ref & GRANULE_MASK) << 2) + DICT_COUNT];
}

export const hashType: ValueType = {
  name: "hash",
  code: TYPE_HASH,
  encodingName: (memory, entry) => hashEncodingName(encodingOf(memory, entry)),
  memoryBytes,
  freeEffort,
  freeSome,
  copy,
  digest,
};
