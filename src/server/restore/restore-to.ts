import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { decodeUtf8, toBytes } from "../../config/byte-text";
import type { Config } from "../../config/config";
import { systemErrorText } from "../../config/system-error-text";
import { manifestName, temporaryManifestName } from "../../persistence/aof/aof-names";
import type { AofWindow } from "../../persistence/aof/aof-reader";
import { AofFileSource } from "../../persistence/aof/aof-source";
import {
  type AofFile,
  formatManifest,
  type Manifest,
  ManifestProblem,
  parseManifest,
} from "../../persistence/aof/manifest";
import type { RdbCheck } from "../check/rdb-check";
import { type OldFile, type RecoveryPlan, RestoreProblem, recoveryPlan } from "./recovery-plan";
import { compactTime, parseRestoreTime, shownTime } from "./restore-time";

export interface RestoreParts {
  readonly config: Config;
  /** The configuration file as it was given, or empty. */
  readonly configFile: string;
  readonly window: AofWindow;
  /** Looks at an RDB; what it prints tells what is wrong with it. */
  readonly newRdbCheck: (print: (line: string) => void) => RdbCheck;
}

const RDB_START = "REDIS";

/**
 * `redis-server --restore-to`: makes a new directory with as much of the append only file as was
 * written up to a moment, from which a server can be started. The old files are only read.
 *
 * What always holds: the new directory is there, whole and synced, when this returns, and not there
 * when it throws. Returns what is to be said about it.
 *
 * @param when Unix seconds or ISO 8601.
 * @throws RestoreProblem
 */
export function restoreTo(when: string, parts: RestoreParts): string {
  const { config, window } = parts;
  const seconds = parseRestoreTime(when);
  if (seconds === undefined) {
    throw new RestoreProblem(
      `'${when}' is no time. Use Unix seconds (1795373268) or ISO 8601 (2026-11-22T18:47:48Z).`,
    );
  }
  const server = config.value("dir");
  const oldName = config.value("appenddirname");
  const newName = `${oldName}-${compactTime(seconds)}`;
  const oldDirectory = `${server}/${oldName}`;
  const newDirectory = `${server}/${newName}`;
  if (existsSync(toBytes(newDirectory))) {
    throw new RestoreProblem(`${decodeUtf8(newDirectory)} is there already.`);
  }
  const files = openFiles(readManifest(oldDirectory, config.value("appendfilename")), (name) => {
    return oldFile(name, oldDirectory, parts);
  });
  const plan = recoveryPlan(files, window, seconds);
  try {
    writeDirectory(plan, oldDirectory, newDirectory, config.value("appendfilename"));
  } catch (error) {
    rmSync(toBytes(newDirectory), { recursive: true, force: true });
    throw new RestoreProblem(
      `${decodeUtf8(newDirectory)} cannot be written: ${systemErrorText(error)}`,
    );
  }
  return report(plan, seconds, parts, newName);
}

function readManifest(directory: string, aofName: string): Manifest {
  const path = `${directory}/${manifestName(aofName)}`;
  try {
    return parseManifest(readFileSync(toBytes(path)));
  } catch (error) {
    if (error instanceof ManifestProblem) throw new RestoreProblem(error.report.join("\n"));
    throw new RestoreProblem(
      `There is no append only file to restore from: ${decodeUtf8(path)}: ${systemErrorText(error)}`,
    );
  }
}

function openFiles(manifest: Manifest, open: (file: AofFile) => OldFile): OldFile[] {
  const { base, increments } = manifest;
  return [...(base === undefined ? [] : [base]), ...increments].map(open);
}

function oldFile(file: AofFile, directory: string, { newRdbCheck }: RestoreParts): OldFile {
  const path = toBytes(`${directory}/${file.name}`);
  const shownName = decodeUtf8(file.name);
  let source: AofFileSource;
  try {
    source = new AofFileSource(path);
  } catch (error) {
    throw new RestoreProblem(`The file ${shownName} cannot be read: ${systemErrorText(error)}`);
  }
  const start = Buffer.alloc(RDB_START.length);
  source.read(start, 0, start.length, 0);
  if (start.toString("latin1") !== RDB_START) {
    return { file, shownName, source, commandsAt: 0, madeSeconds: undefined };
  }
  const lines: string[] = [];
  const check = newRdbCheck((line) => lines.push(line));
  const commandsAt = check.check(path, shownName);
  if (commandsAt === undefined) {
    const problem = lines[lines.indexOf("--- RDB ERROR DETECTED ---") + 1];
    throw new RestoreProblem(`The RDB in ${shownName} is broken: ${problem}`);
  }
  return { file, shownName, source, commandsAt, madeSeconds: check.madeSeconds };
}

/** The files first, each synced, and the manifest last. */
function writeDirectory(plan: RecoveryPlan, from: string, to: string, aofName: string): void {
  mkdirSync(toBytes(to));
  let manifest: Manifest = {
    base: undefined,
    history: [],
    increments: [],
    baseSeq: 0,
    incrementSeq: 0,
  };
  for (const { file, bytes } of plan.parts) {
    const { name } = file.file;
    const copy = toBytes(`${to}/${name}`);
    // Where the file system can, the copy shares its blocks with the old file.
    copyFileSync(toBytes(`${from}/${name}`), copy, constants.COPYFILE_FICLONE);
    truncateSync(copy, bytes);
    sync(copy);
    manifest =
      file.file.type === "b"
        ? { ...manifest, base: file.file }
        : { ...manifest, increments: [...manifest.increments, file.file] };
  }
  const temporary = toBytes(`${to}/${temporaryManifestName(aofName)}`);
  writeFileSync(temporary, formatManifest(manifest));
  sync(temporary);
  renameSync(temporary, toBytes(`${to}/${manifestName(aofName)}`));
  sync(toBytes(to));
  sync(toBytes(to.slice(0, to.lastIndexOf("/"))));
}

function sync(path: Buffer): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function report(
  { parts: taken, lastSeconds, commands }: RecoveryPlan,
  seconds: number,
  { config, configFile }: RestoreParts,
  newName: string,
): string {
  const server = decodeUtf8(config.value("dir"));
  const shown = decodeUtf8(newName);
  const lines = taken.map(({ file, bytes }) => {
    const { shownName, source, madeSeconds } = file;
    const made = madeSeconds === undefined ? "" : `, a snapshot of ${shownTime(madeSeconds)}`;
    return `  ${shownName}: ${bytes} of ${source.sizeBytes} bytes${made}`;
  });
  const words = ["redis-server"];
  if (configFile !== "") words.push(decodeUtf8(configFile));
  words.push("--dir", server, "--appendonly", "yes", "--appenddirname", shown);
  return [
    `The data set as it was at ${shownTime(seconds)} is in ${server}/${shown}`,
    ...lines,
    `  ${commands} commands; the last thing taken is of ${shownTime(lastSeconds)}`,
    `${decodeUtf8(config.value("appenddirname"))} is as it was. Start from the new directory by`,
    `  ${words.join(" ")}`,
    "",
  ].join("\n");
}
