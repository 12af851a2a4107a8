// Runs one script against two servers at once and collects every difference between their replies.
// Not a judge of which one is right: the real server is. What always holds: both get the same bytes
// in the same order, but for variables (`$id`) that each server filled itself.

import { setTimeout as delay } from "node:timers/promises";
import { RawClient, type RawClientTarget } from "../support/raw-client";
import { decodeReply } from "../support/reply";
import { encodeCommand } from "../support/resp-encode";
import { waitFor } from "../support/wait-for";
import { sameReplies } from "./allowed-differences";
import type { ParityScript, Step } from "./script";

const MAX_DIFFERENCES = 10;
const SHOWN_BYTES = 600;

interface Pair<T> {
  readonly ours: T;
  readonly real: T;
}

export interface ParityOptions {
  /** The subject is the oracle itself: `.ours` lines are left out of account. */
  readonly subjectIsReal?: boolean;
  /** Both servers allow DEBUG, so data sets are compared by DEBUG DIGEST after each script. */
  readonly digest?: boolean;
}

/** Runs `parityScript` in one protocol; one text per difference, none when all is equal. */
export async function runScript(
  parityScript: ParityScript,
  protocol: 2 | 3,
  servers: Pair<RawClientTarget>,
  options: ParityOptions = {},
): Promise<string[]> {
  const run = new ScriptRun(parityScript, protocol, servers, options);
  try {
    await run.reset();
    for (const step of parityScript.steps) {
      await run.step(step);
      if (run.differences.length >= MAX_DIFFERENCES) break;
    }
    if (options.digest === true) await run.compareDigests();
  } catch (error) {
    run.differences.push(`${run.where()}: ${String(error)}`);
  } finally {
    await run.close();
  }
  return run.differences;
}

class ScriptRun {
  readonly differences: string[] = [];
  readonly #clients = new Map<string, Pair<RawClient>>();
  readonly #variables = new Map<string, Pair<string>>();
  #current: Step | undefined;

  constructor(
    private readonly script: ParityScript,
    private readonly protocol: 2 | 3,
    private readonly servers: Pair<RawClientTarget>,
    private readonly options: ParityOptions,
  ) {}

  /** Empties both servers, by connections that are gone before the script begins. */
  async reset(): Promise<void> {
    await both(this.servers, async (target) => {
      const client = await RawClient.connect(target);
      // A script that broke off may have left writes paused.
      await client.call("CLIENT", "UNPAUSE");
      const reply = await client.call("FLUSHALL");
      await client.close();
      if (reply !== "OK") throw new Error(`FLUSHALL answered ${JSON.stringify(reply)}`);
    });
  }

  async step(step: Step): Promise<void> {
    this.#current = step;
    if (step.kind === "pause") return delay(step.durationMs);
    if (step.kind === "waiting") return this.#untilWaiting(step.count);
    const clients = await this.#clientPair(step.client);
    switch (step.kind) {
      case "command":
        return this.#command(clients, step.args, step.ours);
      case "let":
        return this.#let(clients, step.variable, step.args);
      case "scan":
        return this.#scan(clients, step.args);
      case "send":
        clients.ours.sendRaw(step.bytes);
        clients.real.sendRaw(step.bytes);
        return;
      case "ask":
        await both(clients, async (client, side) =>
          client.send(...this.#substitute(step.args, side)),
        );
        return;
      case "silent":
        return this.#expectSilence(clients);
      case "read":
        return this.#read(clients, step.count);
      case "closed":
        return this.#expectClose(clients);
      case "disconnect":
        await both(clients, (client) => client.close());
        this.#clients.delete(step.client);
    }
  }

  async compareDigests(): Promise<void> {
    this.#current = undefined;
    const digests = await both(this.servers, async (target) => {
      const client = await RawClient.connect(target);
      const reply = await client.command("DEBUG", "DIGEST");
      await client.close();
      return reply;
    });
    this.#compare([Buffer.from("DEBUG"), Buffer.from("DIGEST")], digests);
  }

  where(): string {
    const step = this.#current === undefined ? "" : `, line ${this.#current.line}`;
    const text = this.#current === undefined ? "" : `: ${this.#current.text}`;
    return `'${this.script.name}' RESP${this.protocol}${step}${text}`;
  }

  async close(): Promise<void> {
    for (const clients of this.#clients.values()) await both(clients, (client) => client.close());
  }

  async #command(
    clients: Pair<RawClient>,
    args: readonly Buffer[],
    expected: Buffer | undefined,
  ): Promise<void> {
    const replies = await both(clients, (client, side) =>
      client.command(...this.#substitute(args, side)),
    );
    if (expected !== undefined && this.options.subjectIsReal !== true) {
      if (!replies.ours.equals(expected)) this.#report(args, { ...replies, real: expected });
      return;
    }
    this.#compare(args, replies);
  }

  async #let(clients: Pair<RawClient>, variable: string, args: readonly Buffer[]): Promise<void> {
    const values = await both(clients, async (client, side) => {
      const reply = decodeReply(await client.command(...this.#substitute(args, side)));
      return typeof reply === "object" ? JSON.stringify(reply) : String(reply);
    });
    this.#variables.set(variable, values);
  }

  async #scan(clients: Pair<RawClient>, args: readonly Buffer[]): Promise<void> {
    const found = await both(clients, (client) => scanAll(client, args));
    const [ours, real] = [[...found.ours].sort(), [...found.real].sort()];
    if (ours.join("\n") === real.join("\n")) return;
    this.#report(args, { ours: Buffer.from(ours.join(" ")), real: Buffer.from(real.join(" ")) });
  }

  async #read(clients: Pair<RawClient>, count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const replies = await both(clients, (client) => client.readReply());
      // A line of MONITOR is a simple string that begins with a time; nothing else does.
      const isMonitorLine = /^\+\d+\.\d{6} \[/.test(replies.real.toString("latin1"));
      this.#compare([Buffer.from(isMonitorLine ? "#monitor" : "")], replies);
    }
  }

  async #untilWaiting(count: number): Promise<void> {
    await both(this.servers, async (target) => {
      const client = await RawClient.connect(target);
      await waitFor(`${count} clients to wait`, async () =>
        String(await client.call("INFO", "clients")).includes(`\nblocked_clients:${count}\r`),
      );
      await client.close();
    });
  }

