import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Clock, SystemClock } from "../base/clock";
import { Random } from "../base/random";
import type { Config } from "../config/config";
import type { LoadedConfig } from "../config/load-config";
import type { DataCall } from "../keyspace/data-call";
import type { Log } from "../log/log";
import { loadAddon } from "../native/addon";
import { byteCodecs } from "../native/byte-codecs";
import { bitOperations } from "../native/native-bit-operations";
import type { Transport } from "../net/transport";
import { LoadProblem } from "../persistence/loading/load-problem";
import { SnapshotThread } from "../persistence/snapshot/snapshot-thread";
import { crashLine, crashReport } from "../process/crash-report";
import { endpointsOf } from "../process/endpoints";
import { Listeners } from "../process/listeners";
import { gatherFacts, type ServerFacts } from "../process/server-facts";
import { Signals } from "../process/signals";
import { answerCaller } from "../process/start/daemon";
import { fitMaxClients, guardMaxClients, slotsFor } from "../process/start/max-clients";
import { followOomScore } from "../process/start/oom-score";
import { OpenFiles, raiseFileLimit, readFileLimit } from "../process/start/open-files";
import { openTransport } from "../process/start/open-transport";
import { PidFile } from "../process/start/pid-file";
import { followProcessTitle } from "../process/start/process-title";
import { renameCommands } from "../process/start/renamed-commands";
import { configuredLog, logBeginning, logLogo } from "../process/start/start-log";
import { Supervision } from "../process/start/supervision";
import { backlogWarning, overcommitWarning } from "../process/start/system-checks";
import { followTransportSettings } from "../session/transport-settings";
import { crashFacts } from "./crash-facts";
import { DataNode } from "./data-node";
import { Shutdown } from "./shutdown";
import { missingParts } from "./unfinished-parts";
import { valueEncoders } from "./value-codecs";

/** What the process lends the data node. */
interface ProcessParts {
  readonly facts: ServerFacts;
  readonly listeners: Listeners;
  readonly shutdown: Shutdown;
}

export interface ServerStart {
  readonly config: Config;
  readonly loaded: LoadedConfig;
  /** Absolute path as byte text, or empty. */
  readonly configFile: string;
  readonly hasArguments: boolean;
  readonly isDaemon: boolean;
}

/** How long clients have to take what has been replied to them before the process ends. */
const LAST_REPLIES_MS = 1000;
/** Beside this file, compiled or bundled. */
const SNAPSHOT_WORKER_FILE = "snapshot-worker.js";
const HASH_KEY_BYTES = 8;
const RANDOM_SEED_BYTES = 4;

/**
 * The process of a data node, from its first log line to its exit code: puts the node together with
 * the world outside (log, sockets, signals, files of the process), and takes it apart again.
 *
 * It wires and keeps the order; what each part does is in the part. What always holds: nobody is
 * let in before everything is open, and whoever waits for the start (a daemon's caller, systemd)
 * hears of it only then.
 */
