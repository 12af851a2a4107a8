import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { parseInt64 } from "../../base/int64";
import { decodeUtf8, encodeUtf8, toBytes } from "../../config/byte-text";
import { systemErrorText } from "../../config/system-error-text";
import { type Manifest, ManifestProblem, parseManifest } from "../../persistence/aof/manifest";
import { AofCheck, type AofCheckOptions, type CheckedFile } from "./aof-check";
import type { CheckTools } from "./check-tools";

const USAGE =
  "Usage: redis-check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>";
const RDB_START = "REDIS";
/** Enough of a file to see what it is. */
const HEAD_BYTES = 1024;

/** `redis-check-aof`: returns the exit code. */
export function checkAof(args: readonly string[], tools: CheckTools): number {
  const { print } = tools;
  const order = orderOf(args);
  if (typeof order === "string") {
    print(order);
    return 1;
  }
  const { path, options } = order;
  let head: string;
  try {
    head = headOf(path);
  } catch (error) {
    print(`Cannot open file ${path}: ${systemErrorText(error)}`);
    return 1;
  }
  const window = tools.newWindow();
  const { newRdbCheck, confirm } = tools;
  const check = new AofCheck({ window, newRdbCheck, print, confirm }, options);
  if (isManifest(head)) return checkManifest(path, check, tools);
  print("Start checking Old-Style AOF");
  const hasRdb = head.startsWith(RDB_START);
  const verdict = check.check({
    path: Buffer.from(path),
    shownPath: path,
    name: path,
    hasRdb,
    isLast: true,
  });
  if (verdict === "empty") print(`AOF ${path} is empty`);
  else if (verdict === "ok") print(`AOF ${path} is valid`);
  return verdict === "failed" ? 1 : 0;
}

interface Order {
  readonly path: string;
  readonly options: AofCheckOptions;
}

function orderOf(args: readonly string[]): Order | string {
  if (args.length === 1) {
    return { path: args[0], options: { fixes: false, truncateTo: undefined } };
  }
  if (args.length === 2 && args[0] === "--fix") {
    return { path: args[1], options: { fixes: true, truncateTo: undefined } };
  }
  if (args.length !== 3 || args[0] !== "--truncate-to-timestamp") return USAGE;
  const digits = Buffer.from(args[1], "latin1");
  const time = parseInt64(digits, 0, digits.length);
  if (time === undefined) return "Invalid timestamp, aborting...";
  // As in Redis, 0 stands for no time.
  const truncateTo = time === 0n ? undefined : Number(time);
  return { path: args[2], options: { fixes: false, truncateTo } };
}

function checkManifest(path: string, check: AofCheck, tools: CheckTools): number {
  const { print } = tools;
  print("Start checking Multi Part AOF");
  let manifest: Manifest;
  try {
    manifest = parseManifest(readFileSync(path));
  } catch (error) {
    if (error instanceof ManifestProblem) for (const line of error.report) print(line);
    else print(`Cannot open file ${path}: ${systemErrorText(error)}`);
    return 1;
  }
  const directory = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
  const { base, increments } = manifest;
  const last = increments.at(-1) ?? base;
  const run = (name: string, kind: "BASE" | "INCR"): boolean => {
    const shown = decodeUtf8(name);
    const file: CheckedFile = {
      path: toBytes(encodeUtf8(directory) + name),
      shownPath: directory + shown,
      name: shown,
      hasRdb: hasRdb(toBytes(encodeUtf8(directory) + name)),
      isLast: name === last?.name,
    };
    if (kind === "BASE") {
      print(`Start to check BASE AOF (${file.hasRdb ? "RDB" : "RESP"} format).`);
    }
    const verdict = check.check(file);
    if (verdict === "empty") print(`${kind} AOF ${shown} is empty`);
    else if (verdict === "ok") print(`${kind} AOF ${shown} is valid`);
    return verdict !== "failed";
  };
  if (base !== undefined && !run(base.name, "BASE")) return 1;
  if (increments.length > 0) print("Start to check INCR files.");
  for (const { name } of increments) if (!run(name, "INCR")) return 1;
  print("All AOF files and manifest are valid");
  return 0;
}

/** The beginning of a file, one character per byte. @throws what the system says */
function headOf(path: string | Buffer): string {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.toString("latin1", 0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}

function hasRdb(path: Buffer): boolean {
  try {
    return headOf(path).startsWith(RDB_START);
  } catch {
    // The check of the file tells what is wrong with it.
    return false;
  }
}

/** As Redis sees it: its first line that is no comment begins with `file`. */
function isManifest(head: string): boolean {
  for (const line of head.split("\n")) {
    if (line.startsWith("#")) continue;
    return line.startsWith("file");
  }
  return false;
}
