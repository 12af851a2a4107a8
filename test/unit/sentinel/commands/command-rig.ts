// SENTINEL's subcommands without a process: on the model of a rig among toy peers, one client.

import { Arguments } from "../../../../src/command/arguments";
import { CommandTable } from "../../../../src/command/command-table";
import { Pipeline } from "../../../../src/command/pipeline";
import type { Transport } from "../../../../src/net/transport";
import { ReplyWriter } from "../../../../src/protocol/reply-writer";
import { sentinelCommand } from "../../../../src/sentinel/commands/sentinel-command";
import type { PendingScript } from "../../../../src/sentinel/scripts/script-queue";
import { Client } from "../../../../src/session/client";
import { Clients } from "../../../../src/session/clients";
import { ScratchRequest } from "../../../../src/session/scratch-request";
import { SessionCall } from "../../../../src/session/session-call";
import { decodeReply, type Reply } from "../../../support/reply";
import type { Argument } from "../../../support/resp-encode";
import type { SentinelRig } from "../sentinel-rig";

const INPUT_BYTES = 1 << 20;
const RUN_WORDS = 4;

export class CommandRig {
  readonly pending: PendingScript[] = [];
  /** Host names that can be looked up. */
  readonly names = new Map<string, string>();
  readonly #call: SessionCall;
  readonly #pipeline: Pipeline<SessionCall>;
  readonly #request: ScratchRequest;
  readonly #output = new Uint8Array(1 << 18);
  readonly #runs = new Uint32Array(1 << 12);
  #sent: Buffer[] = [];

  constructor(readonly sentinel: SentinelRig) {
    const args = new Arguments(new Uint8Array(INPUT_BYTES), new Uint32Array(1 << 16));
    const reply = new ReplyWriter(this.#output, this.#runs, (runs) => this.#collect(runs));
    const clients = new Clients({} as Transport);
    this.#call = new SessionCall(args, reply, clients);
    const address = { remote: "", local: "", remoteIp: "", isUnix: false, fd: -1 };
    this.#call.client = new Client(1, 0, address, 0);
    clients.bySlot[0] = this.#call.client;
    const turns = {
      hold: () => undefined,
      resume: () => undefined,
      answering: (_client: Client, run: () => void) => run(),
      flushOutside: () => this.#collect(reply.endTurn()),
    };
    const table = new CommandTable([sentinelCommand(this.#control(), { turns, clients })]);
    this.#pipeline = new Pipeline(table, [], {
      monotonicUs: () => 0,
      onRun: () => undefined,
      onError: () => undefined,
      onCrash: (_call, error) => {
        throw error;
      },
    });
    this.#request = new ScratchRequest(args, 0, () => 0);
  }

  /** The reply to SENTINEL with these words; undefined when it comes later. */
  run(...words: readonly Argument[]): Reply | undefined {
    this.#sent = [];
    this.#call.reply.begin(0);
    const all = ["SENTINEL", ...words];
    const hash = this.#request.write(all.map((word) => Buffer.from(word as string)));
    this.#pipeline.execute(this.#call, hash);
    this.#collect(this.#call.reply.endTurn());
    this.#call.reply.begin(0);
    return this.takeReply();
  }

  /** What has been replied since it was last asked. */
  takeReply(): Reply | undefined {
    const bytes = Buffer.concat(this.#sent.splice(0));
    return bytes.length === 0 ? undefined : decodeReply(bytes);
  }

  #control() {
    const { sentinel } = this;
    return {
      model: sentinel.model,
      change: sentinel.change.bind(sentinel),
      save: () => sentinel.canSave,
      nowMs: () => sentinel.nowMs,
      pendingScripts: () => this.pending,
      isExecutable: (path: string) => path.startsWith("/bin/"),
      lookUp: (host: string) => Promise.resolve(this.names.get(host)),
    };
  }

  #collect(runs: number): void {
    for (let run = 0; run < runs; run++) {
      const [, , offset = 0, length = 0] = this.#runs.subarray(run * RUN_WORDS);
      this.#sent.push(Buffer.from(this.#output.slice(offset, offset + length)));
    }
  }
}
