// A server with its own directory and port that can be killed, ended in order and started again, with
// clients that write to it as long as it lives.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandSource } from "../../parity/grammar";
import type { RawClient } from "../../support/raw-client";
import type { ServerProcess } from "../../support/server-process";
import { withDeadline } from "../../support/wait-for";
import { AllTypeWriter } from "./all-type-writer";
import type { Directives, Stage } from "./stage";

const ENDED_MS = 20_000;
const SHOWN_LINES = 25;

export class TornNode {
  #server!: ServerProcess;
  #client!: RawClient;
  #writer!: AllTypeWriter;
  #source: CommandSource | undefined;

  private constructor(
    readonly name: string,
    private readonly stage: Stage,
    private readonly program: string,
    private readonly dir: string,
    private readonly config: Directives,
  ) {}

  static async start(
    name: string,
    stage: Stage,
    program: string,
    config: Directives,
  ): Promise<TornNode> {
    const dir = mkdtempSync(join(tmpdir(), "torn-"));
    stage.after(() => rmSync(dir, { recursive: true, force: true }));
    const node = new TornNode(name, stage, program, dir, config);
    await node.#begin({});
    return node;
  }

  get port(): number {
    return this.#server.port;
  }

  get client(): RawClient {
    return this.#client;
  }

  get writer(): AllTypeWriter {
    return this.#writer;
  }

  /** The last lines of its log, for who looks for a mistake. */
  get lastLines(): string {
    const state = this.#server.running() ? "runs" : "has ended";
    const lines = this.#server.logs().trimEnd().split("\n").slice(-SHOWN_LINES);
    return `${this.name} ${state}\n    ${lines.join("\n    ")}`;
  }

  /** Has the writer take its commands from there from now on. */
  async write(source: CommandSource): Promise<void> {
    this.#source = source;
    this.#writer = new AllTypeWriter(await this.stage.client(this.#server), source);
  }

  /** It starts again with what its last file has, as a master or behind one. */
  async restart(how: "SIGKILL" | "SHUTDOWN", masterPort: number | undefined): Promise<void> {
    // One that writes its first append only file does not end in order.
    if (how === "SHUTDOWN") await this.#client.call("SHUTDOWN", "SAVE").catch(() => undefined);
    this.#server.kill("SIGKILL");
    await withDeadline(`end of ${this.name}`, ENDED_MS, this.#server.exited);
    const isReplica = masterPort !== undefined;
    await this.#begin(isReplica ? { replicaof: ["127.0.0.1", `${masterPort}`] } : {}, this.port);
  }

  async #begin(role: Directives, port?: number): Promise<void> {
    const { stage, program, dir, config } = this;
    const options = port === undefined ? { dir } : { dir, port };
    this.#server = await stage.server(program, { ...config, ...role }, options);
    this.#client = await stage.client(this.#server);
    if (this.#source !== undefined) await this.write(this.#source);
  }
}
