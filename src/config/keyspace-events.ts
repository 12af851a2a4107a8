/**
 * The classes of keyspace notifications: the letters of `notify-keyspace-events` and the bits that
 * the rest of the house tests.
 *
 * What always holds: a bit has one letter; `A` stands for all classes of its set and is no bit.
 */

/** Publish on `__keyspace@<db>__:<key>`. */
export const EVENT_KEYSPACE = 1 << 0;
/** Publish on `__keyevent@<db>__:<event>`. */
export const EVENT_KEYEVENT = 1 << 1;
export const EVENT_GENERIC = 1 << 2;
export const EVENT_STRING = 1 << 3;
export const EVENT_LIST = 1 << 4;
export const EVENT_SET = 1 << 5;
export const EVENT_HASH = 1 << 6;
export const EVENT_ZSET = 1 << 7;
export const EVENT_EXPIRED = 1 << 8;
export const EVENT_EVICTED = 1 << 9;
export const EVENT_STREAM = 1 << 10;
/** A read of a key that is not there; not part of `A`. */
export const EVENT_KEY_MISS = 1 << 11;
export const EVENT_MODULE = 1 << 13;
/** A key came into being; not part of `A`. */
export const EVENT_NEW = 1 << 14;

/** What the letter `A` stands for. */
export const EVENTS_ALL =
  EVENT_GENERIC |
  EVENT_STRING |
  EVENT_LIST |
  EVENT_SET |
  EVENT_HASH |
  EVENT_ZSET |
  EVENT_EXPIRED |
  EVENT_EVICTED |
  EVENT_STREAM |
  EVENT_MODULE;

/** In the order in which Redis shows them. */
const CLASSES: readonly (readonly [letter: string, bit: number])[] = [
  ["g", EVENT_GENERIC],
  ["$", EVENT_STRING],
  ["l", EVENT_LIST],
  ["s", EVENT_SET],
  ["h", EVENT_HASH],
  ["z", EVENT_ZSET],
  ["x", EVENT_EXPIRED],
  ["e", EVENT_EVICTED],
  ["t", EVENT_STREAM],
  ["d", EVENT_MODULE],
  ["n", EVENT_NEW],
  ["K", EVENT_KEYSPACE],
  ["E", EVENT_KEYEVENT],
  ["m", EVENT_KEY_MISS],
];

const BITS: ReadonlyMap<string, number> = new Map([...CLASSES, ["A", EVENTS_ALL]]);

/** The bits of a string such as `KEA`, or undefined when it holds an unknown letter. */
export function parseKeyspaceEvents(letters: string): number | undefined {
  let events = 0;
  for (const letter of letters) {
    const bit = BITS.get(letter);
    if (bit === undefined) return undefined;
    events |= bit;
  }
  return events;
}

/** All letters of the set; reading them gives the same bits. */
export function formatKeyspaceEvents(events: number): string {
  const all = (events & EVENTS_ALL) === EVENTS_ALL;
  const rest = all ? events & ~EVENTS_ALL : events;
  let letters = all ? "A" : "";
  for (const [letter, bit] of CLASSES) {
    if ((rest & bit) !== 0) letters += letter;
  }
  return letters;
}

/** As CONFIG GET shows it: Redis leaves the `n` out beside an `A`, although it is not part of it. */
export function showKeyspaceEvents(events: number): string {
  const all = (events & EVENTS_ALL) === EVENTS_ALL;
  return formatKeyspaceEvents(all ? events & ~EVENT_NEW : events);
}
