import { setWord, wordOf } from "../../../keyspace/entry";
import type { Arena } from "../../../memory/arena";
import { GROUP_TABLE, TABLE_FREE, TABLE_ROOM, TABLE_SLOTS, TABLE_USED } from "./group-layout";

/**
 * The numbers of a group's consumers: a block with a slot for each, drawn in group-layout.ts. The
 * group's block must be owned.
 *
 * What always holds: a number stays a consumer's until it is dropped, and is given again then; the
 * free slots are a list that begins in the block.
 */
const FIRST_ROOM = 1;
const HEADER_WORDS = 3;

/** A table without consumers. */
export function newTable(memory: Arena): number {
  return makeTable(memory, FIRST_ROOM);
}

/** Gives a consumer a number. */
export function addConsumer(memory: Arena, group: number, consumer: number): number {
  let table = ownTable(memory, group);
  let number = wordOf(memory, table, TABLE_FREE);
  if (number !== 0) {
    setWord(memory, table, TABLE_FREE, wordOf(memory, table, TABLE_SLOTS + number));
  } else {
    number = wordOf(memory, table, TABLE_USED) + 1;
    if (number > wordOf(memory, table, TABLE_ROOM)) table = growTable(memory, group, table);
    setWord(memory, table, TABLE_USED, number);
  }
  setWord(memory, table, TABLE_SLOTS + number, consumer);
  return number;
}

/** Stores where the consumer with a number is now. */
export function setConsumer(memory: Arena, group: number, number: number, consumer: number): void {
  setWord(memory, ownTable(memory, group), TABLE_SLOTS + number, consumer);
}

/** Takes a number back. */
export function dropConsumer(memory: Arena, group: number, number: number): void {
  const table = ownTable(memory, group);
  setWord(memory, table, TABLE_SLOTS + number, wordOf(memory, table, TABLE_FREE));
  setWord(memory, table, TABLE_FREE, number);
}

function ownTable(memory: Arena, group: number): number {
  const table = memory.own(wordOf(memory, group, GROUP_TABLE));
  setWord(memory, group, GROUP_TABLE, table);
  return table;
}

function makeTable(memory: Arena, room: number): number {
  const table = memory.alloc((HEADER_WORDS + room) * 4);
  setWord(memory, table, TABLE_ROOM, room);
  setWord(memory, table, TABLE_USED, 0);
  setWord(memory, table, TABLE_FREE, 0);
  return table;
}

/** Goes on in a table with half as much room again. */
function growTable(memory: Arena, group: number, table: number): number {
  const used = wordOf(memory, table, TABLE_USED);
  const room = used + 4 + (used >>> 1);
  const larger = makeTable(memory, room);
  memory.copyWords(table, larger, HEADER_WORDS + used);
  setWord(memory, larger, TABLE_ROOM, room);
  memory.free(table);
  setWord(memory, group, GROUP_TABLE, larger);
  return larger;
}
