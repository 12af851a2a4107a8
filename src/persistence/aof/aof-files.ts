import { decodeUtf8 } from "../../config/byte-text";
import { systemErrorText } from "../../config/system-error-text";
import type { AofDisk } from "./aof-disk";
import { manifestName, temporaryManifestName } from "./aof-names";
import type { AofOutput } from "./aof-output";
import { EMPTY_MANIFEST, type Manifest, ManifestProblem, parseManifest } from "./manifest";
import {
  type FileStep,
  isToBeAdopted,
  lastIncrement,
  type ManifestPlan,
  planAdoption,
} from "./manifest-plans";

export interface AofFilesParts {
  readonly disk: AofDisk;
  readonly log: {
    debug(text: string): void;
    notice(text: string): void;
    warning(text: string): void;
  };
  /** `appendfilename` and `appenddirname`, as byte text. */
  readonly aofName: string;
  readonly directoryName: string;
}

/** Writes the data set as a base of that name; false when that failed, as the log tells. */
export type BaseWriting = (name: string) => boolean;

/**
 * The files of the append only file: carries out what manifest-plans.ts decides, tells the log what
 * failed, and keeps the manifest that holds.
 *
 * What always holds: `manifest` is what the disk says; plans are carried out one after the other,
 * each made for the manifest that the one before it has left.
 */
export class AofFiles {
  manifest: Manifest = EMPTY_MANIFEST;
  readonly disk: AofDisk;
  readonly #parts: AofFilesParts;
  /** Settles when no plan is being carried out in the background; undefined when none is. */
  #busy: Promise<unknown> | undefined;

  constructor(parts: AofFilesParts) {
    this.#parts = parts;
    this.disk = parts.disk;
  }

  /** Whether something is being done to the files in the background. */
  get isBusy(): boolean {
    return this.#busy !== undefined;
  }

  get aofName(): string {
    return this.#parts.aofName;
  }

  /** Reads the manifest, or takes the empty one when there is none. @throws ManifestProblem */
  readManifest(): void {
    const { disk, log, directoryName, aofName } = this.#parts;
    const name = manifestName(aofName);
    this.manifest = EMPTY_MANIFEST;
    if (disk.size("server", directoryName) === undefined) {
      log.debug(`The AOF directory ${shown(directoryName)} doesn't exist`);
    } else if (disk.size("aof", name) === undefined) {
      log.debug(`The AOF manifest file ${shown(name)} doesn't exist`);
    } else {
      this.manifest = parseManifest(this.#read(name));
    }
  }

  /**
   * Takes over the single file of an older Redis, if there is one and nothing was begun yet. False
   * when that failed, as the log tells.
   */
  adoptOldFile(): boolean {
    const { disk, log, aofName, directoryName } = this.#parts;
    const old = {
      isThere: disk.size("server", aofName) !== undefined,
      isInDirectory: disk.size("aof", aofName) !== undefined,
    };
    if (!isToBeAdopted(this.manifest, aofName, old)) return true;
    if (!this.carryOut(planAdoption(this.manifest, aofName))) return false;
    log.notice(
      `Successfully migrated an old-style AOF configuration (${shown(aofName)}) into the AOF ` +
        `directory (${shown(directoryName)}).`,
    );
    return true;
  }

  /** Carries a plan out before it returns. False when it failed: the manifest is as before. */
  carryOut(plan: ManifestPlan, writeBase?: BaseWriting): boolean {
    const { disk } = this.#parts;
    for (const step of plan.steps) {
      if (step.do === "write-base") {
        if (writeBase?.(step.name)) continue;
      } else if (this.#try(step, () => disk.now(step))) {
        continue;
      }
      for (const undone of plan.undo) this.#tryQuietly(() => disk.now(undone));
      return false;
    }
    this.manifest = plan.manifest;
    for (const step of plan.after) this.#try(step, () => disk.now(step));
    return true;
  }

  /**
   * The same without holding up the caller, when all that was begun before is done. What fails
   * before anything takes its time is told at once.
   */
  carryOutLater(planFor: (manifest: Manifest) => ManifestPlan): Promise<boolean> | false {
    if (this.#busy !== undefined) {
      return this.#track(this.#busy.then(() => this.#begin(planFor(this.manifest))));
    }
    const begun = this.#begin(planFor(this.manifest));
    return begun === false ? false : this.#track(begun);
  }

  /** Opens the increment that is written to. Undefined when that failed, as the log tells. */
  openIncrement(name = lastIncrement(this.manifest).name): AofOutput | undefined {
    try {
      return this.#parts.disk.open(name);
    } catch (error) {
      this.#parts.log.warning(
        `Can't open the append-only file ${shown(name)}: ${systemErrorText(error)}`,
      );
      return undefined;
    }
  }

  /** Makes an empty increment that no manifest names. False when that failed, as the log tells. */
  createIncrement(name: string): boolean {
    const step: FileStep = { do: "create", name };
    return this.#try(step, () => this.#parts.disk.now(step));
  }

