import { HalfSipHash } from "../../base/half-sip-hash";
import { ENTRY_VALUE, encodingOf, TYPE_SET, wordOf } from "../../keyspace/entry";
import type { DigestSink, ValueType } from "../../keyspace/value-type";
import type { Arena } from "../../memory/arena";
import type { BlockMemory } from "../../memory/block-memory";
import { Dict } from "../../structures/dict";
import { dictBytes } from "../../structures/dict-memory";
import { DictReader } from "../../structures/dict-reader";
import { SetLimits } from "./set-limits";
import { MEMBER_AT, SET_INTSET, SET_LISTPACK, SET_TABLE, SetReader } from "./set-reader";
import { SetValue } from "./set-value";

/** The set as the keyspace sees it: how it is named, measured, copied, freed and digested. */

/** No member is looked up or placed by its bytes here: copies take the hashes that members have. */
const ANY_HASH = new HalfSipHash(0, 0);

function encodingName(memory: BlockMemory, entry: number): string {
  const encoding = encodingOf(memory, entry);
  if (encoding === SET_INTSET) return "intset";
  return encoding === SET_LISTPACK ? "listpack" : "hashtable";
}

/** @param samples members whose blocks are looked at, 0 for all; the rest are taken to be like them. */
function memoryBytes(memory: Arena, entry: number, samples: number): number {
  const ref = wordOf(memory, entry, ENTRY_VALUE);
  if (encodingOf(memory, entry) !== SET_TABLE) return memory.capacityOf(ref);
  const reader = new SetReader(memory, ANY_HASH).open(SET_TABLE, ref).start();
  let seen = 0;
  let bytes = 0;
  while (reader.next()) {
    bytes += memory.capacityOf(reader.place);
    if (++seen === samples) break;
  }
  const table = dictBytes(memory, new DictReader(memory, MEMBER_AT).open(ref));
  return table + Math.round((bytes / seen) * reader.size);
}

function freeEffort(memory: Arena, ref: number, encoding: number): number {
  return encoding === SET_TABLE ? new DictReader(memory, MEMBER_AT).open(ref).count : 1;
}

function freeSome(memory: Arena, ref: number, budget: number, encoding: number): number {
  if (encoding !== SET_TABLE) {
    memory.free(ref);
    return 0;
  }
  const dict = new Dict(memory, MEMBER_AT).open(ref);
  const least = dict.count - budget;
  const free = (member: number): void => memory.free(member);
  let left = ref;
  do {
    left = dict.disposeSome(free);
  } while (left !== 0 && dict.count > least);
  return left;
}

function copy(memory: Arena, entry: number): number {
  return new SetValue(memory, ANY_HASH, new SetLimits()).openEntry(entry).copy();
}

function digest(memory: BlockMemory, entry: number, sink: DigestSink): void {
  const reader = new SetReader(memory, ANY_HASH).openEntry(entry).start();
  while (reader.next()) sink.addBytes(reader.valueBytes, reader.valueAt, reader.valueLength);
}

export const setType: ValueType = {
  name: "set",
  code: TYPE_SET,
  encodingName,
  memoryBytes,
  freeEffort,
  freeSome,
  copy,
  digest,
};