export class ServerProcess {
  readonly #start: ServerStart;
  readonly #config: Config;
  readonly #clock: Clock = new SystemClock();
  readonly #log: Log;
  readonly #addon = loadAddon().addon;
  readonly #openFiles: OpenFiles;
  readonly #supervision: Supervision;
  readonly #pidFile: PidFile;
  /** What the log was told so far, for the caller of a daemon that cannot start. */
  readonly #warned: string[] = [];
  readonly #warn = (text: string): void => {
    this.#warned.push(text);
    this.#log.warning(text);
  };
  #node: DataNode | undefined;
  #facts: ServerFacts | undefined;

  constructor(start: ServerStart) {
    const { config } = start;
    this.#start = start;
    this.#config = config;
    this.#log = configuredLog(config, this.#clock);
    this.#openFiles = new OpenFiles({
      limit: readFileLimit,
      raise: (files) => raiseFileLimit(this.#addon?.setFileLimit, files),
      warning: this.#warn,
    });
    this.#supervision = new Supervision({
      wanted: config.value("supervised"),
      environment: process.env,
      notify: this.#addon?.notifySupervisor,
      stopSelf: () => process.kill(process.pid, "SIGSTOP"),
      notice: (text) => this.#log.notice(text),
      warning: this.#warn,
    });
    this.#pidFile = new PidFile(config.text("pidfile"), start.isDaemon);
  }

  async start(): Promise<void> {
    const { config, loaded, hasArguments, isDaemon } = this.#start;
    const log = this.#log;
    process.on("uncaughtException", (error, origin) => this.crash(origin, error));
    logBeginning(log, hasArguments);
    this.#supervision.begin();
    log.setRole("master");
    if (!fitMaxClients(config, this.#openFiles)) this.#fail();
    const seed = randomBytes(HASH_KEY_BYTES + RANDOM_SEED_BYTES);
    const hashKey = [seed.readInt32LE(0), seed.readInt32LE(4)] as const;
    const { transport, reason } = openTransport(hashKey, slotsFor(config, this.#openFiles));
    if (transport === undefined) {
      this.#warn(`Cannot reserve memory for clients: ${reason}`);
      this.#fail();
    }
    guardMaxClients(config, this.#openFiles, transport.maxSlots);
    followTransportSettings(config, transport);
    const parts = this.#createParts(transport);
    const node = this.#createNode(transport, parts, hashKey, new Random(seed.readInt32LE(8)));
    this.#node = node;
    const problem = renameCommands(node.table, loaded.renames);
    if (problem !== undefined) this.#fail(problem.text);
    if (!(await this.#listen(parts.listeners))) this.#fail();
    this.#openProcess();
    this.#tellStart(transport, reason);
    this.#listenToSignals(parts.shutdown);
    node.serve();
    await this.#load(node);
    node.startCron();
    this.#tellReady();
    if (isDaemon) answerCaller();
  }

  /** After an unexpected exception nothing that is in memory can be relied on (design D7). */
  crash(origin: string, error: unknown, call?: DataCall): never {
    const facts = crashFacts(origin, error, this.#facts, this.#node, call);
    if (this.#config.flag("crash-log-enabled")) this.#log.block("warning", crashReport(facts));
    else this.#log.warning(crashLine(facts));
    if (this.#start.isDaemon) answerCaller(crashLine(facts));
    process.exit(1);
  }

  #createParts(transport: Transport): ProcessParts {
    const config = this.#config;
    const facts = gatherFacts({
      clock: this.#clock,
      configFile: this.#start.configFile,
      transportName: transport.name,
      supervisedBy: this.#supervision.kind,
    });
    this.#facts = facts;
    const listeners = new Listeners(transport, config.number("tcp-backlog"), this.#warn);
    const shutdown = new Shutdown({
      config,
      notice: (text) => this.#log.notice(text),
      warning: this.#warn,
      saves: () => this.#node?.persistence.saves,
      replicas: () => this.#node?.replication.lastReplicas,
      monotonicMs: () => this.#clock.monotonicMs(),
      stopAof: (isForced) => this.#node?.persistence.aof.stopForShutdown(isForced) ?? true,
      isLoading: () => this.#isLoading,
      begin: () => this.#supervision.stopping(),
      removePidFile: () => this.#pidFile.remove(),
      closeListeners: () => listeners.close(),
      finish: () => this.#finish(transport),
    });
    return { facts, listeners, shutdown };
  }

  #createNode(
    transport: Transport,
    parts: ProcessParts,
    hashKey: readonly [number, number],
    random: Random,
  ): DataNode {
    const addon = this.#addon;
    const codecs = byteCodecs(addon);
    return new DataNode({
      config: this.#config,
      log: this.#log,
      setLogRole: (role) => this.#log.setRole(role),
      clock: this.#clock,
      transport,
      ...parts,
      random,
      hashKey,
      bits: bitOperations(addon),
      codecs,
      snapshots: new SnapshotThread(join(__dirname, SNAPSHOT_WORKER_FILE), valueEncoders, codecs),
      ...(addon && {
        advise: (segment, offset, length) => void addon.memoryAdvise(segment, offset, length),
        populate: (segment, offset, length) => addon.memoryPopulate(segment, offset, length),
        preferHugePages: (segment) => void addon.memoryPreferHuge(segment),
      }),
      onCrash: (call, error) => this.crash("a command", error, call),
    });
  }

  async #listen(listeners: Listeners): Promise<boolean> {
    const config = this.#config;
    const port = config.number("port");
    const unixSocket = config.text("unixsocket");
    if (!(await listeners.openTcp(endpointsOf(config.value("bind"), port)))) {
      this.#warn(`Failed listening on port ${port} (TCP), aborting.`);
      return false;
    }
    if (unixSocket !== "" && !(await listeners.openUnix(unixSocket, this.#unixMode))) return false;
    if (!listeners.isListening) this.#warn("Configured to not listen anywhere, exiting.");
    return listeners.isListening;
  }

  /** Clients are told to wait meanwhile. A file that cannot be read ends the process. */
  async #load(node: DataNode): Promise<void> {
    try {
      await node.persistence.loadAtStart();
      node.persistence.openAof(() => !node.call.mayBlock);
    } catch (error) {
      if (!(error instanceof LoadProblem)) throw error;
      this.#warn(error.message);
      this.#warn("Fatal error loading the DB. Exiting.");
      this.#fail();
    }
  }

  get #isLoading(): boolean {
    return this.#node?.persistence.loading.isLoading ?? false;
  }

  get #unixMode(): number {
    return this.#config.number("unixsocketperm");
  }

  /** What the rest of the machine sees of the process. */
  #openProcess(): void {
    const problem = this.#pidFile.write(process.pid);
    if (problem !== undefined) this.#warn(`Failed to write PID file: ${problem}`);
    followProcessTitle(this.#config, this.#start.configFile);
    followOomScore(this.#config, this.#warn);
  }

  #tellStart(transport: Transport, reason: string | undefined): void {
    const config = this.#config;
    const port = config.number("port");
    const { pid } = process;
    logLogo(this.#log, config, { port, pid, mode: "standalone", transportName: transport.name });
    const warnings = [backlogWarning(config.number("tcp-backlog"))];
    if (reason !== undefined) {
      warnings.push(`Serving through Node's own sockets, which are slower: ${reason}`);
    }
    for (const text of warnings) if (text !== undefined) this.#warn(text);
    this.#warn("Server initialized");
    const more = [overcommitWarning(), ...config.takeNotices(), ...missingParts(config)];
    for (const text of more) if (text !== undefined) this.#warn(text);
  }

  #tellReady(): void {
    const unixSocket = this.#config.text("unixsocket");
    if (this.#config.number("port") !== 0) this.#log.notice("Ready to accept connections");
    if (unixSocket !== "") {
      this.#log.notice(`The server is now ready to accept connections at ${unixSocket}`);
    }
    this.#supervision.ready();
  }

  #listenToSignals(shutdown: Shutdown): void {
    const signals = new Signals({
      config: this.#config,
      pid: process.pid,
      nowMs: () => this.#clock.nowMs(),
      isLoading: () => this.#isLoading,
      shutDown: (flags) => shutdown.request(flags),
      writeRaw: (text) => this.#log.block("warning", text),
      exit: (code) => process.exit(code),
    });
    signals.listen();
  }

  /** Sends what has been replied, also in the turn that asked for the end, and ends the process. */
  #finish(transport: Transport): void {
    this.#node?.stop();
    setImmediate(() => {
      this.#node?.loop.flushOutside();
      transport.stop(LAST_REPLIES_MS).then(() => process.exit(0));
    });
  }

  /** The log has said why, or `text` is what belongs on stderr. */
  #fail(text?: string): never {
    if (this.#start.isDaemon) answerCaller(text ?? this.#warned.join("\n"));
    else if (text !== undefined) process.stderr.write(text);
    process.exit(1);
  }
}
