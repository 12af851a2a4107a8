/** LZ4 by lz4-napi: blocks with the size of what is in them in front, 4 bytes, least significant first. */
export interface Lz4Blocks {
  compressSync(bytes: Buffer): Buffer;
  /** Takes as much memory as the size in front says. @throws for what is no such block. */
  uncompressSync(bytes: Buffer): Buffer;
}

/** Loaded only where somebody wants it; the problem where it was built for no such machine. */
export function loadLz4(): Lz4Blocks | string {
  try {
    return require("lz4-napi") as Lz4Blocks;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
