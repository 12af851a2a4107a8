import { latin1Bytes } from "../base/bytes";
import type { Clock } from "../base/clock";
import { quoteBytes } from "../base/quoting";
import type { Client } from "./client";
import type { Clients } from "./clients";
import { deliver } from "./deliver";
import type { SessionCall } from "./session-call";

/** Arguments are quoted in pieces of this size: a quoted one may be longer than a string can be. */
const PIECE_BYTES = 64 * 1024;
const LINE_END = latin1Bytes("\r\n");
const REDACTED = latin1Bytes(' "(redacted)"');
const SPACE_QUOTE = latin1Bytes(' "');
const QUOTE = latin1Bytes('"');

/**
 * The clients that watch all commands (MONITOR), and the lines they get:
 * `+1339518083.107412 [0 127.0.0.1:60866] "keys" "*"`.
 *
 * A command is shown when it has been run, with the database it left behind, as Redis does.
 */
export class Monitors {
  readonly #clock: Clock;
  readonly #watching = new Set<Client>();
  #setGate: (raised: boolean) => void = () => undefined;

  constructor(clients: Clients, clock: Clock) {
    this.#clock = clock;
    clients.whenGone((client) => this.remove(client));
  }

  /** Called once, with what raises the gate `monitored` for everybody. */
  attach(setGate: (raised: boolean) => void): void {
    this.#setGate = setGate;
  }

  get count(): number {
    return this.#watching.size;
  }

  add(client: Client): void {
    client.isMonitor = true;
    this.#watching.add(client);
    this.#setGate(true);
  }

  remove(client: Client): void {
    if (!this.#watching.delete(client)) return;
    client.isMonitor = false;
    if (this.#watching.size === 0) this.#setGate(false);
  }

  /**
   * Shows the command whose arguments `call` holds to every monitor.
   * @param source who runs it: an address as `sourceOf` gives it, or `lua` for a script.
   */
  feed(call: SessionCall, source: string): void {
    if (this.#watching.size === 0) return;
    const parts = this.#line(call, source);
    for (const monitor of this.#watching) deliver(call.reply, monitor, parts);
  }

  #line(call: SessionCall, source: string): Uint8Array[] {
    const { args } = call;
    const nowUs = this.#clock.nowUs();
    const seconds = Math.floor(nowUs / 1e6);
    const fraction = String(nowUs % 1e6).padStart(6, "0");
    const head = `+${seconds}.${fraction} [${call.client.db} ${source}]`;
    const parts: Uint8Array[] = [Buffer.from(head)];
    for (let index = 0; index < args.count; index++) {
      if (call.isRedacted(index)) parts.push(REDACTED);
      else parts.push(...quotedPieces(args.input, args.offset(index), args.length(index)));
    }
    parts.push(LINE_END);
    return parts;
  }
}

/** Where a client comes from, as MONITOR shows it. */
export function sourceOf(client: Client): string {
  const { isUnix, remote } = client.address;
  return isUnix ? `unix:${remote.slice(0, remote.lastIndexOf(":"))}` : remote;
}

function* quotedPieces(
  bytes: Uint8Array,
  at: number,
  length: number,
): IterableIterator<Uint8Array> {
  yield SPACE_QUOTE;
  const end = at + length;
  for (let from = at; from < end; from += PIECE_BYTES) {
    const quoted = quoteBytes(bytes, from, Math.min(PIECE_BYTES, end - from));
    yield Buffer.from(quoted.slice(1, -1), "latin1");
  }
  yield QUOTE;
}
