import { latin1Bytes } from "../base/bytes";
import type { Arguments } from "./arguments";
import type { KeyFlag, KeySpec } from "./key-spec";

/**
 * Which arguments of a request are keys, and what the command does with each: for ACL rules, COMMAND
 * GETKEYS, client-side caching and cluster slots.
 *
 * It reads the specs of a command; it decides nothing about keys. What always holds: positions found
 * lie among the request's arguments. Asking allocates nothing, but that a list may grow once.
 */

/** In the order in which COMMAND shows them; a flag's bit is its place here. */
export const KEY_FLAGS: readonly KeyFlag[] = [
  "RO",
  "RW",
  "OW",
  "RM",
  "access",
  "update",
  "insert",
  "delete",
  "not_key",
  "incomplete",
  "variable_flags",
];

/** The bits of key flags. */
export function keyFlagBits(...flags: readonly KeyFlag[]): number {
  return flags.reduce((bits, flag) => bits | (1 << KEY_FLAGS.indexOf(flag)), 0);
}

const NOT_KEY = keyFlagBits("not_key");
const INCOMPLETE = keyFlagBits("incomplete");
const VARIABLE_FLAGS = keyFlagBits("variable_flags");

/** A list of keys among arguments, to be used again and again. */
export class KeyPositions {
  count = 0;
  #indices = new Int32Array(16);
  #flags = new Int32Array(16);

  clear(): void {
    this.count = 0;
  }

  add(index: number, flags: number): void {
    if (this.count === this.#indices.length) {
      const indices = new Int32Array(this.count * 2);
      indices.set(this.#indices);
      this.#indices = indices;
      const bits = new Int32Array(this.count * 2);
      bits.set(this.#flags);
      this.#flags = bits;
    }
    this.#indices[this.count] = index;
    this.#flags[this.count++] = flags;
  }

  /** The argument of the n-th key. */
  indexAt(n: number): number {
    return this.#indices[n];
  }

  /** Bits of the n-th key's flags. */
  flagsAt(n: number): number {
    return this.#flags[n];
  }
}

/** Adds the keys of a request to `found`; false when its arguments are wrong. */
export type MovableKeys = (args: Arguments, found: KeyPositions) => boolean;

/** A spec made ready: its keyword as bytes, its flags as bits. */
interface ReadySpec {
  readonly spec: KeySpec;
  readonly flags: number;
  readonly keyword: Uint8Array;
}

/** The keys of one command. */
export class CommandKeys {
  readonly #specs: readonly ReadySpec[];
  readonly #tell: MovableKeys | undefined;
  readonly #specsSuffice: boolean;

  constructor(specs: readonly KeySpec[], movableKeys: MovableKeys | undefined) {
    const ready = specs.map((keys) => ({
      spec: keys,
      flags: keyFlagBits(...keys.flags),
      keyword:
        typeof keys.begin === "object" && "keyword" in keys.begin
          ? latin1Bytes(keys.begin.keyword.toLowerCase())
          : new Uint8Array(0),
    }));
    this.#specs = ready.filter(({ flags }) => (flags & NOT_KEY) === 0);
    this.#tell = movableKeys;
    const vary = this.#specs.some(({ flags }) => (flags & VARIABLE_FLAGS) !== 0);
    this.#specsSuffice = movableKeys === undefined || !vary;
  }

  /** Whether requests of this command can have keys at all. */
  get exist(): boolean {
    return this.#specs.length > 0 || this.#tell !== undefined;
  }

  /**
   * Finds the keys of a request whose arity is right. Returns false, with nothing found, when its
   * arguments do not tell them.
   */
  find(args: Arguments, found: KeyPositions): boolean {
    found.clear();
    if (this.#specsSuffice && this.#specs.length > 0 && this.#findBySpecs(args, found)) return true;
    found.clear();
    if (this.#tell?.(args, found) === true) return true;
    found.clear();
    return false;
  }

  #findBySpecs(args: Arguments, found: KeyPositions): boolean {
    for (const ready of this.#specs) {
      const first = firstOf(ready, args);
      if (first === 0) continue;
      if (first < 0 || !addKeys(ready, first, args, found)) return false;
    }
    return true;
  }
}

/** Where the keys of a spec begin: 0 where its keyword is absent, -1 where it cannot tell. */
function firstOf({ spec, keyword }: ReadySpec, args: Arguments): number {
  const { begin } = spec;
  if (begin === "unknown") return -1;
  if ("index" in begin) return begin.index;
  const forward = begin.startFrom > 0;
  const end = forward ? args.count - 1 : 1;
  const step = forward ? 1 : -1;
  for (let i = forward ? begin.startFrom : args.count + begin.startFrom; ; i += step) {
    if (forward ? i >= end : i <= end) return 0;
    if (args.is(i, keyword)) return i + 1;
  }
}

/** Adds the keys of a spec; false when the arguments do not fit it, or it does not tell all. */
function addKeys({ spec, flags }: ReadySpec, begin: number, args: Arguments, found: KeyPositions) {
  const { find } = spec;
  if (find === "unknown") return false;
  let first = begin;
  let last: number;
  if ("keynumAt" in find) {
    const countAt = begin + find.keynumAt;
    const keys = countAt < args.count ? args.safeInteger(countAt) : Number.NaN;
    if (Number.isNaN(keys)) return false;
    first += find.firstKey;
    last = first + (keys - 1) * find.step;
  } else if (find.last >= 0) {
    last = first + find.last;
  } else if (find.limit === 0) {
    last = args.count + find.last;
  } else {
    last = first + Math.floor((args.count - first) / find.limit) + find.last;
  }
  if (last < first || last >= args.count) return false;
  for (let i = first; i <= last; i += find.step) found.add(i, flags);
  return (flags & INCOMPLETE) === 0;
}
