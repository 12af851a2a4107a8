/**
 * The hash of command names: FNV-1a over at most 32 bytes, each OR 0x20. The scanner computes it for
 * argument 0 (see net/transport.ts); here it serves subcommands and the table's own names. It only
 * chooses a table slot; the name itself is compared then.
 */
const MAX_NAME_BYTES = 32;

export function nameHash(bytes: Uint8Array, at: number, length: number): number {
  const end = at + Math.min(length, MAX_NAME_BYTES);
  let hash = 0x811c9dc5;
  for (let i = at; i < end; i++) hash = Math.imul(hash ^ (bytes[i] | 0x20), 0x01000193);
  return hash >>> 0;
}
