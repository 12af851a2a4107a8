/**
 * Replaces a whole file so that at every moment, also after a crash or a loss of power, the old or
 * the new content is there: a new file beside it, synced, renamed over it, and the directory synced.
 *
 * It keeps the permissions of the old file, because configuration files hold passwords, and it
 * follows a symbolic link instead of replacing it.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { posix } from "node:path";
import { toBytes } from "./byte-text";
import { systemErrorText } from "./system-error-text";

const NEW_FILE_MODE = 0o644;

/** `path` is byte text. Returns the reason why nothing has changed, or undefined. */
export function replaceFile(path: string, content: Uint8Array): string | undefined {
  let temporary: Buffer | undefined;
  try {
    const target = resolveLink(path);
    const name = `${target}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
    temporary = toBytes(name);
    writeSynced(temporary, content, statSync(toBytes(target), { throwIfNoEntry: false }));
    renameSync(temporary, toBytes(target));
    temporary = undefined;
    syncDirectory(posix.dirname(target));
    return undefined;
  } catch (error) {
    if (temporary !== undefined) removeIfThere(temporary);
    return systemErrorText(error);
  }
}

/** The file behind a link; a path that does not exist yet stays as it is. */
function resolveLink(path: string): string {
  try {
    return realpathSync(toBytes(path), { encoding: "buffer" }).toString("latin1");
  } catch {
    return path;
  }
}

function writeSynced(path: Buffer, content: Uint8Array, old: Stats | undefined): void {
  // "x": never through a file or link that somebody else has put there. Created for the owner
  // only, since it may hold passwords before its final permissions are known.
  const file = openSync(path, "wx", old === undefined ? NEW_FILE_MODE : 0o600);
  try {
    if (old !== undefined) copyOwnership(file, old);
    let written = 0;
    while (written < content.length) written += writeSync(file, content, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Owner first: changing it clears bits of the mode. Only root may give files away. */
function copyOwnership(file: number, old: Stats): void {
  const mine = fstatSync(file);
  if (mine.uid !== old.uid || mine.gid !== old.gid) {
    try {
      fchownSync(file, old.uid, old.gid);
    } catch {
      // The file then belongs to us, who can read what we have just written anyway.
    }
  }
  fchmodSync(file, old.mode & 0o7777);
}

function syncDirectory(path: string): void {
  const directory = openSync(toBytes(path), "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function removeIfThere(path: Buffer): void {
  try {
    unlinkSync(path);
  } catch {
    // The error that brought us here is the one worth telling.
  }
}