  /** Removes an increment that no manifest names. */
  removeIncrement(name: string): void {
    this.#parts.log.notice(`Removing the temp incr aof file ${shown(name)} in the background`);
    void this.#track(this.#tryLater({ do: "remove", name, place: "aof" }));
  }

  /** Makes `appenddirname` if it is not there. False when that failed, as the log tells. */
  makeDirectory(): boolean {
    const step: FileStep = { do: "make-directory" };
    return this.#try(step, () => this.#parts.disk.now(step));
  }

  /** A mistake of ours is for who waits for this plan; the next one is not hindered. */
  #track(done: Promise<boolean>): Promise<boolean> {
    const settled: Promise<void> = done.then(
      () => this.#idle(settled),
      () => this.#idle(settled),
    );
    this.#busy = settled;
    return done;
  }

  #idle(settled: Promise<void>): void {
    if (this.#busy === settled) this.#busy = undefined;
  }

  #begin(plan: ManifestPlan): Promise<boolean> | false {
    let at = 0;
    for (; at < plan.steps.length && !isSlow(plan.steps[at]); at++) {
      const step = plan.steps[at];
      if (this.#try(step, () => this.#parts.disk.now(step))) continue;
      for (const undone of plan.undo) this.#tryQuietly(() => this.#parts.disk.now(undone));
      return false;
    }
    return this.#goOn(plan, at);
  }

  async #goOn(plan: ManifestPlan, from: number): Promise<boolean> {
    const { disk } = this.#parts;
    for (const step of plan.steps.slice(from)) {
      if (await this.#tryLater(step)) continue;
      for (const undone of plan.undo) await disk.later(undone).catch(() => undefined);
      return false;
    }
    this.manifest = plan.manifest;
    for (const step of plan.after) await this.#tryLater(step);
    return true;
  }

  /** False when the step failed and that counts: what cannot be removed is only in the way. */
  #try(step: FileStep, run: () => void): boolean {
    try {
      run();
      this.#tellDone(step);
      return true;
    } catch (error) {
      return this.#tellFailed(step, error);
    }
  }

  async #tryLater(step: FileStep): Promise<boolean> {
    try {
      await this.#parts.disk.later(step);
      this.#tellDone(step);
      return true;
    } catch (error) {
      return this.#tellFailed(step, error);
    }
  }

  #tryQuietly(run: () => void): void {
    try {
      run();
    } catch {
      // The problem that is being undone has been told.
    }
  }

  #tellDone(step: FileStep): void {
    if (step.do !== "rename" || (step.role !== "base" && step.role !== "increment")) return;
    const what = step.role === "base" ? "base" : "incr";
    this.#parts.log.notice(
      `Successfully renamed the temporary AOF ${what} file ${shown(step.from)} into ` +
        shown(step.to),
    );
  }

  #tellFailed(step: FileStep, error: unknown): boolean {
    if (step.do === "remove") return true;
    const { log } = this.#parts;
    log.warning(`${this.#failureOf(step, error)}${systemErrorText(error)}`);
    return false;
  }

  /** In Redis's words, up to the system's reason. */
  #failureOf(step: FileStep, error: unknown): string {
    const { aofName, directoryName } = this.#parts;
    const temporary = shown(temporaryManifestName(aofName));
    switch (step.do) {
      case "make-directory":
        return `Can't open or create append-only dir ${shown(directoryName)}: `;
      case "create":
        return `Can't open the append-only file ${shown(step.name)}: `;
      case "write-manifest":
        return isFrom(error, "open")
          ? `Can't open the AOF manifest file ${temporary}: `
          : `Error trying to write the temporary AOF manifest file ${temporary}: `;
      case "sync-manifest":
        return `Fail to fsync the temp AOF file ${temporary}: `;
      case "sync-directory":
        return `Fail to fsync AOF directory ${shown(directoryName)}: `;
      case "rename":
        return renameFailure(step, shown(directoryName));
      default:
        return `Failed step ${step.do} of the append only file: `;
    }
  }

  #read(name: string): Uint8Array {
    try {
      return this.#parts.disk.read("aof", name);
    } catch (error) {
      throw new ManifestProblem(
        `Fatal error: can't open the AOF manifest file ${shown(name)} for reading: ` +
          systemErrorText(error),
      );
    }
  }
}

/** The disk may take its time for it. */
function isSlow(step: FileStep): boolean {
  return step.do === "sync-manifest" || step.do === "sync-directory" || step.do === "remove";
}

function renameFailure(
  { role, from, to }: Extract<FileStep, { do: "rename" }>,
  directoryName: string,
): string {
  if (role === "old") {
    return `Error trying to move the old AOF file ${shown(from)} into dir ${directoryName}: `;
  }
  const what = { manifest: "manifest", base: "base", increment: "incr" }[role];
  return `Error trying to rename the temporary AOF ${what} file ${shown(from)} into ${shown(to)}: `;
}

function isFrom(error: unknown, call: string): boolean {
  return error instanceof Error && "syscall" in error && error.syscall === call;
}

function shown(name: string): string {
  return decodeUtf8(name);
}
