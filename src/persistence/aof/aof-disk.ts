import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { open, unlink } from "node:fs/promises";
import { toBytes } from "../../config/byte-text";
import { type AofOutput, FileOutput } from "./aof-output";
import type { FileStep, Place } from "./manifest-plans";

/** Where the files of an append only file are: the real disk below, or a test's. */
export interface AofDisk {
  /** Carries a step out; `write-base` is not for the disk. @throws the system's error */
  now(step: FileStep): void;
  /** The same; what may take long is done without holding up the caller. */
  later(step: FileStep): Promise<void>;
  /** The size of a file or directory; undefined when there is none. */
  size(place: Place, name: string): number | undefined;
  /** A whole small file. @throws the system's error */
  read(place: Place, name: string): Uint8Array;
  /** Opens a file of the append only file for appending, and creates it if need be. @throws */
  open(name: string): AofOutput;
  /** Of a file, or of the directory itself. */
  path(place: Place, name?: string): Uint8Array;
}

const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;

/** The two directories, as byte text; they may change while the server runs. */
export interface AofDirectories {
  readonly server: string;
  readonly aof: string;
}

/** The files in the directories of the configuration. It decides nothing. */
export class FileDisk implements AofDisk {
  readonly #directories: () => AofDirectories;

  constructor(directories: () => AofDirectories) {
    this.#directories = directories;
  }

  now(step: FileStep): void {
    switch (step.do) {
      case "make-directory":
        this.#makeDirectory();
        break;
      case "create":
        closeSync(openSync(this.path("aof", step.name), "w", FILE_MODE));
        break;
      case "write-manifest":
        this.#write(step.name, step.content);
        break;
      case "sync-manifest":
        syncNow(this.path("aof", step.name));
        break;
      case "rename":
        renameSync(this.path(step.place, step.from), this.path("aof", step.to));
        break;
      case "sync-directory":
        syncNow(this.path(step.place));
        break;
      case "remove":
        unlinkSync(this.path(step.place, step.name));
        break;
      case "write-base":
        throw new Error("a base is not written by the disk");
    }
  }

  async later(step: FileStep): Promise<void> {
    if (step.do === "remove") await unlink(this.path(step.place, step.name));
    else if (step.do === "sync-manifest") await syncLater(this.path("aof", step.name));
    else if (step.do === "sync-directory") await syncLater(this.path(step.place));
    else this.now(step);
  }

  size(place: Place, name: string): number | undefined {
    return statSync(this.path(place, name), { throwIfNoEntry: false })?.size;
  }

  read(place: Place, name: string): Uint8Array {
    return readFileSync(this.path(place, name));
  }

  open(name: string): AofOutput {
    return new FileOutput(openSync(this.path("aof", name), "a", FILE_MODE));
  }

  /** Of a file in it, or of the directory itself. */
  path(place: Place, name?: string): Buffer {
    const directory = this.#directories()[place];
    return toBytes(name === undefined ? directory : `${directory}/${name}`);
  }

  #makeDirectory(): void {
    try {
      mkdirSync(this.path("aof"), DIRECTORY_MODE);
    } catch (error) {
      if (!isExisting(error) || !statSync(this.path("aof")).isDirectory()) throw error;
      return;
    }
    syncNow(this.path("server"));
  }

  #write(name: string, content: Uint8Array): void {
    const file = openSync(this.path("aof", name), "w", FILE_MODE);
    try {
      for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
    } finally {
      closeSync(file);
    }
  }
}

/** A sync concerns the file, whoever has written it and through which descriptor. */
function syncNow(path: Buffer): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

async function syncLater(path: Buffer): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
