/**
 * Loads the native addon: the one file that knows where it lies. What it exports is typed here as
 * it is; the doors for the rest of the house stand beside this file, each with its portable twin.
 *
 * A server without the addon works as well: whoever asks gets the reason why it is not there.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

/** The native side of one transport; see src/net/transport.ts for what each does. */
export interface NativeReactor {
  readonly input: ArrayBuffer;
  readonly table: ArrayBuffer;
  readonly output: ArrayBuffer;
  readonly runs: ArrayBuffer;
  readonly control: ArrayBuffer;
  readonly stats: ArrayBuffer;
  configure(maxBulkBytes: number, maxQueryBytes: number, keepAliveSeconds: number): void;
  /** The listener's id, or a negative errno. */
  listenTcp(ip: string, port: number, backlog: number): number;
  listenUnix(path: string, mode: number, backlog: number): number;
  closeListener(id: number): void;
  listenerPort(id: number): number;
  /** 0, or a negative errno. */
  start(onTurn: (records: number) => number): number;
  /** Runs the turns that are due; nothing inside of a turn. */
  poll(): void;
  flush(runs: number, waits: number): void;
  close(slot: number, afterOutput: boolean): void;
  /** Closes every client at once. */
  closeAll(): void;
  hold(slot: number, start: number): void;
  resume(slot: number): void;
  /** 1: small pieces leave at once; 0: they wait until there is more. */
  setNoDelay(slot: number, isOn: number): void;
  addressOf(slot: number): {
    remote: string;
    local: string;
    remoteIp: string;
    isUnix: boolean;
    fd: number;
  };
  registerSegment(index: number, bytes: Uint8Array): void;
  /** Closes listeners, and clients after their output; `onStopped` is the last call. */
  stop(onStopped: () => void): void;
}

export interface NativeAddon {
  /** target[i] = a[i] op b[i]; see bit-operations.ts for the operations and the sizes. */
  bitCombine(
    operation: number,
    target: Uint8Array,
    targetAt: number,
    a: Uint8Array,
    aAt: number,
    b: Uint8Array,
    bAt: number,
    length: number,
  ): void;
  /** Bits that are set in [offset, offset + length). */
  bitCount(bytes: Uint8Array, offset: number, length: number): number;
  /** How many bytes stand before the first that is not `byte`; `length` when there is none. */
  bitFindOther(bytes: Uint8Array, offset: number, length: number, byte: number): number;
  /** Takes [offset, offset + length) into a CRC64 of eight bytes, least significant first. */
  crc64Update(state: Uint8Array, bytes: Uint8Array, offset: number, length: number): void;
  /** Throws when the system refuses the memory. */
  createReactor(maxSlots: number, key0: number, key1: number): NativeReactor;
  /** HalfSipHash-1-3 of [offset, offset + length); unsigned. The crossing costs about 120 ns, so
   * the twin (base/half-sip-hash.ts) is faster below some 100 bytes. */
  halfSipHash13(
    bytes: Uint8Array,
    offset: number,
    length: number,
    key0: number,
    key1: number,
  ): number;
  /** As `Lzf.compress` of base/lzf.ts. */
  lzfCompress(
    bytes: Uint8Array,
    offset: number,
    length: number,
    out: Uint8Array,
    outOffset: number,
    room: number,
  ): number;
  /** As `Lzf.decompress` of base/lzf.ts; 1 for true. */
  lzfDecompress(
    bytes: Uint8Array,
    offset: number,
    size: number,
    out: Uint8Array,
    outOffset: number,
    length: number,
  ): number;
  /** Gives the whole pages inside the range back to the system; returns how many bytes. */
  memoryAdvise(bytes: Uint8Array, offset: number, length: number): number;
  /** Has a thread put memory behind the whole pages inside the range, which keep what they hold. */
  memoryPopulate(bytes: Uint8Array, offset: number, length: number): void;
  /** Asks the system for huge pages behind the bytes; 1 when it took the advice, else 0. */
  memoryPreferHuge(bytes: Uint8Array): number;
  /** Sets the soft and hard limit of open files; 0, or the errno of the refusal. */
  setFileLimit(files: number): number;
  /** Sends a state to the socket of sd_notify(3); 0 or errno. */
  notifySupervisor(socketName: string, state: string): number;
  /** Writes the records of all complete requests in `bytes`; returns the words written. About 45 ns
   * for a SET with a short key, a fifth of the twin (protocol/request-scanner.ts), which is never
   * faster. */
  scan(
    bytes: Uint8Array,
    table: Uint8Array,
    maxBulkBytes: number,
    isUnauthenticated: boolean,
    key0: number,
    key1: number,
  ): number;
}

export type AddonResult =
  | { readonly addon: NativeAddon }
  | { readonly addon: undefined; readonly reason: string };

const ADDON_FILE = "native/build/Release/redis_native.node";
/** From this file to the project: as tsc writes it (dist/src/native), and bundled (dist). */
const PATHS_TO_PROJECT = ["../../..", ".."];

/** The addon, or why it cannot be had. `REDIS_NATIVE_ADDON=off` forces the portable twins. */
export function loadAddon(): AddonResult {
  if (process.env.REDIS_NATIVE_ADDON === "off") {
    return { addon: undefined, reason: "switched off by REDIS_NATIVE_ADDON" };
  }
  try {
    const files = PATHS_TO_PROJECT.map((up) => path.join(__dirname, up, ADDON_FILE));
    const file = files.find((candidate) => existsSync(candidate)) ?? files[0];
    return { addon: createRequire(__filename)(file) as NativeAddon };
  } catch (error) {
    return { addon: undefined, reason: error instanceof Error ? error.message : String(error) };
  }
}
