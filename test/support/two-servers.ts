// Our server and the real one side by side, with one client each, for tests that send both the same.

import assert from "node:assert/strict";
import type { RawClient } from "./raw-client";
import { decodeReply, type Reply } from "./reply";
import type { Argument } from "./resp-encode";
import { REAL_SERVER, type ServerOptions, ServerProcess } from "./server-process";

export interface Both<T> {
  readonly ours: T;
  readonly real: T;
}

export class TwoServers {
  private constructor(
    readonly servers: Both<ServerProcess>,
    readonly clients: Both<RawClient>,
  ) {}

  static async start(options: ServerOptions = {}): Promise<TwoServers> {
    const [ours, real] = await Promise.all([
      ServerProcess.start(options),
      ServerProcess.start({ ...options, program: REAL_SERVER }),
    ]);
    const clients = { ours: await ours.client(), real: await real.client() };
    return new TwoServers({ ours, real }, clients);
  }

  async stop(): Promise<void> {
    await this.clients.ours.close();
    await this.clients.real.close();
    await this.servers.ours.stop();
    await this.servers.real.stop();
  }

  /** Sends to both and gives both replies, decoded. */
  async ask(...words: Argument[]): Promise<Both<Reply>> {
    const [ours, real] = await this.#bytes(words);
    return { ours: decodeReply(ours), real: decodeReply(real) };
  }

  /** Sends to both; the reply, which must be the same in every byte. */
  async same(...words: Argument[]): Promise<Reply> {
    const [ours, real] = await this.#bytes(words);
    const shown = words.map((word) => word.toString().slice(0, 40)).join(" ");
    assert.equal(ours.toString("latin1"), real.toString("latin1"), shown);
    return decodeReply(ours);
  }

  #bytes(words: Argument[]): Promise<[Buffer, Buffer]> {
    const { ours, real } = this.clients;
    return Promise.all([ours.command(...words), real.command(...words)]);
  }
}
