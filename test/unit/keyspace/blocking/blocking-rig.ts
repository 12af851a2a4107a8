// Clients that wait for keys, without sockets: commands on chains of blocks (a put adds blocks, a
// take removes one), replies kept as text per client, time and timer moved by hand.

import { ManualClock } from "../../../../src/base/clock";
import { Random } from "../../../../src/base/random";
import { Arguments } from "../../../../src/command/arguments";
import { CommandTable } from "../../../../src/command/command-table";
import { Pipeline } from "../../../../src/command/pipeline";
import type { CommandSpec } from "../../../../src/command/spec";
import { EVENT_GENERIC } from "../../../../src/config/keyspace-events";
import { AccessClock } from "../../../../src/keyspace/access-clock";
import { BLOCKING_GATE, Blocking } from "../../../../src/keyspace/blocking/blocking";
import { blockingGate } from "../../../../src/keyspace/blocking/blocking-gate";
import { readTimeoutSeconds } from "../../../../src/keyspace/blocking/timeout-argument";
import { keyspaceCommands } from "../../../../src/keyspace/commands/keyspace-commands";
import { DataCall } from "../../../../src/keyspace/data-call";
import { ENTRY_VALUE, TYPE_LIST, wordOf } from "../../../../src/keyspace/entry";
import { Keyspace } from "../../../../src/keyspace/keyspace";
import { KeyspaceListeners } from "../../../../src/keyspace/keyspace-listeners";
import { LazyFree } from "../../../../src/keyspace/lazy-free";
import { Arena } from "../../../../src/memory/arena";
import type { Transport } from "../../../../src/net/transport";
import { ReplyWriter } from "../../../../src/protocol/reply-writer";
import type { Client } from "../../../../src/session/client";
import { Clients } from "../../../../src/session/clients";
import { ScratchRequest } from "../../../../src/session/scratch-request";
import { stringCommands } from "../../../../src/types/string/string-commands";
import { StringLimits } from "../../../../src/types/string/string-limits";
import { stringType } from "../../../../src/types/string/string-value";
import { chainType, newChain } from "../chain-type";

const RUN_WORDS = 4;

/** Takes a block from a chain; true when the key had one. */
function takeFrom(call: DataCall, index: number): boolean {
  const entry = call.write(index);
  if (entry === 0) return false;
  const { memory } = call.keyspace;
  const rest = chainType.freeSome(memory, wordOf(memory, entry, ENTRY_VALUE), 1, 0);
  call.db.storeFound(0, rest);
  if (rest === 0) call.deleteEmptied(index, entry);
  call.changed(index, EVENT_GENERIC, "take");
  return true;
}

function put(call: DataCall, index: number): void {
  const entry = call.write(index);
  const { memory } = call.keyspace;
  const blocks =
    entry === 0 ? 0 : chainType.freeEffort(memory, wordOf(memory, entry, ENTRY_VALUE), 0);
  call.replaceValue(index, TYPE_LIST, 0, newChain(memory, blocks + 1));
  call.changed(index, EVENT_GENERIC, "put");
}

/** `take key ... timeout`: the name of the key it took from. */
function take(call: DataCall): void {
  const { args, reply } = call;
  const timeoutMs = readTimeoutSeconds(call, args.count - 1);
  if (Number.isNaN(timeoutMs)) return;
  // Leaves in the middle of being served, as one does that cannot take its reply.
  if (call.isServing && call.client.name === "fragile") call.clients.close(call.client);
  for (let i = 1; i < args.count - 1; i++) {
    if (!call.mayServeFrom(i)) continue;
    const entry = call.peek(i);
    if (entry !== 0 && call.isWrongType(entry, TYPE_LIST)) return;
    if (!takeFrom(call, i)) continue;
    reply.bulk(args.input, args.offset(i), args.length(i));
    return;
  }
  call.blockOn({ firstKey: 1, keyCount: args.count - 2, type: TYPE_LIST, timeoutMs });
}

/** `move source target timeout`. */
function move(call: DataCall): void {
  const timeoutMs = readTimeoutSeconds(call, 3);
  if (Number.isNaN(timeoutMs)) return;
  if (!takeFrom(call, 1)) {
    call.blockOn({ firstKey: 1, keyCount: 1, type: TYPE_LIST, timeoutMs, nilWhenDenied: true });
    return;
  }
  put(call, 2);
  call.reply.ok();
}

/** `restless key`: waits for ever, and changes the key whenever it looks at it. */
function restless(call: DataCall): void {
  if (call.isServing) call.changed(1, EVENT_GENERIC, "look");
  call.blockOn({ firstKey: 1, keyCount: 1, type: TYPE_LIST, timeoutMs: 0, wakesWhenGone: true });
}

/** `follow key mark`: waits until the chain of a key that exists has changed or is gone. */
function follow(call: DataCall): void {
  const { args, reply } = call;
  const entry = call.peek(1);
  if (entry === 0) {
    reply.error(call.isServing ? "GONE" : "ERR no such chain");
  } else if (call.isServing) {
    reply.bulk(args.input, args.offset(2), args.length(2));
  } else {
    call.blockOn({
      firstKey: 1,
      keyCount: 1,
      type: TYPE_LIST,
      timeoutMs: 0,
      wakesWhenGone: true,
      substitutes: new Map([[2, Buffer.from("remembered")]]),
    });
  }
}

