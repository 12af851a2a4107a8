/**
 * What a peer replied, as steps see it: strings as byte text, integers exact.
 *
 * Peers are strangers: an integer that is none is an error, and arrays deeper than any reply that a
 * Sentinel asks for are cut off, so nothing here recurses as deep as the input.
 */
import { latin1Bytes } from "../../base/bytes";
import { parseInt64, parseSafeInteger } from "../../base/int64";
import { fromBytes } from "../../config/byte-text";
import type { LinkReply } from "../../net/link";
import type { PeerReply } from "../model/sentinel-event";

const MAX_DEPTH = 4;
const NOT_AN_INTEGER = { error: "ERR the peer sent an integer that is none" };
const TOO_DEEP = { error: "ERR the peer sent arrays within arrays" };

export function toPeerReply(reply: LinkReply, depth = 0): PeerReply {
  if (reply === null) return null;
  if (typeof reply === "string") return toInteger(reply);
  if (reply instanceof Error) return { error: reply.message };
  if (!Array.isArray(reply)) return fromBytes(reply);
  if (depth === MAX_DEPTH) return TOO_DEEP;
  return reply.map((element) => toPeerReply(element, depth + 1));
}

function toInteger(text: string): PeerReply {
  const bytes = latin1Bytes(text);
  const safe = parseSafeInteger(bytes, 0, bytes.length);
  if (!Number.isNaN(safe)) return safe;
  return parseInt64(bytes, 0, bytes.length) ?? NOT_AN_INTEGER;
}
