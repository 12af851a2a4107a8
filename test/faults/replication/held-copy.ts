// A replica behind a proxy that hears what it confirms, and that can be paused, killed and slowed down.

import { linkIsUp } from "../../replication/pair";
import type { RawClient } from "../../support/raw-client";
import type { ServerProcess } from "../../support/server-process";
import type { TcpProxy } from "../../support/tcp-proxy";
import type { Stage } from "./stage";

const ACK = /ACK\r\n\$\d+\r\n(\d+)\r\n/g;
/** Longer than a confirmation that has come in part. */
const KEPT_CHARACTERS = 64;

export type CopyState = "running" | "paused" | "away" | "starting";

export class HeldCopy {
  state: CopyState = "away";
  /** The highest offset that it has confirmed in this life. */
  confirmed = 0;
  #heard = "";
  #server!: ServerProcess;
  #client!: RawClient;

  private constructor(
    private readonly stage: Stage,
    private readonly program: string,
    readonly proxy: TcpProxy,
  ) {}

  static async start(stage: Stage, program: string, masterPort: number): Promise<HeldCopy> {
    const copy = new HeldCopy(stage, program, await stage.proxy(masterPort));
    await copy.begin();
    return copy;
  }

  get client(): RawClient {
    return this.#client;
  }

  /** Starts it without data; it is sent a copy. */
  async begin(): Promise<void> {
    const { stage, proxy } = this;
    this.state = "starting";
    this.confirmed = 0;
    this.#heard = "";
    proxy.latencyMs = 0;
    proxy.heard = (bytes) => this.#hear(bytes);
    const replicaof = ["127.0.0.1", String(proxy.port)];
    this.#server = await stage.server(this.program, { replicaof });
    this.#client = await stage.client(this.#server);
    await linkIsUp(this.#client);
    this.state = "running";
  }

  pause(): void {
    this.#server.kill("SIGSTOP");
    this.state = "paused";
  }

  resume(): void {
    this.#server.kill("SIGCONT");
    this.state = "running";
  }

  kill(): void {
    this.#server.kill("SIGKILL");
    this.state = "away";
  }

  #hear(bytes: Buffer): void {
    const text = this.#heard + bytes.toString("latin1");
    for (const [, offset] of text.matchAll(ACK)) {
      this.confirmed = Math.max(this.confirmed, Number(offset));
    }
    this.#heard = text.slice(-KEPT_CHARACTERS);
  }
}
