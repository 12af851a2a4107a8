import { randomBytes } from "node:crypto";
import { Random } from "../base/random";
import type { Config } from "../config/config";
import type { Transport } from "../net/transport";
import { defaultUserCredential } from "../process/default-user";
import type { Listeners } from "../process/listeners";
import { ServingProcess } from "../process/serving-process";
import { Shutdown } from "../process/shutdown";
import { renameCommands } from "../process/start/renamed-commands";
import type { RoleStart } from "../process/start/start-role";
import type { SessionCall } from "../session/session-call";
import { step } from "./act/step";
import { sentinelCommand } from "./commands/sentinel-command";
import type { SentinelControl } from "./commands/sentinel-control";
import { HostNames, lookUpHost } from "./host-names";
import { RUN_ID_LENGTH } from "./model/constants";
import { SentinelModel } from "./model/sentinel-model";
import { isExecutable, runScript } from "./scripts/run-script";
import { SentinelNode } from "./sentinel-node";
import { StateStore } from "./state/state-store";

const HASH_KEY_BYTES = 8;
const RANDOM_SEED_BYTES = 4;
/** As in Redis. */
const EXIT_SIMULATED_FAILURE = 99;
/** Statements whose third word names a host. */
const WITH_HOST: ReadonlySet<string> = new Set([
  "monitor",
  "known-replica",
  "known-sentinel",
  "known-slave",
]);

/**
 * The process of a Sentinel, from its first log line to its exit code: puts the node together with
 * the world outside, and takes it apart again.
 *
 * What always holds: nobody is let in before the state has been read, and the id of this Sentinel is
 * saved before anybody is told of it, if it can be saved at all.
 */
export class SentinelProcess {
  readonly #start: RoleStart;
  readonly #config: Config;
  readonly #programName: string;
  readonly #process: ServingProcess;
  readonly #hostNames: HostNames;
  readonly #store: StateStore;
  readonly #model = new SentinelModel();
  #node: SentinelNode | undefined;

  /** @param programName what `ps` is to show. */
  constructor(start: RoleStart, programName: string) {
    this.#start = start;
    this.#config = start.config;
    this.#programName = programName;
    this.#store = newStateStore(start);
    this.#process = new ServingProcess(start, "sentinel");
    this.#hostNames = new HostNames(lookUpHost, () => this.#process.clock.monotonicMs());
  }

  async start(): Promise<void> {
    const outside = this.#process;
    process.on("uncaughtException", (error, origin) => this.crash(origin, error));
    await this.#read();
    outside.begin();
    const seed = randomBytes(HASH_KEY_BYTES + RANDOM_SEED_BYTES);
    const hashKey = [seed.readInt32LE(0), seed.readInt32LE(4)] as const;
    const transport = outside.openTransport(hashKey);
    const listeners = outside.newListeners(transport);
    const shutdown = this.#newShutdown(transport, listeners);
    const node = this.#createNode(transport, shutdown, new Random(seed.readInt32LE(8)));
    this.#node = node;
    const problem = renameCommands(node.table, this.#start.loaded.renames);
    if (problem !== undefined) outside.fail(problem.text);
    await outside.listen(listeners);
    outside.show({ program: this.#programName, mode: "[sentinel]" });
    outside.tellStart(transport, "sentinel");
    for (const text of this.#config.takeNotices()) outside.warn(text);
    outside.listenToSignals({
      shutDown: (flags) => shutdown.request(flags),
      isLoading: () => false,
    });
    node.serve();
    this.#watch(node);
    outside.serves();
  }

  /** After an unexpected exception nothing that is in memory can be relied on (design D7). */
  crash(origin: string, error: unknown, call?: SessionCall): never {
    const { session } = this.#node ?? {};
    const more = () => [["masters", this.#model.masters.size]] as const;
    this.#process.crash({ origin, error, session, call, more });
  }

  /** The state of before; hosts that it names are looked up first. */
  async #read(): Promise<void> {
    const { sentinel: lines } = this.#start.loaded;
    const hosts = lines.map(({ args }) => (WITH_HOST.has(args[1]) ? args[3] : undefined));
    if (lines.some(({ args }) => args[1] === "resolve-hostnames" && args[2] === "yes")) {
      await Promise.all(hosts.map((host) => host !== undefined && this.#hostNames.ask(host)));
    }
    const problem = this.#store.load(this.#model, lines, {
      nowMs: Math.floor(this.#process.clock.monotonicMs()),
      resolve: (host) => this.#hostNames.resolve(host),
      isExecutable,
      warn: this.#process.warn,
    });
    if (problem !== undefined) this.#process.fail(problem.text);
  }

  /** Who this is, then what it watches. */
  #watch(node: SentinelNode): void {
    if (this.#model.myId === "") {
      this.#model.myId = randomBytes(RUN_ID_LENGTH / 2).toString("hex");
      node.shell.save();
    }
    this.#process.log.warning(`Sentinel ID is ${this.#model.myId}`);
    node.watch();
  }

  #newShutdown(transport: Transport, listeners: Listeners): Shutdown {
    const outside = this.#process;
    return new Shutdown({
      name: "Sentinel",
      config: this.#config,
      notice: (text) => outside.log.notice(text),
      warning: outside.warn,
      saves: () => undefined,
      stopAof: () => true,
      isLoading: () => false,
      begin: () => outside.supervision.stopping(),
      removePidFile: () => outside.pidFile.remove(),
      closeListeners: () => listeners.close(),
      finish: () => {
        this.#node?.stop();
        outside.finish(transport, () => this.#node?.loop.flushOutside());
      },
    });
  }

  /** What the commands of the node may ask of it. */
  #controlOf(node: SentinelNode): SentinelControl {
    const { clock } = this.#process;
    const hostNames = this.#hostNames;
    return {
      model: this.#model,
      change: (run) => node.shell.change(run),
      save: () => node.shell.save(),
      nowMs: () => Math.floor(clock.monotonicMs()),
      pendingScripts: () => node.scripts.pending,
      isExecutable,
      lookUp: async (host) => {
        await hostNames.ask(host);
        return hostNames.resolve(host);
      },
    };
  }

  #createNode(transport: Transport, shutdown: Shutdown, random: Random): SentinelNode {
    const { log, clock } = this.#process;
    return new SentinelNode({
      config: this.#config,
      log,
      clock,
      transport,
      facts: this.#process.gatherFacts(transport),
      shutdown,
      model: this.#model,
      step,
      random: () => random.nextDouble(),
      hostNames: this.#hostNames,
      runScript,
      commands: (node) => [sentinelCommand(this.#controlOf(node), node.session)],
      save: () => this.#store.save(this.#model),
      crash: () => {
        log.warning("Sentinel CRASH because of SENTINEL simulate-failure");
        process.exit(EXIT_SIMULATED_FAILURE);
      },
      onCrash: (call, error) => this.crash("a command", error, call),
    });
  }
}

/** Where the state of a Sentinel that is started so is kept. */
export function newStateStore({ config, configFile }: RoleStart): StateStore {
  return new StateStore({
    config,
    configFile: configFile === "" ? undefined : configFile,
    // Users are not part of this build; a real Sentinel writes this line too.
    users: () => [`default on ${defaultUserCredential(config)} ~* &* +@all`],
  });
}
