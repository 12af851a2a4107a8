import {
  PROTOCOL_BIG_BULK_LINE,
  PROTOCOL_BIG_COUNT_LINE,
  PROTOCOL_BIG_INLINE,
  PROTOCOL_BULK_LENGTH,
  PROTOCOL_EXPECTED_DOLLAR,
  PROTOCOL_MULTIBULK_LENGTH,
  PROTOCOL_UNAUTHENTICATED_BULK,
  PROTOCOL_UNAUTHENTICATED_COUNT,
} from "../net/transport";

/** What Redis says to each break of the protocol, before it closes. */
export const UNBALANCED_QUOTES = "unbalanced quotes in request";

const TEXTS: ReadonlyMap<number, string> = new Map([
  [PROTOCOL_MULTIBULK_LENGTH, "invalid multibulk length"],
  [PROTOCOL_BULK_LENGTH, "invalid bulk length"],
  [PROTOCOL_BIG_COUNT_LINE, "too big mbulk count string"],
  [PROTOCOL_BIG_BULK_LINE, "too big bulk count string"],
  [PROTOCOL_BIG_INLINE, "too big inline request"],
  [PROTOCOL_UNAUTHENTICATED_COUNT, "unauthenticated multibulk length"],
  [PROTOCOL_UNAUTHENTICATED_BULK, "unauthenticated bulk length"],
]);

/** @param aux the aux word of a PROTOCOL_ERROR record. */
export function protocolErrorText(aux: number): string {
  if ((aux & 0xff) === PROTOCOL_EXPECTED_DOLLAR) {
    return `expected '$', got '${String.fromCharCode((aux >>> 8) & 0xff)}'`;
  }
  return TEXTS.get(aux & 0xff) ?? "invalid request";
}
