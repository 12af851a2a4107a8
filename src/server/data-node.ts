import type { Clock } from "../base/clock";
import type { Random } from "../base/random";
import { Arguments } from "../command/arguments";
import { CommandTable } from "../command/command-table";
import { Pipeline } from "../command/pipeline";
import type { Config } from "../config/config";
import { AccessClock } from "../keyspace/access-clock";
import { DataCall } from "../keyspace/data-call";
import { KeyWarmer } from "../keyspace/key-warmer";
import { Keyspace } from "../keyspace/keyspace";
import { LazyFree } from "../keyspace/lazy-free";
import { Arena } from "../memory/arena";
import { INPUT_SCRATCH_AT, type Transport } from "../net/transport";
import { ReplyWriter } from "../protocol/reply-writer";
import { Clients } from "../session/clients";
import { rejectsForeignProtocol } from "../session/foreign-protocol";
import { RequirePass } from "../session/require-pass";
import { ScratchRequest } from "../session/scratch-request";
import { SessionContext } from "../session/session-context";
import type { SessionLog } from "../session/session-log";
import { sessionTasks } from "../session/session-tasks";
import { TurnLoop } from "../session/turn-loop";
import { stringType } from "../types/string/string-value";
import { commandCatalogue } from "./command-catalogue";
import { Cron, type CronTask } from "./cron";
import { gateList } from "./gate-list";
import type { ServerContext } from "./server-context";
import { silentEvents } from "./silent-events";

export interface DataNodeParts {
  readonly config: Config;
  readonly log: SessionLog;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashKey: readonly [number, number];
  /** Asks the system for huge pages behind a new segment; absent without the addon. */
  readonly preferHugePages?: (segment: Uint8Array) => void;
  /** Gives memory back to the system; absent without the addon. */
  readonly advise?: (segment: Uint8Array, offset: number, length: number) => void;
  /** Ends the process after an exception in the middle of a command (design D7). */
  readonly onCrash: (call: DataCall, error: unknown) => never;
}

/** Blocks freed per tick of lazy freeing: well under a millisecond. */
const LAZY_FREE_BLOCKS = 2000;
const PURGE_BYTES = 64 * 1024 * 1024;

/**
 * The data node put together: memory, keyspace, commands, sessions, the turn and the cron.
 *
 * It wires rooms and decides nothing itself.
 */
export class DataNode {
  readonly memory: Arena;
  readonly keyspace: Keyspace;
  readonly table: CommandTable<DataCall>;
  readonly pipeline: Pipeline<DataCall>;
  readonly call: DataCall;
  readonly loop: TurnLoop<DataCall>;
  readonly cron: Cron;
  readonly context: ServerContext;
  readonly #parts: DataNodeParts;

  constructor(parts: DataNodeParts) {
    this.#parts = parts;
    const { transport, clock, config } = parts;
    const shared = transport.memory;
    const poison = process.env.REDIS_POISON_MEMORY === "1";
    this.memory = new Arena({
      poison,
      onSegment: (index, bytes) => {
        parts.preferHugePages?.(bytes);
        transport.registerSegment(index, bytes);
      },
      ...(parts.advise !== undefined && { advise: parts.advise }),
    });
    this.keyspace = this.#newKeyspace();
    const clients = new Clients(transport);
    const session = new SessionContext({
      config,
      log: parts.log,
      clock,
      transport,
      clients,
      credentials: new RequirePass(config),
      identity: { mode: "standalone", role: () => "master" },
    });
    this.context = { session, keyspace: this.keyspace };
    const args = new Arguments(shared.input, shared.table);
    const reply = new ReplyWriter(shared.output, shared.runs, (runs) => transport.flush(runs));
    this.call = new DataCall(args, reply, clients, this.keyspace);
    this.table = new CommandTable(commandCatalogue(this.context));
    this.pipeline = this.#newPipeline();
    this.loop = this.#newLoop(args);
    session.attach(this.pipeline, this.loop);
    this.cron = new Cron(clock, this.#tasks(), () => this.loop.flushOutside());
  }

  /** Serves: begins turns and periodic work. Listeners are opened by the caller. */
  start(): void {
    this.loop.start();
    this.cron.start(this.#parts.config.number("hz"));
  }

  #newKeyspace(): Keyspace {
    const { random, hashKey, config } = this.#parts;
    return new Keyspace({
      memory: this.memory,
      random,
      hashKey,
      databases: config.number("databases"),
      types: [stringType],
      events: silentEvents,
      access: new AccessClock(random),
      lazyFree: new LazyFree(this.memory),
    });
  }

  #newPipeline(): Pipeline<DataCall> {
    const { clock, onCrash } = this.#parts;
    return new Pipeline(this.table, gateList(this.context), {
      monotonicUs: () => clock.monotonicMs() * 1000,
      onRun: () => undefined,
      onError: () => undefined,
      onUnknown: (call) => rejectsForeignProtocol(this.context.session, call),
      onCrash,
    });
  }

  #newLoop(args: Arguments): TurnLoop<DataCall> {
    const { transport, clock } = this.#parts;
    const { keyspace } = this;
    const scratch = new ScratchRequest(args, INPUT_SCRATCH_AT, (bytes, at, length) =>
      keyspace.hashOf(bytes, at, length),
    );
    const warmer = new KeyWarmer(keyspace, this.call.clients, transport.memory.table);
    const host = {
      beginTurn: () => {
        const nowMs = clock.nowMs();
        keyspace.nowMs = nowMs;
        keyspace.access.setTime(nowMs);
        return nowMs;
      },
      endTurn: () => undefined,
      door: this.context.session.door,
      lookAhead: (at: number, left: number) => warmer.warm(at, left),
    };
    return new TurnLoop(transport, this.pipeline, this.call, host, scratch);
  }

  #tasks(): CronTask[] {
    const { memory, keyspace } = this;
    return [
      ...sessionTasks(this.context.session, () => this.pipeline.commandsProcessed),
      { name: "lazy-free", periodMs: 0, run: () => keyspace.lazyFree.step(LAZY_FREE_BLOCKS) },
      { name: "parked", periodMs: 0, run: () => memory.releaseParked(LAZY_FREE_BLOCKS) },
      { name: "purge", periodMs: 1000, run: () => memory.purge(PURGE_BYTES) },
    ];
  }
}
