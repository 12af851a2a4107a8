/** Looking at replies whose shape is not known yet. */

import { MAX_EPOCH } from "../model/constants";
import type { PeerReply } from "../model/sentinel-event";

export function errorOf(reply: PeerReply): string | undefined {
  if (reply === null || typeof reply !== "object" || !("error" in reply)) return undefined;
  return reply.error;
}

export function elementsOf(reply: PeerReply): readonly PeerReply[] | undefined {
  return Array.isArray(reply) ? reply : undefined;
}

export function epochOf(reply: PeerReply | undefined): number | undefined {
  if (typeof reply !== "number" || !Number.isSafeInteger(reply)) return undefined;
  return reply >= 0 && reply <= MAX_EPOCH ? reply : undefined;
}
