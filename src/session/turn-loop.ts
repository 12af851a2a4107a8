import { splitArguments } from "../base/quoting";
import type { Command } from "../command/command";
import type { Pipeline } from "../command/pipeline";
import {
  EVENT_ACCEPT_FAILED,
  EVENT_ACCEPTED,
  EVENT_CLOSED,
  type SlotAddress,
  type Transport,
} from "../net/transport";
import { DISCARD } from "../protocol/reply-writer";
import {
  EVENT_BIT,
  EVENT_INLINE,
  EVENT_PROTOCOL_ERROR,
  RECORD_HEADER_WORDS,
} from "../protocol/request-record";
import {
  AFTER_CACHING,
  AFTER_PUSHES,
  type Client,
  REPLY_OFF,
  REPLY_ON,
  REPLY_SKIP_NEXT,
  REPLY_SKIP_THIS,
} from "./client";
import { type ProtocolBreach, protocolBreach, UNBALANCED_QUOTES } from "./protocol-breach";
import type { Pushes } from "./pushes";
import { NO_WORDS, type ScratchRequest } from "./scratch-request";
import type { SessionCall } from "./session-call";
import { TurnTimes } from "./turn-times";

/** Who decides on new connections and is told of those that end; see door.ts. */
export interface TurnDoor {
  /** The error line to refuse a new connection with, or undefined: it becomes a client. */
  refusal(address: SlotAddress): string | undefined;
  opened(client: Client): void;
  closed(client: Client, reason: number): void;
  acceptFailed(errno: number): void;
  protocolError(client: Client, text: string): void;
}

/** What a role adds to the turn. */
export interface TurnHost {
  /** Before anything of the turn is run: sets the clocks. Returns the time in ms since 1970. */
  readonly beginTurn: () => number;
  /** The clock of the pipeline. */
  readonly monotonicMs: () => number;
  /** After everything is run and before anything is sent: durability, replicas. */
  readonly endTurn: () => void;
  readonly door: TurnDoor;
  /** What must not be sent amid a reply. */
  readonly pushes: Pick<Pushes, "flush">;
  /** Looks ahead at the next records, `left` of them from table word `at`; every LOOK_AHEAD-th. */
  readonly lookAhead: (at: number, left: number) => void;
}

/** Records between two calls of `lookAhead`. */
export const LOOK_AHEAD = 32;