  /** A server answers clients in their order, so what it had sent is here after a PING by another. */
  async #expectSilence(clients: Pair<RawClient>): Promise<void> {
    await both(this.servers, async (target) => {
      const client = await RawClient.connect(target);
      await client.call("PING");
      await client.close();
    });
    const unread = await both(clients, async (client) => client.unreadReplies());
    const replies = { ours: Buffer.from(`${unread.ours}`), real: Buffer.from(`${unread.real}`) };
    if (unread.ours + unread.real > 0) this.#report([], replies);
  }

  async #expectClose(clients: Pair<RawClient>): Promise<void> {
    const replies = await both(clients, async (client) =>
      Buffer.concat([...(await client.expectClose()), client.pendingBytes()]),
    );
    if (!replies.ours.equals(replies.real)) this.#report([], replies);
    this.#clients.delete(this.#current?.client ?? "");
  }

  #compare(args: readonly Buffer[], replies: Pair<Buffer>): void {
    if (!sameReplies(args, replies.ours, replies.real)) this.#report(args, replies);
  }

  #report(args: readonly Buffer[], replies: Pair<Buffer>): void {
    const sent = encodeCommand(args);
    const bytes = args.length === 0 ? "" : `\n  sent: ${quote(sent)}`;
    this.differences.push(
      `${this.where()}${bytes}\n  ours: ${quote(replies.ours)}\n  real: ${quote(replies.real)}`,
    );
  }

  #substitute(args: readonly Buffer[], side: keyof Pair<unknown>): Buffer[] {
    return args.map((arg) => {
      const name = arg[0] === 0x24 ? arg.toString("latin1", 1) : "";
      const value = this.#variables.get(name);
      return value === undefined ? arg : Buffer.from(value[side]);
    });
  }

  async #clientPair(name: string): Promise<Pair<RawClient>> {
    const known = this.#clients.get(name);
    if (known !== undefined) return known;
    const clients = await both(this.servers, async (target) => {
      const client = await RawClient.connect(target);
      if (this.protocol === 3) await client.command("HELLO", "3");
      return client;
    });
    this.#clients.set(name, clients);
    return clients;
  }
}

async function both<S, T>(
  pair: Pair<S>,
  action: (item: S, side: keyof Pair<unknown>) => Promise<T>,
): Promise<Pair<T>> {
  const [ours, real] = await Promise.all([action(pair.ours, "ours"), action(pair.real, "real")]);
  return { ours, real };
}

async function scanAll(client: RawClient, args: readonly Buffer[]): Promise<Set<string>> {
  const found = new Set<string>();
  let cursor = "0";
  do {
    const words = args.map((arg) => (arg.toString("latin1") === "*" ? Buffer.from(cursor) : arg));
    const reply = await client.call(...words);
    if (!Array.isArray(reply) || !Array.isArray(reply[1])) return new Set([JSON.stringify(reply)]);
    for (const item of reply[1]) found.add(JSON.stringify(item));
    cursor = String(reply[0]);
  } while (cursor !== "0");
  return found;
}

function quote(bytes: Buffer): string {
  const text = JSON.stringify(bytes.toString("latin1", 0, SHOWN_BYTES));
  return bytes.length > SHOWN_BYTES ? `${text} ... (${bytes.length} bytes)` : text;
}