function command(name: string, arity: number, handler: (call: DataCall) => void) {
  const isBlocking = name !== "put" && name !== "signal";
  const spec: CommandSpec<DataCall> = {
    name,
    arity,
    flags: isBlocking ? ["write", "blocking"] : ["write", "fast"],
    group: "generic",
    since: "1.0.0",
    summary: "Test.",
    complexity: "O(1)",
    categories: [],
    handler,
  };
  return spec;
}

/** `both key ...`: puts into several keys as one command. */
function putAll(call: DataCall): void {
  for (let i = 1; i < call.args.count; i++) put(call, i);
  call.reply.ok();
}

export class BlockingRig {
  readonly clock = new ManualClock(1_700_000_000_000);
  readonly keyspace: Keyspace;
  readonly blocking: Blocking;
  readonly call: DataCall;
  readonly pipeline: Pipeline<DataCall>;
  readonly clients: Clients;
  /** What the timer would run, and when. */
  timer: { readonly atMs: number; readonly run: () => void } | undefined;
  readonly #request: ScratchRequest;
  readonly #output = new Uint8Array(1 << 16);
  readonly #runs = new Uint32Array(1 << 12);
  readonly #sent = new Map<number, string>();

  constructor() {
    const memory = new Arena({ poison: true });
    const random = new Random(1);
    const listeners = new KeyspaceListeners();
    this.keyspace = new Keyspace({
      memory,
      random,
      hashKey: [1, 2],
      databases: 4,
      types: [stringType, chainType],
      events: listeners,
      access: new AccessClock(random),
      lazyFree: new LazyFree(memory, () => performance.now()),
    });
    this.blocking = new Blocking({
      keyspace: this.keyspace,
      monotonicMs: () => this.clock.monotonicMs(),
      after: (delayMs, run) => {
        this.timer = { atMs: this.clock.monotonicMs() + delayMs, run };
        return () => {
          this.timer = undefined;
        };
      },
      beginOutside: () => undefined,
      listen: (listener, isListening) =>
        isListening ? listeners.add(listener) : listeners.remove(listener),
    });
    const transport = { close: () => undefined } as unknown as Transport;
    this.clients = new Clients(transport);
    const args = new Arguments(new Uint8Array(1 << 20), new Uint32Array(1 << 20));
    const reply = new ReplyWriter(this.#output, this.#runs, (runs) => this.#collect(runs));
    this.call = new DataCall(args, reply, this.clients, this.keyspace);
    const table = new CommandTable([
      ...keyspaceCommands,
      ...stringCommands(new StringLimits(1 << 20)),
      command("put", -2, putAll),
      command("take", -3, take),
      command("shift", 4, move),
      command("follow", 3, follow),
      command("restless", 2, restless),
      command("signal", 2, (call) => {
        call.signalReady(1);
        call.reply.ok();
      }),
    ]);
    this.pipeline = new Pipeline(table, [blockingGate(this.blocking)], {
      monotonicUs: () => this.clock.monotonicMs() * 1000,
      onRun: () => undefined,
      onError: () => undefined,
      onCrash: (_call, error) => {
        throw error;
      },
    });
    this.#request = new ScratchRequest(args, 0, (bytes, at, length) =>
      this.keyspace.hashOf(bytes, at, length),
    );
    this.#attach();
  }

  #attach(): void {
    const { call, pipeline } = this;
    const { reply } = call;
    this.blocking.attach({
      call,
      scratch: this.#request.nested(),
      turns: {
        hold: (client) => {
          client.held = true;
        },
        resume: (client) => {
          client.held = false;
        },
        answering: (client, run) => {
          const { client: answered } = call;
          call.client = client;
          reply.begin(client.slot);
          run();
          call.client = answered;
          reply.begin(answered.slot);
        },
        flushOutside: () => this.#collect(reply.endTurn()),
      },
      setGate: (raised) => pipeline.setGate(BLOCKING_GATE, raised),
      pauseMeasuring: () => pipeline.endRun(call),
      beginNested: () => pipeline.beginNested(),
      runNested: (nested, of, handler) => pipeline.runNested(nested, of, handler),
    });
  }

  join(slot: number): Client {
    const address = { remote: "", local: "", remoteIp: "", isUnix: false, fd: -1 };
    return this.clients.open(slot, address, 0);
  }

  /** Runs a command of a client; what it got until now, and nothing while it waits. */
  run(client: Client, line: string): string {
    const { reply } = this.call;
    this.call.client = client;
    reply.begin(client.slot);
    const words = line.split(" ").map((word) => Buffer.from(word, "latin1"));
    this.pipeline.execute(this.call, this.#request.write(words));
    this.#collect(reply.endTurn());
    return this.take(client);
  }

  take(client: Client): string {
    const text = this.#sent.get(client.slot) ?? "";
    this.#sent.delete(client.slot);
    return text;
  }

  /** Lets time pass, with the timer running out when it should. */
  pass(durationMs: number): void {
    const endMs = this.clock.monotonicMs() + durationMs;
    for (;;) {
      const { timer } = this;
      if (timer === undefined || timer.atMs > endMs) break;
      this.clock.advance(timer.atMs - this.clock.monotonicMs());
      this.timer = undefined;
      timer.run();
    }
    this.clock.advance(endMs - this.clock.monotonicMs());
  }

  #collect(runs: number): void {
    for (let run = 0; run < runs; run++) {
      const [slot = 0, , offset = 0, length = 0] = this.#runs.subarray(run * RUN_WORDS);
      const text = Buffer.from(this.#output.slice(offset, offset + length)).toString("latin1");
      this.#sent.set(slot, (this.#sent.get(slot) ?? "") + text);
    }
  }
}
