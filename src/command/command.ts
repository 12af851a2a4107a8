import { latin1Bytes } from "../base/bytes";
import type { LatencyHistogram } from "../base/latency-histogram";
import { CommandKeys } from "./key-positions";
import type { CommandFlag, CommandSpec } from "./spec";

/**
 * A command as the pipeline uses it: a spec made ready, with its statistics.
 *
 * Statistics are kept in one Float64Array so that counting allocates nothing.
 */
export const STAT_CALLS = 0;
export const STAT_USEC = 1;
export const STAT_REJECTED = 2;
export const STAT_FAILED = 3;
const STAT_COUNT = 4;

/** Bits of `Command.flags`, for tests on the hot path. */
export const COMMAND_WRITE = 1;
export const COMMAND_READONLY = 2;
export const COMMAND_DENYOOM = 4;
export const COMMAND_ADMIN = 8;
export const COMMAND_FAST = 16;
export const COMMAND_NO_AUTH = 32;
export const COMMAND_LOADING = 64;
export const COMMAND_STALE = 128;
export const COMMAND_SKIP_MONITOR = 256;
export const COMMAND_SKIP_SLOWLOG = 512;
export const COMMAND_BLOCKING = 1024;
export const COMMAND_NO_MULTI = 2048;
export const COMMAND_PUBSUB = 4096;
export const COMMAND_NOSCRIPT = 8192;
export const COMMAND_MAY_REPLICATE = 16384;
export const COMMAND_NO_ASYNC_LOADING = 32768;

const FLAG_BITS: ReadonlyMap<CommandFlag, number> = new Map([
  ["write", COMMAND_WRITE],
  ["readonly", COMMAND_READONLY],
  ["denyoom", COMMAND_DENYOOM],
  ["admin", COMMAND_ADMIN],
  ["fast", COMMAND_FAST],
  ["no_auth", COMMAND_NO_AUTH],
  ["loading", COMMAND_LOADING],
  ["stale", COMMAND_STALE],
  ["skip_monitor", COMMAND_SKIP_MONITOR],
  ["skip_slowlog", COMMAND_SKIP_SLOWLOG],
  ["blocking", COMMAND_BLOCKING],
  ["no_multi", COMMAND_NO_MULTI],
  ["pubsub", COMMAND_PUBSUB],
  ["noscript", COMMAND_NOSCRIPT],
  ["may_replicate", COMMAND_MAY_REPLICATE],
  ["no_async_loading", COMMAND_NO_ASYNC_LOADING],
]);

/** What a container command needs of the table of its subcommands. */
export interface CommandLookup<C> {
  readonly commands: readonly Command<C>[];
  all(): IterableIterator<Command<C>>;
  lookup(name: Uint8Array, at: number, length: number, hash: number): Command<C> | undefined;
  find(name: string): Command<C> | undefined;
}

function noHandler(): void {
  throw new Error("a container command has no handler of its own");
}

export class Command<C> {
  readonly spec: CommandSpec<C>;
  /** Own name, lower case, as bytes. */
  readonly nameBytes: Uint8Array;
  /** `name` or `container|name`: what errors, INFO and SLOWLOG show. */
  readonly fullName: string;
  readonly flags: number;
  readonly minArguments: number;
  readonly maxArguments: number;
  readonly handler: (call: C) => void;
  readonly subcommands: CommandLookup<C> | undefined;
  /** How long calls took, where that is tracked. */
  latencies: LatencyHistogram | undefined;
  /** Short calls of this command one after the other may share one reading of the clock. */
  readonly isMeasuredInRuns: boolean;
  /** Which arguments of a request are keys. */
  readonly keys: CommandKeys;
  readonly stats = new Float64Array(STAT_COUNT);
  /** Bits of the pipeline's gates that can stop this command; set by the pipeline. */
  gates = 0;

  constructor(spec: CommandSpec<C>, container: string, subcommands: CommandLookup<C> | undefined) {
    this.spec = spec;
    this.nameBytes = latin1Bytes(spec.name);
    this.fullName = container === "" ? spec.name : `${container}|${spec.name}`;
    this.flags = spec.flags.reduce((bits, flag) => bits | (FLAG_BITS.get(flag) ?? 0), 0);
    this.minArguments = Math.abs(spec.arity);
    this.maxArguments = spec.arity < 0 ? Number.MAX_SAFE_INTEGER : spec.arity;
    this.handler = spec.handler ?? noHandler;
    this.subcommands = subcommands;
    const isShort = this.has(COMMAND_FAST) || spec.isConstantTime === true;
    // What anybody may run before logging in may hold a password, and is looked at by itself; what
    // may block is not counted before it is over.
    this.isMeasuredInRuns = isShort && !this.has(COMMAND_NO_AUTH | COMMAND_BLOCKING);
    this.keys = new CommandKeys(spec.keys ?? [], spec.movableKeys);
  }

  /** CONFIG RESETSTAT. */
  resetStatistics(): void {
    this.stats.fill(0);
    this.latencies = undefined;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }
}
