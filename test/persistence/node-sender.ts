// Sends commands to a node in this process, one after the other.

import assert from "node:assert/strict";
import { FuzzClient } from "../fuzz/fuzz-client";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { type Argument, encodeCommand } from "../support/resp-encode";

export class NodeSender {
  readonly #client: FuzzClient;

  constructor(readonly fuzz: FuzzNode) {
    this.#client = new FuzzClient(fuzz.transport);
    // The connection is taken in this turn, and nothing else.
    fuzz.transport.turn();
  }

  send(...command: Argument[]): Buffer {
    this.#client.write(encodeCommand(command));
    this.#client.sendRest();
    this.fuzz.transport.turn();
    return this.#client.lastReply;
  }

  /** The bytes of a bulk that was replied. */
  bulk(...command: Argument[]): Buffer {
    const reply = this.send(...command);
    assert.equal(reply[0], 0x24, reply.toString("latin1"));
    return reply.subarray(reply.indexOf("\n") + 1, -2);
  }
}
