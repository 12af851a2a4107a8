import { type Clock, SystemClock } from "../base/clock";
import type { Log, LogRole } from "../log/log";
import { loadAddon } from "../native/addon";
import type { Transport } from "../net/transport";
import { followTransportSettings } from "../session/transport-settings";
import { type CrashCircumstances, gatherCrashFacts } from "./crash-facts";
import { crashLine, crashReport } from "./crash-report";
import { endpointsOf } from "./endpoints";
import { Listeners } from "./listeners";
import { gatherFacts, type ServerFacts } from "./server-facts";
import { type SignalParts, Signals } from "./signals";
import { answerCaller } from "./start/daemon";
import { fitMaxClients, guardMaxClients, slotsFor } from "./start/max-clients";
import { followOomScore } from "./start/oom-score";
import { OpenFiles, raiseFileLimit, readFileLimit } from "./start/open-files";
import { openTransport } from "./start/open-transport";
import { PidFile } from "./start/pid-file";
import { followProcessTitle, type TitleParts } from "./start/process-title";
import { configuredLog, logBeginning, logLogo } from "./start/start-log";
import type { RoleStart } from "./start/start-role";
import { Supervision } from "./start/supervision";
import { backlogWarning } from "./start/system-checks";

/** How long clients have to take what has been replied to them before the process ends. */
const LAST_REPLIES_MS = 1000;

/**
 * What a process that serves has to do with the world outside, whatever its role: log, sockets,
 * signals, files of the process, and its end.
 *
 * It has parts and steps; the order of the steps is the role's. What always holds: whoever waits for
 * the start (a daemon's caller, systemd) hears of it only by `serves`, or by `fail` and `crash`.
 */
export class ServingProcess {
  readonly clock: Clock = new SystemClock();
  readonly log: Log;
  readonly addon = loadAddon().addon;
  readonly supervision: Supervision;
  readonly pidFile: PidFile;
  readonly #start: RoleStart;
  readonly #openFiles: OpenFiles;
  /** What the log was told so far, for the caller of a daemon that cannot start. */
  readonly #warned: string[] = [];
  /** Why the transport is not the native one. */
  #portableReason: string | undefined;
  #facts: ServerFacts | undefined;
  readonly warn = (text: string): void => {
    this.#warned.push(text);
    this.log.warning(text);
  };

  constructor(start: RoleStart, logRole: LogRole) {
    const { config } = start;
    this.#start = start;
    this.log = configuredLog(config, this.clock, logRole);
    this.#openFiles = new OpenFiles({
      limit: readFileLimit,
      raise: (files) => raiseFileLimit(this.addon?.setFileLimit, files),
      warning: this.warn,
    });
    this.supervision = new Supervision({
      wanted: config.value("supervised"),
      environment: process.env,
      notify: this.addon?.notifySupervisor,
      stopSelf: () => process.kill(process.pid, "SIGSTOP"),
      notice: (text) => this.log.notice(text),
      warning: this.warn,
    });
    this.pidFile = new PidFile(config.text("pidfile"), start.isDaemon);
  }

  /** The first lines of the log. */
  begin(): void {
    logBeginning(this.log, this.#start.hasArguments);
    this.supervision.begin();
  }

  /** Room for the clients that are wanted, and the transport that serves them. */
  openTransport(hashKey: readonly [number, number]): Transport {
    const { config } = this.#start;
    if (!fitMaxClients(config, this.#openFiles)) this.fail();
    const { transport, reason } = openTransport(hashKey, slotsFor(config, this.#openFiles));
    if (transport === undefined) {
      this.warn(`Cannot reserve memory for clients: ${reason}`);
      this.fail();
    }
    this.#portableReason = reason;
    guardMaxClients(config, this.#openFiles, transport.maxSlots);
    followTransportSettings(config, transport);
    return transport;
  }

  gatherFacts(transport: Transport): ServerFacts {
    this.#facts = gatherFacts({
      clock: this.clock,
      configFile: this.#start.configFile,
      transportName: transport.name,
      supervisedBy: this.supervision.kind,
    });
    return this.#facts;
  }

  newListeners(transport: Transport): Listeners {
    return new Listeners(transport, this.#start.config.number("tcp-backlog"), this.warn);
  }

  /** Listens everywhere, or fails. */
  async listen(listeners: Listeners): Promise<void> {
    const { config } = this.#start;
    const port = config.number("port");
    const unixSocket = config.text("unixsocket");
    if (!(await listeners.openTcp(endpointsOf(config.value("bind"), port)))) {
      this.warn(`Failed listening on port ${port} (TCP), aborting.`);
      this.fail();
    }
    const unixMode = config.number("unixsocketperm");
    if (unixSocket !== "" && !(await listeners.openUnix(unixSocket, unixMode))) this.fail();
    if (listeners.isListening) return;
    this.warn("Configured to not listen anywhere, exiting.");
    this.fail();
  }

  /** What the rest of the machine sees of the process. */
  show(title: TitleParts): void {
    const { config, configFile } = this.#start;
    const problem = this.pidFile.write(process.pid);
    if (problem !== undefined) this.warn(`Failed to write PID file: ${problem}`);
    followProcessTitle(config, configFile, title);
    followOomScore(config, this.warn);
  }

  /** The banner, and what is wrong with the sockets. */
  tellStart(transport: Transport, mode: "standalone" | "sentinel"): void {
    const { config } = this.#start;
    const port = config.number("port");
    logLogo(this.log, config, { port, pid: process.pid, mode, transportName: transport.name });
    const backlog = backlogWarning(config.number("tcp-backlog"));
    if (backlog !== undefined) this.warn(backlog);
    if (this.#portableReason === undefined) return;
    this.warn(`Serving through Node's own sockets, which are slower: ${this.#portableReason}`);
  }

  listenToSignals({ shutDown, isLoading }: Pick<SignalParts, "shutDown" | "isLoading">): void {
    const signals = new Signals({
      config: this.#start.config,
      pid: process.pid,
      nowMs: () => this.clock.nowMs(),
      isLoading,
      shutDown,
      writeRaw: (text) => this.log.block("warning", text),
      exit: (code) => process.exit(code),
    });
    signals.listen();
  }

  /** Tells whoever waits for the start. */
  serves(): void {
    this.supervision.ready();
    if (this.#start.isDaemon) answerCaller();
  }

  /** Sends what has been replied, also in the turn that asked for the end, and ends the process. */
  finish(transport: Transport, flush: () => void): void {
    setImmediate(() => {
      flush();
      transport.stop(LAST_REPLIES_MS).then(() => process.exit(0));
    });
  }

  /** After an unexpected exception nothing that is in memory can be relied on (design D7). */
  crash(circumstances: Omit<CrashCircumstances, "facts">): never {
    const facts = gatherCrashFacts({ ...circumstances, facts: this.#facts });
    if (this.#start.config.flag("crash-log-enabled")) {
      this.log.block("warning", crashReport(facts));
    } else {
      this.log.warning(crashLine(facts));
    }
    if (this.#start.isDaemon) answerCaller(crashLine(facts));
    process.exit(1);
  }

  /** The log has said why, or `text` is what belongs on stderr. */
  fail(text?: string): never {
    if (this.#start.isDaemon) answerCaller(text ?? this.#warned.join("\n"));
    else if (text !== undefined) process.stderr.write(text);
    process.exit(1);
  }
}
