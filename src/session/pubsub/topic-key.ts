import { createHash } from "node:crypto";
import { latin1Text } from "../../base/bytes";

/** Longer names are known by their digest: a channel's name may be longer than any JS string. */
const LONGEST_TEXT_BYTES = 4096;
/** A character that no byte text holds. */
const DIGEST_MARK = "\u0100";

/** A text that stands for a name of bytes, another one for every name. Allocates. */
export function topicKey(bytes: Uint8Array, at: number, length: number): string {
  if (length <= LONGEST_TEXT_BYTES) return latin1Text(bytes, at, length);
  const digest = createHash("sha256").update(bytes.subarray(at, at + length));
  return DIGEST_MARK + digest.digest("hex");
}
