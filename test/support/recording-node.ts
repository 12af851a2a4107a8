// The whole data node in this process, on a port of its own, with a sink that keeps the effects of
// its commands. Not for what needs a process: no files are written, nothing is read at the start.

import { SystemClock } from "../../src/base/clock";
import { Random } from "../../src/base/random";
import { Config } from "../../src/config/config";
import type { EffectSink } from "../../src/keyspace/effects/effect-sink";
import { PORTABLE_CODECS } from "../../src/native/byte-codecs";
import { PortableBitOperations } from "../../src/native/portable-bit-operations";
import { PortableTransport } from "../../src/net/portable-transport";
import { Listeners } from "../../src/process/listeners";
import { gatherFacts } from "../../src/process/server-facts";
import { Shutdown } from "../../src/process/shutdown";
import { DataNode } from "../../src/server/data-node";
import { followTransportSettings } from "../../src/session/transport-settings";
import { PretendedSnapshots } from "../fuzz/fuzz-node";

const HASH_KEY = [1, 2] as const;
const MAX_CLIENTS = 100;
const SETTINGS = [
  ["enable-debug-command", "yes"],
  ["save", ""],
] as const;

/** Keeps what it is given. */
export class RecordingSink implements EffectSink {
  readonly takesMessages: boolean;
  #parts: Buffer[] = [];

  constructor(takesMessages = false) {
    this.takesMessages = takesMessages;
  }

  append(bytes: Uint8Array, at: number, length: number): void {
    this.#parts.push(Buffer.from(bytes.slice(at, at + length)));
  }

  /** What has come since it was last taken. */
  take(): Buffer {
    return Buffer.concat(this.#parts.splice(0));
  }
}

export class RecordingNode {
  readonly host = "127.0.0.1";
  readonly config = new Config({ currentDirectory: () => "/", changeDirectory: () => undefined });
  readonly sink = new RecordingSink();
  readonly node: DataNode;
  readonly transport = new PortableTransport({ hashKey: HASH_KEY, maxSlots: MAX_CLIENTS });
  port = 0;

  /** @param taker is given the effects instead of `sink`. */
  constructor(taker?: EffectSink) {
    for (const [name, text] of SETTINGS) {
      const directive = this.config.directive(name);
      if (directive === undefined) throw new Error(`there is no directive ${name}`);
      const problem = this.config.assign(directive, [text], false);
      if (problem !== undefined) throw new Error(problem);
    }
    const clock = new SystemClock();
    const transport = this.transport;
    followTransportSettings(this.config, transport);
    const silent = (): undefined => undefined;
    const facts = { clock, configFile: "", transportName: "portable", supervisedBy: "no" } as const;
    this.node = new DataNode({
      config: this.config,
      log: { writes: () => false, debug: silent, verbose: silent, notice: silent, warning: silent },
      transport,
      clock,
      facts: gatherFacts(facts),
      listeners: new Listeners(transport, 0, silent),
      shutdown: new Shutdown({
        config: this.config,
        notice: silent,
        warning: silent,
        begin: silent,
        removePidFile: () => false,
        closeListeners: () => false,
        finish: silent,
        saves: silent,
        stopAof: () => true,
        isLoading: () => false,
      }),
      snapshots: new PretendedSnapshots(),
      random: new Random(1),
      hashKey: HASH_KEY,
      bits: new PortableBitOperations(),
      codecs: PORTABLE_CODECS,
      onCrash: (_call, error) => {
        throw new Error("a command has crashed", { cause: error });
      },
    });
    this.node.call.effects.addSink(taker ?? this.sink);
  }

  async start(): Promise<void> {
    const id = await this.transport.listenTcp(this.host, 0, 16);
    this.port = this.transport.listenerPort(id);
    this.node.serve();
    this.node.startCron();
  }

  async stop(): Promise<void> {
    this.node.stop();
    await this.transport.stop(0);
  }
}
