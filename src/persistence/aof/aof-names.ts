/**
 * How the files of an append only file are called, given `appendfilename`: Redis's names, by which
 * its own tools find them. Byte text without a directory; no file is touched here.
 */

/** How a base holds the data set: as an RDB file, or as commands. */
export type BaseFormat = "rdb" | "aof";

export function manifestName(aofName: string): string {
  return `${aofName}.manifest`;
}

/** The next manifest, until it takes the place of the one that counts. */
export function temporaryManifestName(aofName: string): string {
  return `temp-${aofName}.manifest`;
}

export function baseName(aofName: string, seq: number, format: BaseFormat): string {
  return `${aofName}.${seq}.base.${format}`;
}

export function incrementName(aofName: string, seq: number): string {
  return `${aofName}.${seq}.incr.aof`;
}

/** What is executed until the first base is there, while the append only file is turned on. */
export function temporaryIncrementName(aofName: string): string {
  return `temp-${aofName}.incr`;
}
