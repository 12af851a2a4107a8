/**
 * Which history of writes a data set belongs to. The data set of a server is named by (id, offset);
 * two servers with the same id and offset have the same data. Nothing here knows a socket or a clock.
 *
 * What always holds: an id is made anew whenever writes may follow that another server with the old
 * id does not get; the old one stays valid up to the offset where the two part.
 */

export interface History {
  /** master_replid: 40 hexadecimal digits. */
  readonly id: string;
  /** master_replid2: the id that the same bytes had before, or NO_ID. */
  readonly secondId: string;
  /** second_repl_offset: who knows `secondId` may ask for bytes up to this one; -1 for none. */
  readonly secondOffset: number;
}

const ID_DIGITS = 40;
export const NO_ID = "0".repeat(ID_DIGITS);
const HEX_DIGITS = "0123456789abcdef";

/** A history that shares nothing with any other. */
export function newHistory(id: string): History {
  return { id, secondId: NO_ID, secondOffset: -1 };
}

/** What comes after `offset` goes by a new id; what came before is known by both. */
export function branch(history: History, offset: number, id: string): History {
  return { id, secondId: history.id, secondOffset: offset + 1 };
}

/** Ids are compared without case, as Redis does. */
export function isSameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function isReplicationId(text: string): boolean {
  if (text.length !== ID_DIGITS) return false;
  for (const digit of text.toLowerCase()) if (!HEX_DIGITS.includes(digit)) return false;
  return true;
}
