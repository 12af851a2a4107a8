import { splitArguments } from "../base/quoting";
import type { Pipeline } from "../command/pipeline";
import {
  EVENT_ACCEPT_FAILED,
  EVENT_ACCEPTED,
  EVENT_BIT,
  EVENT_CLOSED,
  EVENT_INLINE,
  EVENT_PROTOCOL_ERROR,
  RECORD_HEADER_WORDS,
  type Transport,
} from "../net/transport";
import { DISCARD } from "../protocol/reply-writer";
import { type Client, REPLY_OFF, REPLY_ON, REPLY_SKIP_NEXT, REPLY_SKIP_THIS } from "./client";
import { protocolErrorText, UNBALANCED_QUOTES } from "./protocol-error-text";
import type { ScratchRequest } from "./scratch-request";
import type { SessionCall } from "./session-call";

/** What a role adds to the turn. */
export interface TurnHost<C extends SessionCall> {
  /** Before anything of the turn is run: sets the clocks. Returns the time in ms since 1970. */
  readonly beginTurn: () => number;
  /** After everything is run and before anything is sent: durability, replicas. */
  readonly endTurn: () => void;
  /** A new client; returns an error line to refuse it with, or undefined. */
  readonly admit: (client: Client) => string | undefined;
  readonly closed: (client: Client, reason: number) => void;
  readonly acceptFailed: (errno: number) => void;
  readonly protocolError: (call: C, text: string) => void;
  /** Looks ahead at the next records, `left` of them from table word `at`; every LOOK_AHEAD-th. */
  readonly lookAhead: (at: number, left: number) => void;
}

/** Records between two calls of `lookAhead`. */
export const LOOK_AHEAD = 32;

const NAME_HASH_WORD = 2;
const START_WORD = 4;

/**
 * The turn: walks the records that the transport found and runs each command through the pipeline.
 *
 * It knows records, clients and replies, no command. What always holds: a client's commands are run
 * in their order; nothing of a client that is closing or held is run; replies leave only after
 * `endTurn`.
 */
export class TurnLoop<C extends SessionCall> {
  readonly #transport: Transport;
  readonly #pipeline: Pipeline<C>;
  readonly #call: C;
  readonly #host: TurnHost<C>;
  readonly #inline: ScratchRequest;
  readonly #table: Uint32Array;

  constructor(
    transport: Transport,
    pipeline: Pipeline<C>,
    call: C,
    host: TurnHost<C>,
    inline: ScratchRequest,
  ) {
    this.#transport = transport;
    this.#pipeline = pipeline;
    this.#call = call;
    this.#host = host;
    this.#inline = inline;
    this.#table = transport.memory.table;
  }

  start(): void {
    this.#transport.start((records) => this.turn(records));
  }

  /** Runs a turn of `records` records; returns the number of runs to send. */
  turn(records: number): number {
    const table = this.#table;
    const call = this.#call;
    call.nowMs = this.#host.beginTurn();
    this.#pipeline.beginTurn();
    let current: Client | undefined;
    let at = 0;
    for (let record = 0; record < records; record++) {
      if (record % LOOK_AHEAD === 0) this.#host.lookAhead(at, records - record);
      const count = table[at + 1];
      if (count >= EVENT_BIT) {
        current = undefined;
        this.#pipeline.endRun(call);
        this.#event(at, count - EVENT_BIT);
        at += count - EVENT_BIT === EVENT_INLINE ? RECORD_HEADER_WORDS + 2 : RECORD_HEADER_WORDS;
        continue;
      }
      const client = call.clients.bySlot[table[at]];
      if (client !== undefined && !client.closing && !client.held) {
        if (client !== current) {
          current = client;
          this.#turnTo(client);
        }
        call.args.set(at + RECORD_HEADER_WORDS, count);
        this.#execute(client, table[at + NAME_HASH_WORD]);
        if (client.replyMode !== REPLY_ON) current = undefined;
      }
      at += RECORD_HEADER_WORDS + count * 2;
    }
    this.#pipeline.endRun(call);
    return this.finish();
  }

