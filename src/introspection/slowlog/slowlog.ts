import { latin1Bytes } from "../../base/bytes";
import type { SessionCall } from "../../session/session-call";

/**
 * The log of slow commands: who sent what, when, and how long it took. It lives in memory only.
 *
 * What always holds: entries are in the order of their ids, at most `mostEntries` of them; an entry
 * keeps at most 32 arguments of about 128 bytes each; what a command redacted is not in it.
 */

const MOST_ARGUMENTS = 32;
const MOST_ARGUMENT_BYTES = 128;
const REDACTED = latin1Bytes("(redacted)");
/** Entries that were dropped are taken out of the list so many at a time. */
const DROPPED_AT_ONCE = 1024;

export interface SlowlogEntry {
  readonly id: number;
  /** Seconds since 1970. */
  readonly timeSeconds: number;
  readonly durationUs: number;
  readonly args: readonly Uint8Array[];
  /** Address and name of the client, as byte text. */
  readonly address: string;
  readonly clientName: string;
}

export class Slowlog {
  mostEntries = 128;
  /** Oldest first; those before `#first` have been dropped. */
  #entries: SlowlogEntry[] = [];
  #first = 0;
  #nextId = 0;

  get length(): number {
    return this.#entries.length - this.#first;
  }

  /** The n-th entry from the newest. */
  at(n: number): SlowlogEntry | undefined {
    return n < this.length ? this.#entries[this.#entries.length - 1 - n] : undefined;
  }

  /** Adds what `call` has run, its client and arguments being those of the slow command. */
  add(call: SessionCall, nowMs: number, durationUs: number): void {
    const { client } = call;
    this.#entries.push({
      id: this.#nextId++,
      timeSeconds: Math.floor(nowMs / 1000),
      durationUs: Math.floor(durationUs),
      args: shownArguments(call),
      address: client.address.remote,
      clientName: client.name,
    });
    if (this.length > this.mostEntries) this.#drop(this.length - this.mostEntries);
  }

  /** Forgets all entries; ids go on. */
  reset(): void {
    this.#entries = [];
    this.#first = 0;
  }

  #drop(count: number): void {
    this.#first += count;
    if (this.#first < DROPPED_AT_ONCE && this.#first < this.#entries.length) return;
    this.#entries.splice(0, this.#first);
    this.#first = 0;
  }
}

/** The arguments as the log keeps them: what is too long or too many is told by its number. */
function shownArguments(call: SessionCall): Uint8Array[] {
  const { args } = call;
  const cuts = args.count > MOST_ARGUMENTS;
  const whole = cuts ? MOST_ARGUMENTS - 1 : args.count;
  const shown: Uint8Array[] = [];
  for (let i = 0; i < whole; i++) shown.push(shownArgument(call, i));
  if (cuts) shown.push(latin1Bytes(`... (${args.count - whole} more arguments)`));
  return shown;
}

function shownArgument(call: SessionCall, index: number): Uint8Array {
  if (call.isRedacted(index)) return REDACTED;
  const { args } = call;
  const length = args.length(index);
  if (length <= MOST_ARGUMENT_BYTES) return args.copy(index);
  const at = args.offset(index);
  const rest = latin1Bytes(`... (${length - MOST_ARGUMENT_BYTES} more bytes)`);
  const shown = new Uint8Array(MOST_ARGUMENT_BYTES + rest.length);
  shown.set(args.input.subarray(at, at + MOST_ARGUMENT_BYTES));
  shown.set(rest, MOST_ARGUMENT_BYTES);
  return shown;
}
