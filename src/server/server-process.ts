import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Random } from "../base/random";
import type { Config } from "../config/config";
import type { DataCall } from "../keyspace/data-call";
import { byteCodecs } from "../native/byte-codecs";
import { bitOperations } from "../native/native-bit-operations";
import type { Transport } from "../net/transport";
import { LoadProblem } from "../persistence/loading/load-problem";
import { SnapshotThread } from "../persistence/snapshot/snapshot-thread";
import type { CrashFact } from "../process/crash-facts";
import type { Listeners } from "../process/listeners";
import type { ServerFacts } from "../process/server-facts";
import { ServingProcess } from "../process/serving-process";
import { Shutdown } from "../process/shutdown";
import { SERVER_TITLE } from "../process/start/process-title";
import { renameCommands } from "../process/start/renamed-commands";
import type { RoleStart } from "../process/start/start-role";
import { overcommitWarning } from "../process/start/system-checks";
import { DataNode } from "./data-node";
import { valueEncoders } from "./value-codecs";

/** What the process lends the data node. */
interface ProcessParts {
  readonly facts: ServerFacts;
  readonly listeners: Listeners;
  readonly shutdown: Shutdown;
}

/** Beside this file, compiled or bundled. */
const SNAPSHOT_WORKER_FILE = "snapshot-worker.js";
const HASH_KEY_BYTES = 8;
const RANDOM_SEED_BYTES = 4;

/**
 * The process of a data node, from its first log line to its exit code: puts the node together with
 * the world outside, and takes it apart again.
 *
 * It wires and keeps the order; what each part does is in the part. What always holds: nobody is
 * let in before everything is open.
 */
export class ServerProcess {
  readonly #start: RoleStart;
  readonly #config: Config;
  readonly #process: ServingProcess;
  #node: DataNode | undefined;

  constructor(start: RoleStart) {
    this.#start = start;
    this.#config = start.config;
    this.#process = new ServingProcess(start, "child");
  }

  async start(): Promise<void> {
    const { loaded } = this.#start;
    const outside = this.#process;
    process.on("uncaughtException", (error, origin) => this.crash(origin, error));
    outside.begin();
    outside.log.setRole("master");
    const seed = randomBytes(HASH_KEY_BYTES + RANDOM_SEED_BYTES);
    const hashKey = [seed.readInt32LE(0), seed.readInt32LE(4)] as const;
    const transport = outside.openTransport(hashKey);
    const parts = this.#createParts(transport);
    const node = this.#createNode(transport, parts, hashKey, new Random(seed.readInt32LE(8)));
    this.#node = node;
    const problem = renameCommands(node.table, loaded.renames);
    if (problem !== undefined) outside.fail(problem.text);
    await outside.listen(parts.listeners);
    outside.show(SERVER_TITLE);
    this.#tellStart(transport);
    outside.listenToSignals({
      shutDown: (flags) => parts.shutdown.request(flags),
      isLoading: () => this.#isLoading,
    });
    node.serve();
    await this.#load(node);
    node.startCron();
    this.#tellReady();
  }

  /** After an unexpected exception nothing that is in memory can be relied on (design D7). */
  crash(origin: string, error: unknown, call?: DataCall): never {
    const session = this.#node?.context.session;
    this.#process.crash({ origin, error, session, call, more: () => this.#databaseFacts() });
  }

  #databaseFacts(): readonly CrashFact[] {
    const found: CrashFact[] = [];
    this.#node?.keyspace.databases.forEach((database, index) => {
      if (database.size > 0) found.push([`db${index}`, `keys=${database.size}`]);
    });
    return found;
  }

  #createParts(transport: Transport): ProcessParts {
    const outside = this.#process;
    const facts = outside.gatherFacts(transport);
    const listeners = outside.newListeners(transport);
    const shutdown = new Shutdown({
      config: this.#config,
      notice: (text) => outside.log.notice(text),
      warning: outside.warn,
      saves: () => this.#node?.persistence.saves,
      replicas: () => this.#node?.replication.lastReplicas,
      monotonicMs: () => outside.clock.monotonicMs(),
      stopAof: (isForced) => this.#node?.persistence.aof.stopForShutdown(isForced) ?? true,
      isLoading: () => this.#isLoading,
      begin: () => outside.supervision.stopping(),
      removePidFile: () => outside.pidFile.remove(),
      closeListeners: () => listeners.close(),
      finish: () => {
        this.#node?.stop();
        outside.finish(transport, () => this.#node?.loop.flushOutside());
      },
    });
    return { facts, listeners, shutdown };
  }

  #createNode(
    transport: Transport,
    parts: ProcessParts,
    hashKey: readonly [number, number],
    random: Random,
  ): DataNode {
    const { addon, log, clock } = this.#process;
    const codecs = byteCodecs(addon);
    return new DataNode({
      config: this.#config,
      log,
      setLogRole: (role) => log.setRole(role),
      clock,
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

  /** Clients are told to wait meanwhile. A file that cannot be read ends the process. */
  async #load(node: DataNode): Promise<void> {
    try {
      await node.persistence.loadAtStart();
      node.persistence.openAof(() => !node.call.mayBlock);
    } catch (error) {
      if (!(error instanceof LoadProblem)) throw error;
      this.#process.warn(error.message);
      this.#process.warn("Fatal error loading the DB. Exiting.");
      this.#process.fail();
    }
  }

  get #isLoading(): boolean {
    return this.#node?.persistence.loading.isLoading ?? false;
  }

  #tellStart(transport: Transport): void {
    const outside = this.#process;
    outside.tellStart(transport, "standalone");
    outside.warn("Server initialized");
    const config = this.#config;
    const more = [overcommitWarning(), ...config.takeNotices()];
    for (const text of more) if (text !== undefined) outside.warn(text);
  }

  #tellReady(): void {
    const outside = this.#process;
    const unixSocket = this.#config.text("unixsocket");
    if (this.#config.number("port") !== 0) outside.log.notice("Ready to accept connections");
    if (unixSocket !== "") {
      outside.log.notice(`The server is now ready to accept connections at ${unixSocket}`);
    }
    outside.serves();
  }
}
