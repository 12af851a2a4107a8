/** Parts of what peers write, read strictly: numbers, hosts, ids. What is not as it must be is undefined. */
import { MAX_EPOCH, MAX_HOST_LENGTH, RUN_ID_LENGTH } from "../model/constants";

const LONGEST_NUMBER = 16;
const ZERO = 0x30;
const MAX_PORT = 65_535;

/**
 * A decimal number without sign and without leading zeros, up to `max` (at most 2^53 - 1). Read from the
 * text itself: a Sentinel that watches many masters reads thousands of them a second.
 */
export function readWhole(text: string, max: number): number | undefined {
  const { length } = text;
  if (length === 0 || length > LONGEST_NUMBER) return undefined;
  if (length > 1 && text.charCodeAt(0) === ZERO) return undefined;
  let value = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return undefined;
    value = value * 10 + code - ZERO;
  }
  return value <= max ? value : undefined;
}

/** From 1 to 65535. */
export function readPort(text: string): number | undefined {
  const port = readWhole(text, MAX_PORT);
  return port === 0 ? undefined : port;
}

export function readEpoch(text: string): number | undefined {
  return readWhole(text, MAX_EPOCH);
}

/** An address or a name: visible ASCII without what separates the fields of messages. */
export function readHost(text: string): string | undefined {
  if (text.length === 0 || text.length > MAX_HOST_LENGTH) return undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f || code === 0x2c) return undefined;
  }
  return text;
}

/** The id of a run or of a Sentinel: 40 hexadecimal digits. */
export function readId(text: string): string | undefined {
  if (text.length !== RUN_ID_LENGTH) return undefined;
  for (let at = 0; at < text.length; at++) {
    if (!isHexDigit(text.charCodeAt(at))) return undefined;
  }
  return text;
}

function isHexDigit(code: number): boolean {
  const letter = code | 0x20;
  return isDigit(code) || (letter >= 0x61 && letter <= 0x66);
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