const US_PER_MS = 1000;
const NAME_HASH_WORD = 2;
const START_WORD = 4;
/** Words behind the header of an inline record: offset and length of its line. */
const INLINE_WORDS = 2;

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
  readonly #host: TurnHost;
  readonly #scratch: ScratchRequest;
  readonly #table: Uint32Array;
  /** Times that requests of a client were taken up, and runs of replies sent (INFO stats). */
  reads = 0;
  writes = 0;
  readonly times = new TurnTimes();
  /** The record being run, as its table word, and how many come after it; -1 for none. */
  #recordAt = -1;
  #recordsLeft = 0;
  #isInTurn = false;

  constructor(
    transport: Transport,
    pipeline: Pipeline<C>,
    call: C,
    host: TurnHost,
    scratch: ScratchRequest,
  ) {
    this.#transport = transport;
    this.#pipeline = pipeline;
    this.#call = call;
    this.#host = host;
    this.#scratch = scratch;
    this.#table = transport.memory.table;
  }

  /** Whose command is being run; undefined outside of a turn. */
  get runningClient(): Client | undefined {
    return this.#recordAt < 0 ? undefined : this.#call.client;
  }

  /** Whether commands are being run, or what they replied is being sent. */
  get isInTurn(): boolean {
    return this.#isInTurn;
  }

  start(): void {
    this.#transport.start((records) => this.turn(records));
  }

  /** Runs a turn of `records` records; returns the number of runs to send. */
  turn(records: number): number {
    const table = this.#table;
    const call = this.#call;
    this.#isInTurn = true;
    call.nowMs = this.#host.beginTurn();
    const beganUs = this.#pipeline.beginTurn();
    let current: Client | undefined;
    let at = 0;
    for (let record = 0; record < records; record++) {
      if (record % LOOK_AHEAD === 0) this.#host.lookAhead(at, records - record);
      const count = table[at + 1];
      const isInline = count === EVENT_BIT + EVENT_INLINE;
      this.#recordAt = at;
      this.#recordsLeft = records - record - 1;
      if (count >= EVENT_BIT && !isInline) {
        current = undefined;
        // What an event takes belongs to no command before or behind it.
        this.#pipeline.endRun(call);
        this.#event(at, count - EVENT_BIT);
        this.#pipeline.endRun(call);
        this.#pipeline.beginTurn();
        at += RECORD_HEADER_WORDS;
        continue;
      }
      const client = call.clients.bySlot[table[at]];
      if (client !== undefined && !client.closing && !client.held) {
        if (client !== current) {
          current = client;
          this.#turnTo(client);
        }
        const beginsAnew = isInline ? this.#inline(client, at) : this.#request(client, at, count);
        if (beginsAnew) current = undefined;
      }
      at += RECORD_HEADER_WORDS + (isInline ? INLINE_WORDS : count * 2);
    }
    this.#recordAt = -1;
    this.#pipeline.endRun(call);
    const runs = this.finish();
    this.#isInTurn = false;
    this.times.add(this.#host.monotonicMs() - beganUs / US_PER_MS);
    return runs;
  }

  /** Ends a turn, or what was written between turns; returns the runs that are left to send. */
  finish(): number {
    // Nobody is being answered any more, so messages need not wait for the end of a reply.
    this.#call.reply.begin(DISCARD);
    this.#host.endTurn();
    const runs = this.#call.reply.endTurn();
    this.writes += runs;
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
    client.held = true;
    client.heldWithCurrent = withCurrent;
    this.#transport.hold(client.slot, this.#startOfHeld(client, withCurrent));
  }

  resume(client: Client): void {
    client.held = false;
    // A command that blocked is over only now, and with it what it used up of CLIENT REPLY SKIP.
    if (!client.heldWithCurrent) advanceReplyMode(client);
    this.#transport.resume(client.slot);
  }

  /** Makes `client` the one being answered while `run` runs, amid another's command or outside. */
  answering(client: Client, run: () => void): void {
    const call = this.#call;
    const { client: answered, reply } = call;
    const { slot, resp3 } = reply;
    call.client = client;
    this.#beginReply(client);
    run();
    if ((client.after & AFTER_PUSHES) !== 0) this.#host.pushes.flush(reply, client);
    call.client = answered;
    reply.resp3 = resp3;
    reply.begin(slot);
  }

  /** Where in this turn's bytes begins what the client is not to run; -1 when there is nothing. */
  #startOfHeld(client: Client, withCurrent: boolean): number {
    const table = this.#table;
    const at = this.#recordAt;
    if (at < 0 || table[at] !== client.slot) return -1;
    if (withCurrent) return table[at + START_WORD];
    const isInline = table[at + 1] === EVENT_BIT + EVENT_INLINE;
    const words = isInline ? INLINE_WORDS : table[at + 1] * 2;
    const next = at + RECORD_HEADER_WORDS + words;
    const isOwn = this.#recordsLeft > 0 && table[next] === client.slot;
    return isOwn ? table[next + START_WORD] : -1;
  }

  #turnTo(client: Client): void {
    const call = this.#call;
    this.reads++;
    call.client = client;
    client.lastInteractionMs = call.nowMs;
    this.#beginReply(client);
  }

  #beginReply(client: Client): void {
    const { reply } = this.#call;
    reply.resp3 = client.resp3;
    const isSilent = client.replyMode === REPLY_OFF || client.replyMode === REPLY_SKIP_THIS;
    reply.begin(isSilent ? DISCARD : client.slot);
  }

  /** Runs one command; true when the next one's reply has to be begun anew. */
  #execute(client: Client, hash: number): boolean {
    client.commandCount++;
    const command = this.#pipeline.execute(this.#call, hash);
    client.lastCommand = command as Command<never> | undefined;
    if (client.after === 0) return false;
    if ((client.after & AFTER_PUSHES) !== 0) this.#host.pushes.flush(this.#call.reply, client);
    if ((client.after & AFTER_CACHING) !== 0) endCaching(client);
    if (client.replyMode === REPLY_ON) return false;
    // A command that is held has not been run yet, or not to its end.
    if (!client.held) advanceReplyMode(client);
    return true;
  }

  /** What is no request: connections that come and go, broken protocol. */
  #event(at: number, kind: number): void {
    const table = this.#table;
    const slot = table[at];
    const aux = table[at + 2];
    if (kind === EVENT_ACCEPTED) {
      this.#accepted(slot);
    } else if (kind === EVENT_CLOSED) {
      const client = this.#call.clients.forget(slot);
      if (client !== undefined) this.#host.door.closed(client, aux);
    } else if (kind === EVENT_ACCEPT_FAILED) {
      this.#host.door.acceptFailed(aux);
    } else if (kind === EVENT_PROTOCOL_ERROR) {
      const client = this.#call.clients.bySlot[slot];
      if (client === undefined || client.closing || client.held) return;
      this.#turnTo(client);
      this.#protocolError(client, protocolBreach(aux));
    }
  }

  #accepted(slot: number): void {
    const { clients, reply, nowMs } = this.#call;
    const { door } = this.#host;
    const address = this.#transport.addressOf(slot);
    const refusal = door.refusal(address);
    if (refusal === undefined) {
      door.opened(clients.open(slot, address, nowMs));
      return;
    }
    reply.begin(slot);
    reply.error(refusal);
    clients.closeSlotAfterReply(slot);
  }

  #protocolError(client: Client, breach: ProtocolBreach): void {
    this.#call.reply.error(`ERR Protocol error: ${breach.reply}`);
    this.#host.door.protocolError(client, breach.log);
    this.#call.clients.closeAfterReply(client);
  }

  /** Runs the record's command; true as `#execute`. */
  #request(client: Client, at: number, count: number): boolean {
    this.#call.args.set(at + RECORD_HEADER_WORDS, count);
    return this.#execute(client, this.#table[at + NAME_HASH_WORD]);
  }

  /** Runs the command in the record's line; true as `#execute`. */
  #inline(client: Client, at: number): boolean {
    const { input } = this.#call.args;
    const lineAt = this.#table[at + RECORD_HEADER_WORDS];
    const length = this.#table[at + RECORD_HEADER_WORDS + 1];
    const plainHash = this.#scratch.splitPlain(lineAt, length);
    if (plainHash >= 0) return this.#execute(client, plainHash);
    const parts = plainHash === NO_WORDS ? [] : splitArguments(input, lineAt, length);
    if (parts === undefined) {
      this.#protocolError(client, UNBALANCED_QUOTES);
      return true;
    }
    if (parts.length > 0) return this.#execute(client, this.#scratch.write(parts));
    // As in Redis, an empty line uses up what CLIENT REPLY SKIP asked for.
    advanceReplyMode(client);
    return true;
  }
}

/**
 * CLIENT CACHING speaks of the next command. Commands of CLIENT in between do not count as such, nor
 * do those that MULTI queues.
 */
function endCaching(client: Client): void {
  const isOfClient = client.lastCommand?.fullName.startsWith("client|") === true;
  if (client.queued < 0 && !isOfClient) client.after &= ~AFTER_CACHING;
}

/** CLIENT REPLY SKIP: this command's reply has been dropped, or the next one's will be. */
function advanceReplyMode(client: Client): void {
  if (client.replyMode === REPLY_SKIP_THIS) client.replyMode = REPLY_ON;
  else if (client.replyMode === REPLY_SKIP_NEXT) client.replyMode = REPLY_SKIP_THIS;
}
