// Commands on a keyspace without sockets: what a handler replies, which events it raises, and the
// memory it leaves. Not a server: no gates, no turns, one client in database 0.

import { Random } from "../../src/base/random";
import { Arguments } from "../../src/command/arguments";
import { CommandTable } from "../../src/command/command-table";
import { Pipeline } from "../../src/command/pipeline";
import type { CommandSpec } from "../../src/command/spec";
import { AccessClock } from "../../src/keyspace/access-clock";
import { DataCall } from "../../src/keyspace/data-call";
import type { Database } from "../../src/keyspace/database";
import { keyLengthOf, keyStartOf } from "../../src/keyspace/entry";
import { Keyspace } from "../../src/keyspace/keyspace";
import type { KeyspaceEvents } from "../../src/keyspace/keyspace-events";
import { KeyspaceListeners } from "../../src/keyspace/keyspace-listeners";
import { LazyFree } from "../../src/keyspace/lazy-free";
import type { ValueType } from "../../src/keyspace/value-type";
import { Arena } from "../../src/memory/arena";
import { SEGMENT_SHIFT } from "../../src/memory/block-memory";
import type { Transport } from "../../src/net/transport";
import { ReplyWriter } from "../../src/protocol/reply-writer";
import { Client } from "../../src/session/client";
import { Clients } from "../../src/session/clients";
import { ScratchRequest } from "../../src/session/scratch-request";
import type { Argument } from "./resp-encode";

const INPUT_BYTES = 1 << 22;
const TABLE_WORDS = 1 << 16;
const RUN_WORDS = 4;

export interface EngineParts {
  readonly commands: readonly CommandSpec<DataCall>[];
  readonly types: readonly ValueType[];
  /** Checks freed and changed blocks, as REDIS_POISON_MEMORY does. */
  readonly poison?: boolean;
}

export class CommandEngine {
  readonly memory: Arena;
  readonly keyspace: Keyspace;
  readonly call: DataCall;
  readonly table: CommandTable<DataCall>;
  /** `event key` (and ` @db` but for 0) of every event since it was last emptied, in order. */
  readonly events: string[] = [];
  /** Who is told of changes: the list above, and whom a test adds. */
  readonly listeners = new KeyspaceListeners();
  readonly #pipeline: Pipeline<DataCall>;
  readonly #request: ScratchRequest;
  readonly #output = new Uint8Array(1 << 20);
  readonly #runs = new Uint32Array(1 << 12);
  #sent: Buffer[] = [];

  constructor(parts: EngineParts) {
    this.listeners.add(this.#recorder());
    this.memory = new Arena({ poison: parts.poison ?? false });
    const random = new Random(1);
    this.keyspace = new Keyspace({
      memory: this.memory,
      random,
      hashKey: [1, 2],
      databases: 16,
      types: parts.types,
      events: this.listeners,
      access: new AccessClock(random),
      lazyFree: new LazyFree(this.memory, () => performance.now()),
    });
    const args = new Arguments(new Uint8Array(INPUT_BYTES), new Uint32Array(TABLE_WORDS));
    const reply = new ReplyWriter(this.#output, this.#runs, (runs) => this.#collect(runs));
    this.call = new DataCall(args, reply, new Clients({} as Transport), this.keyspace);
    const address = { remote: "", local: "", remoteIp: "", isUnix: false, fd: -1 };
    this.call.client = new Client(1, 0, address, 0);
    this.table = new CommandTable(parts.commands);
    this.#pipeline = new Pipeline(this.table, [], {
      monotonicUs: () => 0,
      onRun: () => undefined,
      onError: () => undefined,
      onCrash: (_call, error) => {
        throw error;
      },
    });
    this.#request = new ScratchRequest(args, 0, (bytes, at, length) =>
      this.keyspace.hashOf(bytes, at, length),
    );
    this.setNow(Date.now());
  }

  setNow(nowMs: number): void {
    this.keyspace.setTime(nowMs);
    this.call.nowMs = nowMs;
  }

  /** Runs one command; its whole reply as bytes. */
  run(...words: readonly Argument[]): Buffer {
    this.#sent = [];
    this.call.reply.resp3 = this.call.client.resp3;
    this.call.reply.begin(0);
    const hash = this.#request.write(words.map((word) => Buffer.from(word as string)));
    this.#pipeline.execute(this.call, hash);
    this.#collect(this.call.reply.endTurn());
    return Buffer.concat(this.#sent);
  }

  #collect(runs: number): void {
    for (let run = 0; run < runs; run++) {
      const [, source, offset, length] = this.#runs.subarray(run * RUN_WORDS);
      const bytes = source === 0 ? this.#output : this.memory.bytes[(source ?? 0) - 1];
      this.#sent.push(
        Buffer.from((bytes ?? this.#output).slice(offset, (offset ?? 0) + (length ?? 0))),
      );
    }
  }

  #recorder(): KeyspaceEvents {
    const note = (
      event: string,
      database: Database,
      key: Uint8Array,
      at: number,
      length: number,
    ): void => {
      const name = Buffer.from(key.slice(at, at + length)).toString("latin1");
      this.events.push(`${event} ${name}${database.index === 0 ? "" : ` @${database.index}`}`);
    };
    const noteEntry = (event: string, database: Database, entry: number): void => {
      const bytes = this.memory.bytes[entry >>> SEGMENT_SHIFT] ?? new Uint8Array(0);
      note(event, database, bytes, keyStartOf(this.memory, entry), keyLengthOf(this.memory, entry));
    };
    return {
      changed: () => undefined,
      notify: (_class, event, database, key, at, length) => note(event, database, key, at, length),
      added: (database, entry) => noteEntry("new", database, entry),
      missed: (database, key, at, length) => note("keymiss", database, key, at, length),
      expired: (database, entry) => noteEntry("expired", database, entry),
      fieldExpired: () => undefined,
      evicted: (database, entry) => noteEntry("evicted", database, entry),
      flushed: () => undefined,
      emptied: () => undefined,
      swapped: () => undefined,
    };
  }
}
