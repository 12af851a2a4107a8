// A disk that forgets: directories and files as they are after a kill, and as they may be after a loss
// of power. It can end the process in front of any step, or let a step fail.

import type { AofDisk } from "../../../../src/persistence/aof/aof-disk";
import type { AofOutput } from "../../../../src/persistence/aof/aof-output";
import type { FileStep, Place } from "../../../../src/persistence/aof/manifest-plans";
import type { SeededRandom } from "../../../support/seeds";

/** The process has ended here, whoever catches it. */
export class Killed extends Error {}

interface SimulatedFile {
  content: Buffer;
  syncedBytes: number;
}

type Directory = Map<string, SimulatedFile>;

const EMPTY = Buffer.alloc(0);

export class SimulatedDisk implements AofDisk {
  /** Steps until the process is killed; then it must be started again. */
  stepsToLive = Number.POSITIVE_INFINITY;
  /** Chance that a step fails without doing anything. */
  failureChance = 0;
  /** Syncs of what is written fail, as long as this is so. */
  failsToSync = false;
  readonly #random: SeededRandom;
  #now = { server: new Map() as Directory, aof: undefined as Directory | undefined };
  /** What a loss of power leaves for certain. */
  #synced = { server: new Map() as Directory, aof: undefined as Directory | undefined };

  readonly #directoryName: string;

  /** @param directoryName what the directory of the append only file is called. */
  constructor(random: SeededRandom, directoryName: string) {
    this.#random = random;
    this.#directoryName = directoryName;
  }

  /** Whether the process has been killed: nothing it still does has an effect. */
  get isDead(): boolean {
    return this.stepsToLive < 0;
  }

  now(step: FileStep): void {
    this.#live();
    if (this.#random.chance(this.failureChance)) {
      throw Object.assign(new Error("injected"), { code: "EIO" });
    }
    switch (step.do) {
      case "make-directory":
        this.#now.aof ??= new Map();
        this.#synced.aof ??= new Map();
        break;
      case "create":
        this.#directory("aof").set(step.name, { content: EMPTY, syncedBytes: 0 });
        break;
      case "write-manifest":
        this.#directory("aof").set(step.name, {
          content: Buffer.from(step.content),
          syncedBytes: 0,
        });
        break;
      case "sync-manifest":
        this.#sync(this.#file("aof", step.name));
        break;
      case "rename": {
        const file = this.#file(step.place, step.from);
        this.#directory(step.place).delete(step.from);
        this.#directory("aof").set(step.to, file);
        break;
      }
      case "sync-directory":
        this.#synced[step.place] = new Map(this.#directory(step.place));
        break;
      case "remove":
        this.#file(step.place, step.name);
        this.#directory(step.place).delete(step.name);
        break;
      case "write-base":
        throw new Error("not for the disk");
    }
  }

  async later(step: FileStep): Promise<void> {
    await undefined;
    this.now(step);
  }

  size(place: Place, name: string): number | undefined {
    if (name === this.#directoryName) return this.#now.aof === undefined ? undefined : 0;
    return this.#now[place]?.get(name)?.content.length;
  }

  read(place: Place, name: string): Buffer {
    return this.#file(place, name).content;
  }

  open(name: string): AofOutput {
    const directory = this.#directory("aof");
    const file = directory.get(name) ?? { content: EMPTY, syncedBytes: 0 };
    directory.set(name, file);
    return new SimulatedOutput(file, this);
  }

  path(place: Place, name = ""): Buffer {
    return Buffer.from(`/nowhere/${place}/${name}`);
  }

  /** As the thread that saves does: the file is whole and synced, or not there. */
  writeWhole(place: Place, name: string, content: string): void {
    this.#live();
    const bytes = Buffer.from(content);
    this.#directory(place).set(name, { content: bytes, syncedBytes: bytes.length });
  }

  names(place: Place): string[] {
    return [...(this.#now[place]?.keys() ?? [])];
  }

  /** Of what was not synced, names and bytes, some is lost. */
  losePower(): void {
    const before = this.#synced.server;
    this.#losePowerIn("server");
    this.#losePowerIn("aof");
    // A file is renamed from one directory to another in one piece: it is in one of them.
    const left = new Set([...this.#now.server.values(), ...(this.#now.aof?.values() ?? [])]);
    for (const [name, file] of before) {
      if (left.has(file)) continue;
      this.#now.server.set(name, file);
      this.#synced.server.set(name, file);
    }
  }

  #live(): void {
    this.stepsToLive--;
    if (this.isDead) throw new Killed();
  }

  #losePowerIn(place: Place): void {
    const now = this.#now[place];
    const synced = this.#synced[place];
    if (now === undefined || synced === undefined) return;
    const left: Directory = new Map();
    for (const name of new Set([...synced.keys(), ...now.keys()])) {
      const file = this.#random.chance(0.5) ? now.get(name) : synced.get(name);
      if (file !== undefined) left.set(name, file);
    }
    for (const file of left.values()) {
      const loose = file.content.length - file.syncedBytes;
      const kept = file.syncedBytes + this.#random.between(0, loose);
      file.content = file.content.subarray(0, kept);
      file.syncedBytes = kept;
    }
    this.#now[place] = left;
    this.#synced[place] = new Map(left);
  }

  #sync(file: SimulatedFile): void {
    file.syncedBytes = file.content.length;
  }

  #directory(place: Place): Directory {
    const directory = this.#now[place];
    if (directory === undefined) throw noEntry(place);
    return directory;
  }

  #file(place: Place, name: string): SimulatedFile {
    const file = this.#directory(place).get(name);
    if (file === undefined) throw noEntry(name);
    return file;
  }
}

class SimulatedOutput implements AofOutput {
  readonly sizeBytes: number;
  readonly #file: SimulatedFile;
  readonly #disk: SimulatedDisk;

  constructor(file: SimulatedFile, disk: SimulatedDisk) {
    this.#file = file;
    this.#disk = disk;
    this.sizeBytes = file.content.length;
  }

  write(bytes: Uint8Array, at: number, length: number): number {
    if (this.#disk.isDead) throw new Killed();
    this.#file.content = Buffer.concat([this.#file.content, bytes.subarray(at, at + length)]);
    return length;
  }

  sync(): void {
    if (this.#disk.isDead) throw new Killed();
    this.#file.syncedBytes = this.#file.content.length;
  }

  syncLater(done: (error: Error | null) => void): void {
    if (this.#disk.failsToSync) {
      done(Object.assign(new Error("injected"), { code: "EIO" }));
      return;
    }
    this.sync();
    done(null);
  }

  truncate(sizeBytes: number): void {
    this.#file.content = this.#file.content.subarray(0, sizeBytes);
  }

  close(): void {
    // Nothing is held open.
  }
}

function noEntry(name: string): Error {
  return Object.assign(new Error(name), { code: "ENOENT" });
}
