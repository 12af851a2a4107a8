// Random command sequences on two servers: every reply equal, and the data sets equal by digest.
// Not a fuzzer of the protocol. What always holds: the seed alone decides the commands, so a
// mismatch can be seen again by running with the same seed.

import { RawClient, type RawClientTarget } from "../support/raw-client";
import type { Reply } from "../support/reply";
import { encodeCommand } from "../support/resp-encode";
import { SeededRandom } from "../support/seeds";
import { sameReplies } from "./allowed-differences";
import { CommandSource, GRAMMARS } from "./grammar";

const BATCH_SIZE = 50;
const DIGEST_INTERVAL = 500;
const SHOWN_HISTORY = 15;
const SHOWN_BYTES = 300;
const DIGEST_COMMAND = [Buffer.from("DEBUG"), Buffer.from("DIGEST")];
// Those that the grammar selects.
const DATABASES = ["0", "1", "2", "3"];
// Keeps strings small enough that a digest over them stays quick.
const MAX_BULK_BYTES = 1024 * 1024;

export interface RandomParityOptions {
  readonly seed: number;
  /** Stops after this many commands or after this time, whichever comes first. */
  readonly commands: number;
  readonly durationMs?: number;
}

/** Runs random commands on both; the number that ran, or an error that tells the first mismatch. */
export async function runRandomParity(
  servers: { readonly ours: RawClientTarget; readonly real: RawClientTarget },
  { seed, commands, durationMs = Number.POSITIVE_INFINITY }: RandomParityOptions,
): Promise<number> {
  const ours = await RawClient.connect(servers.ours);
  const real = await RawClient.connect(servers.real);
  try {
    const run = new RandomRun(ours, real, seed);
    await run.prepare();
    const end = performance.now() + durationMs;
    while (run.executed < commands && performance.now() < end) await run.batch();
    await run.compareDigests();
    return run.executed;
  } finally {
    await Promise.all([ours.close(), real.close()]);
  }
}

class RandomRun {
  executed = 0;
  readonly #random: SeededRandom;
  readonly #history: Buffer[][] = [];
  #source: CommandSource;

  constructor(
    private readonly ours: RawClient,
    private readonly real: RawClient,
    private readonly seed: number,
  ) {
    this.#random = new SeededRandom(seed);
    this.#source = new CommandSource(this.#random, GRAMMARS);
  }

  /** Empties both servers and leaves out the commands that the subject has not got. */
  async prepare(): Promise<void> {
    for (const client of [this.ours, this.real]) {
      await client.call("FLUSHALL");
      await client.call("CONFIG", "SET", "proto-max-bulk-len", String(MAX_BULK_BYTES));
    }
    const names = GRAMMARS.map(({ name }) => name);
    const [known, knownToReal] = await Promise.all([
      this.ours.call("COMMAND", "INFO", ...names),
      this.real.call("COMMAND", "INFO", ...names),
    ]);
    if (!Array.isArray(known) || !Array.isArray(knownToReal)) throw new Error("no COMMAND INFO");
    const usable = GRAMMARS.filter(
      (_, index) => known[index] !== null || knownToReal[index] === null,
    );
    this.#source = new CommandSource(this.#random, usable);
  }

  async batch(): Promise<void> {
    const batch = Array.from({ length: BATCH_SIZE }, () => this.#source.next());
    const bytes = Buffer.concat(batch.map((args) => encodeCommand(args)));
    this.ours.sendRaw(bytes);
    this.real.sendRaw(bytes);
    for (const args of batch) {
      this.#history.push(args);
      const [ours, real] = await Promise.all([this.ours.readReply(), this.real.readReply()]);
      if (!sameReplies(args, ours, real)) throw this.#mismatch(args, ours, real);
      this.executed += 1;
    }
    if (this.executed % DIGEST_INTERVAL === 0) await this.compareDigests();
    this.#history.splice(0, Math.max(0, this.#history.length - DIGEST_INTERVAL));
  }

  async compareDigests(): Promise<void> {
    const [ours, real] = await Promise.all([
      this.ours.command("DEBUG", "DIGEST"),
      this.real.command("DEBUG", "DIGEST"),
    ]);
    if (ours.equals(real)) return;
    const keys = await this.#differingKeys();
    throw this.#mismatch(DIGEST_COMMAND, ours, real, keys);
  }

  /** Keys of each database whose value differs, to find the command to blame. */
  async #differingKeys(): Promise<string[]> {
    const differing: string[] = [];
    for (const database of DATABASES) {
      const names = new Map<string, Reply>();
      for (const client of [this.ours, this.real]) {
        await client.call("SELECT", database);
        const found = await client.call("KEYS", "*");
        for (const key of Array.isArray(found) ? found : []) names.set(JSON.stringify(key), key);
      }
      for (const [shown, key] of names) {
        const name = Buffer.isBuffer(key) ? key : String(key);
        const [ours, real] = await Promise.all([
          this.ours.command("DEBUG", "DIGEST-VALUE", name),
          this.real.command("DEBUG", "DIGEST-VALUE", name),
        ]);
        if (!ours.equals(real)) differing.push(`${database}:${shown}`);
      }
    }
    return differing;
  }

  #mismatch(
    args: readonly Buffer[],
    ours: Buffer,
    real: Buffer,
    keys: readonly string[] = [],
  ): Error {
    const blamed = keys.length === 0 ? "" : `\n  keys that differ: ${keys.join(" ")}`;
    const history = this.#history.slice(-SHOWN_HISTORY).map((words) => `    ${show(words)}`);
    return new Error(
      `random command ${this.executed} differs, REDIS_TEST_SEED=${this.seed}\n` +
        `  command: ${show(args)}\n  ours: ${quote(ours)}\n  real: ${quote(real)}${blamed}\n` +
        `  commands before it:\n${history.join("\n")}`,
    );
  }
}

function show(args: readonly Buffer[]): string {
  return args.map(quote).join(" ");
}

function quote(bytes: Buffer): string {
  const text = JSON.stringify(bytes.toString("latin1", 0, SHOWN_BYTES));
  return bytes.length > SHOWN_BYTES ? `${text}... (${bytes.length} bytes)` : text;
}
