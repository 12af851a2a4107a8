// A session without sockets and without time of its own: requests are written into the table as a
// transport would do it, turns are run by hand, and what is sent is kept as text per slot.

import assert from "node:assert/strict";
import { ManualClock } from "../../../src/base/clock";
import { Arguments } from "../../../src/command/arguments";
import { CommandTable } from "../../../src/command/command-table";
import { Pipeline } from "../../../src/command/pipeline";
import type { CommandSpec } from "../../../src/command/spec";
import { Config } from "../../../src/config/config";
import {
  CONTROL_WORDS,
  EVENT_ACCEPTED,
  EVENT_CLOSED,
  type SlotAddress,
  STATS_WORDS,
  type Transport,
  type TransportMemory,
  type TransportSettings,
} from "../../../src/net/transport";
import { nameHash } from "../../../src/protocol/name-hash";
import { ReplyWriter } from "../../../src/protocol/reply-writer";
import { EVENT_BIT, EVENT_INLINE, RECORD_HEADER_WORDS } from "../../../src/protocol/request-record";
import type { Client } from "../../../src/session/client";
import { Clients } from "../../../src/session/clients";
import { rejectsForeignProtocol } from "../../../src/session/foreign-protocol";
import { authenticatedGate } from "../../../src/session/gates/authenticated";
import { monitoredGate } from "../../../src/session/gates/monitored";
import { offKeyspaceGate } from "../../../src/session/gates/off-keyspace";
import { pausedGate } from "../../../src/session/gates/paused";
import { subscriberGate } from "../../../src/session/gates/subscriber";
import { RequirePass } from "../../../src/session/require-pass";
import { ScratchRequest } from "../../../src/session/scratch-request";
import { SessionCall } from "../../../src/session/session-call";
import { sessionCommands } from "../../../src/session/session-commands";
import { SessionContext } from "../../../src/session/session-context";
import { TurnLoop } from "../../../src/session/turn-loop";

const SLOTS = 64;
const INPUT_BYTES = 1 << 20;
const SCRATCH_AT = INPUT_BYTES / 2;
const TABLE_WORDS = 1 << 16;
const START_MS = 1_700_000_000_000;

interface Sent {
  readonly slot: number;
  readonly start: number;
  readonly words: readonly string[];
  readonly isInline: boolean;
}

/** Holds and redelivers whole requests; everything else is only written down. */
class ScriptedTransport implements Transport {
  readonly name = "native";
  readonly maxSlots = SLOTS;
  readonly memory: TransportMemory = {
    input: new Uint8Array(INPUT_BYTES),
    table: new Uint32Array(TABLE_WORDS),
    output: new Uint8Array(1 << 18),
    runs: new Uint32Array(1 << 12),
    control: new Uint32Array(SLOTS * CONTROL_WORDS),
    stats: new Float64Array(SLOTS * STATS_WORDS),
  };
  readonly output: string[] = Array(SLOTS).fill("");
  readonly closed: { slot: number; afterOutput: boolean }[] = [];
  readonly heldSlots = new Set<number>();
  readonly addresses = new Map<number, Partial<SlotAddress>>();
  settings: TransportSettings | undefined;
  /** Requests of the turn being run, and those to deliver in the next one. */
  turn: Sent[] = [];
  queued: Sent[] = [];
  #kept = new Map<number, Sent[]>();

  configure(settings: TransportSettings): void {
    this.settings = settings;
  }

  flush(runs: number): void {
    const { memory } = this;
    for (let run = 0; run < runs; run++) {
      const [slot = 0, source, offset = 0, length = 0] = memory.runs.subarray(run * 4);
      assert.equal(source, 0);
      const bytes = memory.output.subarray(offset, offset + length);
      if (!this.closed.some((one) => one.slot === slot)) {
        this.output[slot] += Buffer.from(bytes).toString("latin1");
      }
    }
  }

  close(slot: number, afterOutput: boolean): void {
    this.closed.push({ slot, afterOutput });
    this.queued = this.queued.filter((request) => request.slot !== slot);
  }

  setNoDelay(): void {}

  hold(slot: number, start: number): void {
    this.heldSlots.add(slot);
    const own = this.turn.filter((request) => request.slot === slot);
    if (start >= 0)
      assert.ok(
        own.some((request) => request.start === start),
        "a record's start",
      );
    this.#kept.set(slot, start < 0 ? [] : own.filter((request) => request.start >= start));
  }

