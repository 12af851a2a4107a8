import { Arguments } from "../command/arguments";
import type { Command } from "../command/command";
import { CommandTable } from "../command/command-table";
import { Pipeline } from "../command/pipeline";
import { TableHolder } from "../command/table-holder";
import { CommandWatch } from "../introspection/command-watch";
import { BLOCKING_GATE, Blocking } from "../keyspace/blocking/blocking";
import { DataCall } from "../keyspace/data-call";
import { EFFECTS_GATE } from "../keyspace/effects/effects-gate";
import { KeyWarmer } from "../keyspace/key-warmer";
import type { Keyspace } from "../keyspace/keyspace";
import type { KeyspaceListener } from "../keyspace/keyspace-listener";
import { KeyspaceListeners } from "../keyspace/keyspace-listeners";
import { MEMORY_GATE } from "../keyspace/memory-gate";
import type { NestedRuns } from "../keyspace/nested-runs";
import { Notifications } from "../keyspace/notifications";
import type { Tracking } from "../keyspace/tracking/tracking";
import type { Arena } from "../memory/arena";
import { INPUT_SCRATCH_AT } from "../net/transport";
import { CommandReplay } from "../persistence/aof/command-replay";
import { ASYNC_LOADING_GATE, LOADING_GATE } from "../persistence/loading/loading-gate";
import type { Migrations } from "../persistence/migration/migrations";
import { DISK_ERROR_GATE } from "../persistence/snapshot/disk-error-gate";
import { Cron } from "../process/cron";
import { cronHz } from "../process/cron-rate";
import type { ReplyWriter } from "../protocol/reply-writer";
import { Clients } from "../session/clients";
import { rejectsForeignProtocol } from "../session/foreign-protocol";
import { RequirePass } from "../session/require-pass";
import { ScratchRequest } from "../session/scratch-request";
import { SessionContext } from "../session/session-context";
import { sessionTasks } from "../session/session-tasks";
import { TurnLoop } from "../session/turn-loop";
import { Transactions } from "../transactions/transactions";
import { WatchedKeys } from "../transactions/watched-keys";
import { FieldExpiry } from "../types/hash/field-expiry";
import { Background } from "./background";
import { commandCatalogue } from "./command-catalogue";
import type { DataNodeParts } from "./data-node-parts";
import { followEffects } from "./follow-effects";
import { gateList } from "./gate-list";
import { KeyspaceService } from "./keyspace-service";
import { newMemory } from "./new-memory";
import { newMigrations } from "./new-migrations";
import { newReplyWriter } from "./new-reply-writer";
import { newTracking } from "./new-tracking";
import { PersistenceService } from "./persistence-service";
import { ReplicaLink } from "./replica-link";
import { ReplicationService } from "./replication-service";
import type { ServerContext } from "./server-context";
import { Statistics } from "./statistics";
import { valueLoaders } from "./value-codecs";
import { valueTypes } from "./value-types";

/**
 * The data node put together: memory, keyspace, commands, sessions, the turn and the cron.
 *
 * It wires rooms and decides nothing itself.
 */
