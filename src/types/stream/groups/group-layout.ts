import { wordOf } from "../../../keyspace/entry";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../../memory/block-memory";

/**
 * How consumer groups lie in memory. The stream's header has a tree of groups, ordered by name:
 *
 *     group      [last ID 4][entries read 2][pending][consumers][table][name length] name
 *     table      [room][used][free] slot 1, slot 2, ...          a consumer's ref, or the next free
 *     consumer   [seen 2][active 2][pending][name length] name                  times in ms, -1 never
 *     pending    [ID 4][delivered at 2][deliveries 2][consumer's number]
 *
 *       pending     CountedTree of pending entries, ordered by ID: of the group all of them, of a
 *                   consumer its own, which are the same blocks
 *       consumers   CountedTree of the numbers of consumers, ordered by name
 *
 * A consumer is known by its number, a slot of the table, because a block may move when a snapshot
 * has frozen it: pending entries by the million cannot be told then. A pending entry is freed by its
 * group; entries read is -1 when it is not known. Bytes: group 40 and its name, consumer 24, its name
 * and 4 for the slot, pending entry 36 (a block of 48) and two slots in trees.
 */
export const GROUP_LAST_ID = 0;
export const GROUP_ENTRIES_READ = 4;
export const GROUP_PENDING = 6;
export const GROUP_CONSUMERS = 7;
export const GROUP_TABLE = 8;
export const GROUP_NAME_LENGTH = 9;
export const GROUP_HEADER_BYTES = 40;

export const TABLE_ROOM = 0;
export const TABLE_USED = 1;
export const TABLE_FREE = 2;
/** Slot 1 stands behind the three words: numbers begin with 1, as 0 is no item of a tree. */
export const TABLE_SLOTS = 2;

export const CONSUMER_SEEN = 0;
export const CONSUMER_ACTIVE = 2;
export const CONSUMER_PENDING = 4;
export const CONSUMER_NAME_LENGTH = 5;
export const CONSUMER_HEADER_BYTES = 24;

export const PENDING_ID = 0;
export const PENDING_TIME = 4;
export const PENDING_DELIVERIES = 6;
export const PENDING_CONSUMER = 8;
export const PENDING_BYTES = 36;

/** The consumer with a number. */
export function consumerOf(memory: BlockMemory, group: number, number: number): number {
  return wordOf(memory, wordOf(memory, group, GROUP_TABLE), TABLE_SLOTS + number);
}

/** Where the name behind a length word begins, in bytes of its segment. */
export function nameStartOf(ref: number, lengthWord: number): number {
  return ((ref & GRANULE_MASK) << 4) + ((lengthWord + 1) << 2);
}

/** The bytes of the segment that a block is in. */
export function bytesOf(memory: BlockMemory, ref: number): Uint8Array {
  return memory.bytes[ref >>> SEGMENT_SHIFT];
}
