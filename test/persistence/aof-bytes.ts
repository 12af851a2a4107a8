// Append only files in memory: made by random commands, and loaded by a node in this process.

import { INPUT_SCRATCH_AT } from "../../src/net/transport";
import { AofCommands } from "../../src/persistence/aof/aof-commands";
import type { AofSource } from "../../src/persistence/aof/aof-source";
import { CommandReplay } from "../../src/persistence/aof/command-replay";
import { FuzzClient } from "../fuzz/fuzz-client";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { CommandSource, GRAMMARS } from "../parity/grammar";
import { encodeCommand } from "../support/resp-encode";
import type { SeededRandom } from "../support/seeds";
import { newNode } from "./random-data";

/** They would end the node or its data. */
export const LEFT_OUT = ["SHUTDOWN", "CLIENT", "HELLO", "FLUSHALL", "FLUSHDB", "DEBUG"];

const ROUNDS_PER_CLIENT = 10;

export class AofBytes implements AofSource {
  readonly sizeBytes: number;

  constructor(readonly bytes: Buffer) {
    this.sizeBytes = bytes.length;
  }

  read(target: Uint8Array, at: number, length: number, position: number): number {
    const part = this.bytes.subarray(position, position + length);
    target.set(part, at);
    return part.length;
  }
}

/** What random commands leave in an append only file: also transactions and other databases. */
export function randomAof(random: SeededRandom, seed: number, sizeBytes: number): Buffer {
  const fuzz = newNode(seed);
  const parts: Buffer[] = [];
  let length = 0;
  fuzz.node.call.effects.addSink({
    takesMessages: false,
    append: (bytes, at, count) => {
      parts.push(Buffer.from(bytes.slice(at, at + count)));
      length += count;
    },
  });
  let client = new FuzzClient(fuzz.transport);
  const usable = GRAMMARS.filter(({ name }) => !LEFT_OUT.includes(name));
  const source = new CommandSource(random, usable);
  let round = 0;
  while (length < sizeBytes) {
    if (random.chance(0.3)) client.write(transaction(random));
    else client.write(encodeCommand(source.next()));
    // A value of some length now and then, with what might be taken for a command in it.
    if (++round % 40 === 0) {
      client.write(encodeCommand(["SET", `long ${round}`, `\r\n*2\r\n${"x".repeat(600)}`]));
    }
    client.sendRest();
    fuzz.transport.turn();
    // One that waits, or listens only, is of no use any more.
    if (round % ROUNDS_PER_CLIENT !== 0) continue;
    client.hangUp();
    client = new FuzzClient(fuzz.transport);
    fuzz.transport.turn();
  }
  return Buffer.concat(parts);
}

/** Commands that no error among them can spoil. */
function transaction(random: SeededRandom): Buffer {
  const commands: string[][] = [["MULTI"]];
  for (let left = random.between(1, 9); left > 0; left--) {
    const key = `t${random.below(5)}`;
    commands.push(random.chance(0.7) ? ["SET", key, String(random.word())] : ["DEL", key]);
  }
  commands.push(["EXEC"]);
  return Buffer.concat(commands.map((words) => encodeCommand(words)));
}

export interface LoadedAof {
  readonly commands: AofCommands;
  readonly warnings: string[];
}

/** Runs a file's commands on a node, from `position` on. @throws LoadProblem */
export function loadAof(fuzz: FuzzNode, source: AofSource, position = 0): LoadedAof {
  const warnings: string[] = [];
  const { node, clock } = fuzz;
  const { call, table, keyspace } = node;
  const onCrash = (_call: unknown, error: unknown): never => {
    throw error;
  };
  const commands = new AofCommands(
    {
      keyspace,
      clock,
      replay: new CommandReplay({ call, table, onCrash }, INPUT_SCRATCH_AT),
      log: { notice: () => undefined, warning: (text) => warnings.push(text) },
      keyDelayUs: () => 0,
    },
    source,
    "appendonly.aof.1.incr.aof",
    position,
  );
  while (!commands.step(0.05));
  return { commands, warnings };
}
