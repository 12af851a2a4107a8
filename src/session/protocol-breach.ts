import {
  PROTOCOL_BIG_BULK_LINE,
  PROTOCOL_BIG_COUNT_LINE,
  PROTOCOL_BIG_INLINE,
  PROTOCOL_BULK_LENGTH,
  PROTOCOL_EXPECTED_DOLLAR,
  PROTOCOL_MULTIBULK_LENGTH,
  PROTOCOL_UNAUTHENTICATED_BULK,
  PROTOCOL_UNAUTHENTICATED_COUNT,
} from "../protocol/request-record";

/** What Redis says to a break of the protocol before it closes, and what its log calls it. */
export interface ProtocolBreach {
  readonly reply: string;
  readonly log: string;
}

export const UNBALANCED_QUOTES: ProtocolBreach = {
  reply: "unbalanced quotes in request",
  log: "unbalanced quotes in inline request",
};

const BREACHES: ReadonlyMap<number, ProtocolBreach> = new Map([
  [PROTOCOL_MULTIBULK_LENGTH, breach("invalid multibulk length", "invalid mbulk count")],
  [PROTOCOL_BULK_LENGTH, breach("invalid bulk length")],
  [PROTOCOL_BIG_COUNT_LINE, breach("too big mbulk count string")],
  [PROTOCOL_BIG_BULK_LINE, breach("too big bulk count string")],
  [PROTOCOL_BIG_INLINE, breach("too big inline request")],
  [
    PROTOCOL_UNAUTHENTICATED_COUNT,
    breach("unauthenticated multibulk length", "unauth mbulk count"),
  ],
  [PROTOCOL_UNAUTHENTICATED_BULK, breach("unauthenticated bulk length", "unauth bulk length")],
]);

/** @param aux the aux word of a PROTOCOL_ERROR record. */
export function protocolBreach(aux: number): ProtocolBreach {
  if ((aux & 0xff) === PROTOCOL_EXPECTED_DOLLAR) {
    const got = String.fromCharCode((aux >>> 8) & 0xff);
    return breach(`expected '$', got '${got}'`, "expected $ but got something else");
  }
  return BREACHES.get(aux & 0xff) ?? breach("invalid request");
}

function breach(reply: string, log = reply): ProtocolBreach {
  return { reply, log };
}
