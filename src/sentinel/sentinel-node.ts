import type { Clock } from "../base/clock";
import { Arguments } from "../command/arguments";
import { CommandTable } from "../command/command-table";
import { Pipeline } from "../command/pipeline";
import type { CommandSpec } from "../command/spec";
import { TableHolder } from "../command/table-holder";
import type { Config } from "../config/config";
import { INPUT_SCRATCH_AT, type Transport } from "../net/transport";
import { Cron } from "../process/cron";
import { clientsSection } from "../process/info/clients-section";
import { cpuSection } from "../process/info/cpu-section";
import type { InfoSection } from "../process/info/info-section";
import { serverSection } from "../process/info/server-section";
import type { ServerFacts } from "../process/server-facts";
import type { Shutdown } from "../process/shutdown";
import { ReplyWriter } from "../protocol/reply-writer";
import { Clients } from "../session/clients";
import { rejectsForeignProtocol } from "../session/foreign-protocol";
import { authenticatedGate } from "../session/gates/authenticated";
import { pausedGate } from "../session/gates/paused";
import { subscriberGate } from "../session/gates/subscriber";
import { RequirePass } from "../session/require-pass";
import { ScratchRequest } from "../session/scratch-request";
import { SessionCall } from "../session/session-call";
import { SessionContext } from "../session/session-context";
import type { SessionLog } from "../session/session-log";
import { sessionTasks } from "../session/session-tasks";
import { TurnLoop } from "../session/turn-loop";
import { EventTeller } from "./events";
import { sentinelSection } from "./info/sentinel-section";
import { statsSection } from "./info/stats-section";
import { LinkSet } from "./links/link-set";
import type { SentinelModel } from "./model/sentinel-model";
import { roleCommands } from "./role-commands";
import { FailoverPermits } from "./scripts/failover-permits";
import { type RunScript, ScriptQueue } from "./scripts/script-queue";
import { SentinelShell, type ShellParts } from "./sentinel-shell";
import { SentinelTimer } from "./sentinel-timer";

/** What a Sentinel is put together from: the world outside, or a test's. */
export interface SentinelNodeParts
  extends Pick<ShellParts, "step" | "random" | "hostNames" | "save" | "crash"> {
  readonly config: Config;
  readonly log: SessionLog;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly facts: ServerFacts;
  readonly shutdown: Shutdown;
  /** As it was read; it belongs to the node from now on. */
  readonly model: SentinelModel;
  readonly runScript: RunScript;
  /** SENTINEL with its subcommands. */
  readonly commands: (node: SentinelNode) => readonly CommandSpec<SessionCall>[];
  /** Ends the process after an exception in the middle of a command (design D7). */
  readonly onCrash: (call: SessionCall, error: unknown) => never;
}

/**
 * A Sentinel put together: sessions and commands on one side, links to what it watches on the other,
 * and the step with its shell between them. It wires and decides nothing itself.
 */
export class SentinelNode {
  readonly model: SentinelModel;
  readonly config: Config;
  readonly shell: SentinelShell;
  readonly scripts: ScriptQueue;
  readonly session: SessionContext;
  readonly table: CommandTable<SessionCall>;
  readonly loop: TurnLoop<SessionCall>;
  readonly call: SessionCall;
  readonly #parts: SentinelNodeParts;
  readonly #pipeline: Pipeline<SessionCall>;
  readonly #events: EventTeller;
  readonly #links: LinkSet;
  readonly #timer: SentinelTimer;
  #errorReplies = 0;

  constructor(parts: SentinelNodeParts) {
    this.#parts = parts;
    const { transport, config, model, log } = parts;
    this.model = model;
    this.config = config;
    const { memory } = transport;
    const clients = new Clients(transport);
    this.session = this.#newSession(clients);
    const args = new Arguments(memory.input, memory.table);
    const reply = new ReplyWriter(memory.output, memory.runs, (runs) => transport.flush(runs));
    this.call = new SessionCall(args, reply, clients);
    const runScript = (argv: readonly string[]): void => this.scripts.add(argv);
    this.#events = new EventTeller({ log, pubSub: this.session.pubSub, reply, runScript });
    this.scripts = this.#newScripts();
    this.shell = this.#newShell(runScript);
    this.#links = new LinkSet(
      (event) => this.shell.handle(event),
      () => config.text("bind-source-addr"),
    );
    this.table = this.#newTable();
    this.#pipeline = this.#newPipeline();
    this.loop = this.#newLoop(new ScratchRequest(args, INPUT_SCRATCH_AT, () => 0));
    this.session.attach(this.#pipeline, this.loop);
    this.#timer = this.#newTimer();
  }