  resume(slot: number): void {
    assert.ok(this.heldSlots.delete(slot), "only what is held is resumed");
    this.queued = [...(this.#kept.get(slot) ?? []), ...this.queued];
    this.#kept.delete(slot);
  }

  addressOf(slot: number): SlotAddress {
    const standard = {
      remote: `127.0.0.1:${50000 + slot}`,
      local: "127.0.0.1:6379",
      remoteIp: "127.0.0.1",
      isUnix: false,
      fd: slot + 10,
    };
    return { ...standard, ...this.addresses.get(slot) };
  }

  listenTcp = (): Promise<number> => Promise.resolve(0);
  listenUnix = (): Promise<number> => Promise.resolve(0);
  closeListener(): void {}
  listenerPort = (): number => 6379;
  start(): void {}
  registerSegment(): void {}
  stop = (): Promise<void> => Promise.resolve();
}

export class SessionRig {
  readonly transport = new ScriptedTransport();
  readonly clock = new ManualClock(START_MS);
  readonly config: Config;
  readonly log: string[] = [];
  readonly clients: Clients;
  readonly session: SessionContext;
  readonly loop: TurnLoop<SessionCall>;
  readonly call: SessionCall;

  /** @param commands beside those of the session. */
  constructor(commands: readonly CommandSpec<SessionCall>[] = []) {
    const { transport, clock } = this;
    const { memory } = transport;
    this.config = new Config({ currentDirectory: () => "/", changeDirectory: () => undefined });
    this.clients = new Clients(transport);
    const line = (level: string) => (text: string) => void this.log.push(`${level} ${text}`);
    this.session = new SessionContext({
      config: this.config,
      log: {
        writes: () => true,
        debug: line("debug"),
        verbose: line("verbose"),
        notice: line("notice"),
        warning: line("warning"),
      },
      clock,
      transport,
      clients: this.clients,
      credentials: new RequirePass(this.config),
      identity: { mode: "standalone", role: () => "master" },
    });
    const { session } = this;
    const args = new Arguments(memory.input, memory.table);
    const reply = new ReplyWriter(memory.output, memory.runs, (runs) => transport.flush(runs));
    this.call = new SessionCall(args, reply, this.clients);
    const gates = [
      authenticatedGate(session),
      offKeyspaceGate(),
      subscriberGate(),
      pausedGate(session),
      monitoredGate(session),
    ];
    const table = new CommandTable([...sessionCommands(session), ...commands]);
    const pipeline = new Pipeline(table, gates, {
      monotonicUs: () => clock.monotonicMs() * 1000,
      onRun: () => undefined,
      onError: () => undefined,
      onUnknown: (call) => rejectsForeignProtocol(session, call),
      onCrash: (_call, error) => {
        throw error;
      },
    });
    const host = {
      beginTurn: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      endTurn: () => undefined,
      lookAhead: () => undefined,
      door: session.door,
      pushes: session.pushes,
    };
    const scratch = new ScratchRequest(args, SCRATCH_AT, () => 0);
    this.loop = new TurnLoop(transport, pipeline, this.call, host, scratch);
    session.attach(pipeline, this.loop);
  }

  set(...words: readonly string[]): void {
    const pairs = words.flatMap((word, at) =>
      at % 2 ? [] : [[word, words[at + 1] ?? ""] as const],
    );
    assert.equal(this.config.set(pairs, { local: true, loading: false }), undefined);
  }

  /** A new connection; undefined when it is refused. */
  connect(slot: number, address: Partial<SlotAddress> = {}): Client | undefined {
    this.transport.addresses.set(slot, address);
    this.#event(slot, EVENT_ACCEPTED, 0);
    return this.clients.bySlot[slot];
  }

  /** The same where it must be let in. */
  join(slot: number, address: Partial<SlotAddress> = {}): Client {
    const client = this.connect(slot, address);
    assert.ok(client);
    return client;
  }

  /** The socket of a slot is gone. */
  disconnect(slot: number, reason: number): void {
    this.#event(slot, EVENT_CLOSED, reason);
  }

  /** Puts a request behind those that the next turn delivers. A `>` in front makes it inline. */
  send(slot: number, line: string): void {
    const isInline = line.startsWith(">");
    const words = (isInline ? line.slice(1) : line).split(" ");
    this.transport.queued.push({ slot, start: 0, words, isInline });
  }

  /** Runs one turn; requests of one client lie together in it, as a transport delivers them. */
  turn(): void {
    const { transport } = this;
    const isHeld = (request: Sent): boolean => transport.heldSlots.has(request.slot);
    const ready = transport.queued.filter((request) => !isHeld(request));
    transport.queued = transport.queued.filter(isHeld);
    const slots = [...new Set(ready.map((request) => request.slot))];
    this.#deliver(slots.flatMap((slot) => ready.filter((request) => request.slot === slot)));
  }

  /** Runs a turn, and hands over everything that was sent to a slot since the last time. */
  exchange(slot: number, ...lines: readonly string[]): string {
    for (const line of lines) this.send(slot, line);
    this.turn();
    return this.take(slot);
  }

  take(slot: number): string {
    const text = this.transport.output[slot] ?? "";
    this.transport.output[slot] = "";
    return text;
  }

  #deliver(requests: readonly Sent[]): void {
    const { input, table } = this.transport.memory;
    const turn: Sent[] = [];
    let word = 0;
    let at = 0;
    for (const request of requests) {
      const { slot, words, isInline } = request;
      turn.push({ ...request, start: at });
      const line = Buffer.from(words.join(" "), "latin1");
      input.set(line, at);
      const count = isInline ? EVENT_BIT + EVENT_INLINE : words.length;
      const hash = nameHash(line, 0, words[0]?.length ?? 0);
      table.set([slot, count, isInline ? 0 : hash, 0, at], word);
      word += RECORD_HEADER_WORDS;
      let begin = at;
      for (const part of isInline ? [words.join(" ")] : words) {
        table.set([begin, part.length], word);
        word += 2;
        begin += part.length + 1;
      }
      at += line.length + 1;
    }
    this.transport.turn = turn;
    this.transport.flush(this.loop.turn(requests.length));
    this.transport.turn = [];
  }

  #event(slot: number, kind: number, aux: number): void {
    this.transport.memory.table.set([slot, EVENT_BIT + kind, aux, 0, 0]);
    this.transport.flush(this.loop.turn(1));
  }
}