  /** Ends a turn, or what was written between turns; returns the runs that are left to send. */
  finish(): number {
    this.#host.endTurn();
    const runs = this.#call.reply.endTurn();
    if (!this.#call.clients.hasClosing) return runs;
    if (runs > 0) this.#transport.flush(runs);
    this.#call.clients.closePending();
    return 0;
  }

  /** Sends what was written outside of a turn (a timer, a worker's message). */
  flushOutside(): void {
    const runs = this.finish();
    if (runs > 0) this.#transport.flush(runs);
  }

  /** Holds a client's requests from the one that is being run now, or from the next one. */
  hold(client: Client, withCurrent: boolean): void {
    const record = this.#call.args.base - RECORD_HEADER_WORDS;
    const isScratch = record >= this.#table.length / 2;
    client.held = true;
    if (isScratch) {
      this.#transport.hold(client.slot, -1);
    } else if (withCurrent) {
      this.#transport.hold(client.slot, this.#table[record + START_WORD]);
    } else {
      const next = record + RECORD_HEADER_WORDS + this.#call.args.count * 2;
      const isOwn = this.#table[next] === client.slot;
      this.#transport.hold(client.slot, isOwn ? this.#table[next + START_WORD] : -1);
    }
  }

  resume(client: Client): void {
    client.held = false;
    this.#transport.resume(client.slot);
  }

  #turnTo(client: Client): void {
    const call = this.#call;
    call.client = client;
    call.reply.resp3 = client.resp3;
    client.lastInteractionMs = call.nowMs;
    const isSilent = client.replyMode === REPLY_OFF || client.replyMode === REPLY_SKIP_THIS;
    call.reply.begin(isSilent ? DISCARD : client.slot);
  }

  #execute(client: Client, hash: number): void {
    client.commandCount++;
    this.#pipeline.execute(this.#call, hash);
    if (client.replyMode === REPLY_SKIP_THIS) client.replyMode = REPLY_ON;
    else if (client.replyMode === REPLY_SKIP_NEXT) client.replyMode = REPLY_SKIP_THIS;
  }

  #event(at: number, kind: number): void {
    const table = this.#table;
    const slot = table[at];
    const aux = table[at + 2];
    if (kind === EVENT_ACCEPTED) {
      this.#accepted(slot);
    } else if (kind === EVENT_CLOSED) {
      const client = this.#call.clients.forget(slot);
      if (client !== undefined) this.#host.closed(client, aux);
    } else if (kind === EVENT_ACCEPT_FAILED) {
      this.#host.acceptFailed(aux);
    } else {
      const client = this.#call.clients.bySlot[slot];
      if (client === undefined || client.closing || client.held) return;
      this.#turnTo(client);
      if (kind === EVENT_PROTOCOL_ERROR) this.#protocolError(client, protocolErrorText(aux));
      else if (kind === EVENT_INLINE) this.#inlineCommand(client, at);
    }
  }

  #accepted(slot: number): void {
    const call = this.#call;
    const client = call.clients.open(slot, call.nowMs);
    const refusal = this.#host.admit(client);
    if (refusal === undefined) return;
    this.#turnTo(client);
    call.reply.error(refusal);
    call.clients.closeAfterReply(client);
  }

  #protocolError(client: Client, text: string): void {
    this.#call.reply.error(`ERR Protocol error: ${text}`);
    this.#host.protocolError(this.#call, text);
    this.#call.clients.closeAfterReply(client);
  }

  #inlineCommand(client: Client, at: number): void {
    const { input } = this.#call.args;
    const parts = splitArguments(input, this.#table[at + 5], this.#table[at + 6]);
    if (parts === undefined) {
      this.#protocolError(client, UNBALANCED_QUOTES);
      return;
    }
    if (parts.length === 0) return;
    this.#execute(client, this.#inline.write(parts));
    this.#pipeline.endRun(this.#call);
  }
}