  /** Begins turns: clients are answered from now on. Listeners are opened by the caller. */
  serve(): void {
    this.loop.start();
  }

  /** Begins to watch. */
  watch(): void {
    this.shell.handle({ kind: "start" });
    this.#timer.start();
  }

  /** Runs no command and no step any more; what has been replied is still to be flushed. */
  stop(): void {
    this.#timer.stop();
    this.#links.closeAll();
    this.scripts.stop();
    const { clients } = this.session;
    for (const client of clients.all()) clients.closeAfterReply(client);
  }

  #newSession(clients: Clients): SessionContext {
    const { config, log, clock, transport } = this.#parts;
    const credentials = new RequirePass(config);
    const identity = { mode: "sentinel" } as const;
    return new SessionContext({ config, log, clock, transport, clients, credentials, identity });
  }

  #newScripts(): ScriptQueue {
    const { runScript, clock, model } = this.#parts;
    return new ScriptQueue({
      run: runScript,
      nowMs: () => clock.monotonicMs(),
      times: model.times,
      tell: (level, type, text) => this.#tell(level, type, text),
    });
  }

  /** An event of the Sentinel itself. */
  #tell(level: "debug" | "warning", type: string, text: string): void {
    this.#events.tell({ kind: "event", level, type, text, master: undefined });
    this.#settled();
  }

  #newShell(runScript: (argv: readonly string[]) => void): SentinelShell {
    const parts = this.#parts;
    const permits = new FailoverPermits({
      run: parts.runScript,
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return { callOff: () => clearTimeout(timer) };
      },
      tell: (level, type, text) => this.#tell(level, type, text),
    });
    return new SentinelShell({
      ...parts,
      listeningPort: () => parts.config.number("port"),
      links: () => this.#links,
      tell: (event) => this.#events.tell(event),
      permits,
      runScript,
      settled: () => this.#settled(),
    });
  }

  /** Sends what was published, unless a turn is going to. */
  #settled(): void {
    if (!this.#events.hasPublished || this.loop.isInTurn) return;
    this.#events.hasPublished = false;
    this.loop.flushOutside();
  }

  #newTable(): CommandTable<SessionCall> {
    const { model, shutdown } = this.#parts;
    const tableHolder = new TableHolder();
    const table = new CommandTable(
      roleCommands({
        tableHolder,
        session: this.session,
        sections: this.#newSections(),
        shutdown,
        model,
        handle: (event) => this.shell.handle(event),
        sentinel: this.#parts.commands(this),
      }),
    );
    tableHolder.table = table;
    return table;
  }

  #newSections(): readonly InfoSection[] {
    const { facts, config, model, clock } = this.#parts;
    const { session, scripts } = this;
    return [
      serverSection(facts, config, session.identity.mode, () => session.clients.count),
      clientsSection(session, () => 0),
      statsSection({
        session,
        pipeline: () => this.#pipeline,
        turns: () => this.loop,
        errorReplies: () => this.#errorReplies,
      }),
      cpuSection(),
      sentinelSection({ model, monotonicMs: () => clock.monotonicMs(), scripts }),
    ];
  }

  #newPipeline(): Pipeline<SessionCall> {
    const { session, table } = this;
    const { clock, onCrash } = this.#parts;
    const gates = [authenticatedGate(session), subscriberGate(), pausedGate(session)];
    return new Pipeline(table, gates, {
      monotonicUs: () => clock.monotonicMs() * 1000,
      onRun: () => undefined,
      onError: () => {
        this.#errorReplies += 1;
      },
      onUnknown: (call) => rejectsForeignProtocol(session, call),
      onCrash,
    });
  }

  #newLoop(scratch: ScratchRequest): TurnLoop<SessionCall> {
    const { transport, clock } = this.#parts;
    const { door, pushes } = this.session;
    const host = {
      beginTurn: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      endTurn: () => {
        this.#events.hasPublished = false;
      },
      door,
      pushes,
      lookAhead: () => undefined,
    };
    return new TurnLoop(transport, this.#pipeline, this.call, host, scratch);
  }

  #newTimer(): SentinelTimer {
    const { clock, random } = this.#parts;
    const tasks = [
      ...sessionTasks(this.session, () => this.#pipeline.commandsProcessed),
      { name: "step", periodMs: 0, run: () => this.shell.handle({ kind: "tick" }) },
      { name: "scripts", periodMs: 0, run: () => this.scripts.tick() },
    ];
    const cron = new Cron(clock, tasks, () => this.loop.flushOutside());
    return new SentinelTimer(() => cron.tick(), random);
  }
}