export class DataNode {
  readonly memory: Arena;
  readonly keyspace: Keyspace;
  /** Who is told when keys change. */
  readonly events = new KeyspaceListeners();
  readonly table: CommandTable<DataCall>;
  readonly pipeline: Pipeline<DataCall>;
  readonly call: DataCall;
  readonly loop: TurnLoop<DataCall>;
  readonly cron: Cron;
  readonly background: Background;
  readonly persistence: PersistenceService;
  readonly replication: ReplicationService;
  readonly replicaLink: ReplicaLink;
  readonly context: ServerContext;
  readonly #parts: DataNodeParts;
  readonly #warmer: KeyWarmer;
  readonly #listen = (listener: KeyspaceListener, isListening: boolean): void => {
    if (isListening) this.events.add(listener);
    else this.events.remove(listener);
  };

  /** Periodic or background work has been done for so long. */
  readonly #stretchEnded = (durationMs: number): void => {
    this.loop.times.add(durationMs);
    this.loop.flushOutside();
  };

  constructor(parts: DataNodeParts) {
    this.#parts = parts;
    const { transport, config, clock } = parts;
    const shared = transport.memory;
    this.memory = newMemory(parts);
    const clients = new Clients(transport);
    const session = new SessionContext({
      config,
      log: parts.log,
      clock,
      transport,
      clients,
      credentials: new RequirePass(config),
      identity: {
        mode: "standalone",
        role: () => (this.replication.replication.isMaster ? "master" : "replica"),
      },
    });
    const service = this.#newKeyspaceService(session);
    this.keyspace = service.keyspace;
    const blocking = this.#newBlocking(service);
    session.blocked = blocking;
    const watched = new WatchedKeys(service.keyspace, this.#listen);
    const args = new Arguments(shared.input, shared.table);
    const reply = newReplyWriter(transport, () => this.call);
    const tracking = this.#newTracking(session, reply);
    const watch = new CommandWatch(config, clock);
    const fieldExpiry = this.#newFieldExpiry(service);
    this.persistence = this.#newPersistence(service, watch, fieldExpiry);
    this.replication = this.#newReplication(session);
    const migrations = this.#newMigrations(service);
    service.usedMemory.keptStream = this.replication.replication.backlog;
    const statistics = this.#newStatistics(session, service, watch, tracking, migrations);
    this.context = {
      tableHolder: new TableHolder(),
      session,
      keyspace: service.keyspace,
      blocking,
      transactions: new Transactions(session, watched),
      tracking,
      expireCycle: service.expireCycle,
      eviction: service.eviction,
      usedMemory: service.usedMemory,
      facts: parts.facts,
      bits: parts.bits,
      migrations,
      fieldExpiry,
      persistence: this.persistence,
      replication: this.replication,
      memoryReport: statistics.memoryReport,
      watch,
      infoSections: statistics.sections,
      resetStatistics: () => statistics.reset(),
      listeners: parts.listeners,
      shutdown: parts.shutdown,
    };
    this.call = new DataCall(args, reply, clients, this.keyspace);
    this.#warmer = new KeyWarmer(this.keyspace, clients, shared.table);
    this.#publishEvents(session, reply);
    this.table = this.#newTable();
    this.pipeline = this.#newPipeline();
    followEffects(this.call.effects, config, (isOn) => {
      this.pipeline.setGate(EFFECTS_GATE, isOn);
      this.#listen(this.call.effects, isOn);
    });
    watch.followConfig(this.pipeline);
    const scratch = this.#newScratch(args);
    this.loop = this.#newLoop(scratch, service);
    session.attach(this.pipeline, this.loop);
    this.replicaLink = this.#newReplicaLink(session);
    this.#attachNested(scratch.nested());
    service.followConfig((hasLimit) => this.pipeline.setGate(MEMORY_GATE, hasLimit));
    this.background = this.#newBackground(service, fieldExpiry);
    this.cron = this.#newCron(service, statistics);
  }

  /** Begins turns: clients are answered from now on. Listeners are opened by the caller. */
  serve(): void {
    this.loop.start();
  }

  /** Begins periodic work, once the data set is there. */
  startCron(): void {
    this.cron.start(this.#cronHz());
    this.#parts.config.onChange(["hz", "dynamic-hz"], () => {
      this.cron.setHz(this.#cronHz());
      return undefined;
    });
  }

  /** Runs no command and no task any more; what has been replied is still to be flushed. */
  stop(): void {
    const { clients } = this.call;
    this.replicaLink.shell.stop();
    for (const client of clients.all()) clients.closeAfterReply(client);
    this.cron.stop();
  }

  #cronHz(): number {
    const { config } = this.#parts;
    return cronHz(config.number("hz"), config.flag("dynamic-hz"), this.call.clients.count);
  }

  #newCron(service: KeyspaceService, statistics: Statistics): Cron {
    const { session, tracking, fieldExpiry, migrations } = this.context;
    const tasks = [
      { name: "rate", periodMs: 1000, run: () => this.cron.setHz(this.#cronHz()) },
      ...sessionTasks(session, () => this.pipeline.commandsProcessed),
      ...service.tasks(),
      ...this.persistence.tasks(),
      ...this.replication.tasks(),
      ...this.replicaLink.tasks(),
      ...statistics.tasks(),
      { name: "migrate-links", periodMs: 1000, run: () => migrations.links.tick() },
      { name: "tracking", periodMs: 0, run: () => tracking.limit() },
      { name: "field-expiry", periodMs: 0, run: () => fieldExpiry.tick() },
    ];
    return new Cron(this.#parts.clock, tasks, this.#stretchEnded);
  }

  /** Keyspace notifications listen only while they are configured, so that they cost nothing else. */
  #publishEvents(session: SessionContext, reply: ReplyWriter): void {
    const { config } = this.#parts;
    const notifications = new Notifications(session.pubSub, reply, this.memory);
    const follow = (): undefined => {
      const wasOn = notifications.isOn;
      notifications.classes = config.value("notify-keyspace-events");
      if (notifications.isOn !== wasOn) this.#listen(notifications, notifications.isOn);
      return undefined;
    };
    follow();
    config.onChange("notify-keyspace-events", follow);
  }

  #newTracking(session: SessionContext, reply: ReplyWriter): Tracking {
    return newTracking({
      config: this.#parts.config,
      session,
      keyspace: this.keyspace,
      listen: this.#listen,
      reply,
      runningClient: () => this.loop.runningClient,
    });
  }

  #newKeyspaceService(session: SessionContext): KeyspaceService {
    const { random, hashKey, config, clock, transport } = this.#parts;
    return new KeyspaceService({
      config,
      clock,
      random,
      hashKey,
      memory: this.memory,
      types: valueTypes,
      events: this.events,
      clients: session.clients,
      clientStats: transport.memory.stats,
      isPaused: () => session.pauses.isPaused,
    });
  }

  #newPersistence(
    service: KeyspaceService,
    watch: CommandWatch,
    fieldExpiry: FieldExpiry,
  ): PersistenceService {
    const { config, codecs, clock, log, snapshots, transport } = this.#parts;
    const { keyspace, eviction, usedMemory } = service;
    return new PersistenceService({
      config,
      codecs,
      clock,
      log,
      memory: this.memory,
      keyspace,
      eviction,
      usedMemory,
      writer: snapshots,
      loaders: valueLoaders(keyspace, config, fieldExpiry),
      onLatency: (event, durationMs) => watch.latency.add(event, clock.nowMs(), durationMs),
      answer: () => transport.poll?.(),
      setLoading: ({ isBlocking, isAsync }) => {
        this.pipeline.setGate(LOADING_GATE, isBlocking);
        this.pipeline.setGate(ASYNC_LOADING_GATE, isAsync);
      },
      effects: () => this.call.effects,
      ...(this.#parts.aofDisk !== undefined && { aofDisk: this.#parts.aofDisk }),
      setRefusesWrites: (refuses) => this.pipeline.setGate(DISK_ERROR_GATE, refuses),
    });
  }

  #newReplicaLink(session: SessionContext): ReplicaLink {
    const link = new ReplicaLink({
      session,
      eviction: this.context.eviction,
      call: this.call,
      pipeline: this.pipeline,
      persistence: this.persistence,
      service: this.replication,
      warm: (database, at, left) => this.#warmer.warmIn(database, at, left),
      flushOutside: () => this.loop.flushOutside(),
    });
    const { call, pipeline, loop, context } = this;
    const { blocking } = context;
    this.replication.attach({ call, pipeline, loop, link: link.shell, blocking });
    this.replication.replication.afterStep = () => link.stepped();
    link.begin();
    return link;
  }

  #newReplication(session: SessionContext): ReplicationService {
    const setLogRole = this.#parts.setLogRole ?? (() => undefined);
    const { keyspace, persistence } = this;
    const { shutdown } = this.#parts;
    return new ReplicationService({ session, keyspace, persistence, shutdown, setLogRole });
  }

  #newStatistics(
    session: SessionContext,
    service: KeyspaceService,
    watch: CommandWatch,
    tracking: Tracking,
    migrations: Migrations,
  ): Statistics {
    const { keyspace, usedMemory, eviction } = service;
    return new Statistics({
      facts: this.#parts.facts,
      persistence: this.persistence,
      replication: this.replication,
      session,
      shutdown: this.#parts.shutdown,
      keyspace,
      tracking,
      usedMemory,
      eviction,
      watch,
      migrations,
      pipeline: () => this.pipeline,
      turns: () => this.loop,
    });
  }

  #newFieldExpiry(service: KeyspaceService): FieldExpiry {
    const { keyspace, expireCycle } = service;
    return new FieldExpiry({
      keyspace,
      listen: this.#listen,
      mayRun: () => expireCycle.isEnabled && keyspace.removesExpired,
      monotonicMs: () => this.#parts.clock.monotonicMs(),
    });
  }

  #newBackground(service: KeyspaceService, fieldExpiry: FieldExpiry): Background {
    const { clock } = this.#parts;
    const fields = {
      name: "field-expiry",
      hasWork: () => fieldExpiry.hasWork,
      work: (budgetMs: number) => fieldExpiry.work(budgetMs),
    };
    return new Background({
      clock,
      jobs: [...service.jobs(), fields, ...this.persistence.jobs()],
      defer: setImmediate,
      beforeSlice: () => void service.setTime(),
      afterSlice: this.#stretchEnded,
    });
  }

  #newScratch(args: Arguments): ScratchRequest {
    return new ScratchRequest(args, INPUT_SCRATCH_AT, (bytes, at, length) =>
      this.keyspace.hashOf(bytes, at, length),
    );
  }

  #newTable(): CommandTable<DataCall> {
    const table = new CommandTable(commandCatalogue(this.context));
    this.context.tableHolder.table = table;
    return table;
  }

  #newPipeline(): Pipeline<DataCall> {
    const { clock, onCrash } = this.#parts;
    const { watch, transactions } = this.context;
    return new Pipeline(this.table, gateList(this.context), {
      monotonicUs: () => clock.monotonicMs() * 1000,
      onRun: (call, command, run) => watch.onRun(call, command as Command<never>, run),
      onError: (call) => watch.onError(call),
      refusal: (call, command, text) => transactions.refusal(call, command, text),
      onUnknown: (call) => rejectsForeignProtocol(this.context.session, call),
      onCrash,
    });
  }

  #newBlocking(service: KeyspaceService): Blocking {
    const { clock } = this.#parts;
    return new Blocking({
      keyspace: service.keyspace,
      monotonicMs: () => clock.monotonicMs(),
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs).unref();
        return () => clearTimeout(timer);
      },
      beginOutside: () => void service.setTime(),
      listen: this.#listen,
    });
  }

  #newMigrations(service: KeyspaceService): Migrations {
    const { clock, codecs } = this.#parts;
    return newMigrations(service, clock, codecs, this.#listen);
  }

  /** What runs commands beside those of the turn. */
  #attachNested(scratch: ScratchRequest): void {
    const { call, pipeline, loop, table } = this;
    const { onCrash } = this.#parts;
    this.persistence.attachReplay(new CommandReplay({ call, table, onCrash }, INPUT_SCRATCH_AT));
    const nested: NestedRuns = {
      scratch,
      beginNested: () => pipeline.beginNested(),
      runNested: (one, command, handler) => pipeline.runNested(one, command, handler),
    };
    const { transactions, migrations, blocking } = this.context;
    transactions.attach(nested);
    migrations.attach({ ...nested, call, turns: loop });
    blocking.attach({
      ...nested,
      call,
      turns: loop,
      setGate: (raised) => pipeline.setGate(BLOCKING_GATE, raised),
      pauseMeasuring: () => {
        pipeline.endRun(call);
        pipeline.beginTurn();
      },
    });
  }

  #newLoop(scratch: ScratchRequest, service: KeyspaceService): TurnLoop<DataCall> {
    const { transport } = this.#parts;
    const { blocking, tracking } = this.context;
    const host = {
      beginTurn: () => service.setTime(),
      monotonicMs: () => this.#parts.clock.monotonicMs(),
      endTurn: () => {
        if (this.call.effects.isOn) this.call.effects.endOutside();
        blocking.serve();
        tracking.endTurn();
        this.background.turnEnded();
        if (this.memory.frozenNow) this.persistence.checkMemory();
        if (this.call.effects.isOn) this.call.effects.settle();
        this.replication.endTurn();
      },
      door: this.context.session.door,
      pushes: this.context.session.pushes,
      lookAhead: (at: number, left: number) => this.#warmer.warm(at, left),
    };
    return new TurnLoop(transport, this.pipeline, this.call, host, scratch);
  }
}
