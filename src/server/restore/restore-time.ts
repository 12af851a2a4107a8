import { parseSafeInteger } from "../../base/int64";

const ISO_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/;
const DATE_LENGTH = 10;
const LONGEST_TEXT = 64;
const MS_PER_SECOND = 1000;
/** Beyond the year 9999 it has no ISO form, and nobody means it. */
const LAST_SECOND = 253_402_300_799;

/**
 * The moment that a person asks for: Unix seconds, or ISO 8601 with a `T` or a space (without a zone
 * it is the time of this machine). Whole seconds since 1970, a begun one left out; undefined for
 * anything else, also for a date that there is not.
 */
export function parseRestoreTime(text: string): number | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const digits = Buffer.from(text, "latin1");
  const seconds = parseSafeInteger(digits, 0, digits.length);
  if (!Number.isNaN(seconds)) return seconds >= 0 && seconds <= LAST_SECOND ? seconds : undefined;
  if (!ISO_TIME.test(text)) return undefined;
  const day = text.slice(0, DATE_LENGTH);
  const atMidnight = new Date(`${day}T00:00:00Z`);
  // A day that there is not (30 February) becomes another one, or none.
  if (Number.isNaN(atMidnight.getTime()) || !atMidnight.toISOString().startsWith(day)) {
    return undefined;
  }
  const ms = Date.parse(`${day}T${text.slice(DATE_LENGTH + 1)}`);
  return Number.isNaN(ms) || ms < 0 ? undefined : Math.floor(ms / MS_PER_SECOND);
}

/** `2026-11-22T18:47:48Z (1795373268)`. */
export function shownTime(seconds: number): string {
  return `${isoTime(seconds)} (${seconds})`;
}

/** `20261122T184748Z`, for names. */
export function compactTime(seconds: number): string {
  return isoTime(seconds).replace(/[-:]/g, "");
}

function isoTime(seconds: number): string {
  return new Date(seconds * MS_PER_SECOND).toISOString().replace(".000Z", "Z");
}
