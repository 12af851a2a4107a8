import type { Command } from "../../command/command";
import { COMMAND_MAY_REPLICATE, COMMAND_READONLY, COMMAND_WRITE } from "../../command/command";
import type { CommandTable } from "../../command/command-table";
import type { DataCall } from "../../keyspace/data-call";
import { nameHash } from "../../protocol/name-hash";
import { DISCARD } from "../../protocol/reply-writer";
import { RECORD_HEADER_WORDS } from "../../protocol/request-record";
import { Client } from "../../session/client";
import type { AofWindow } from "./aof-reader";

export interface CommandReplayParts {
  readonly call: DataCall;
  readonly table: CommandTable<DataCall>;
  /** Ends the process after an exception in the middle of a command (design D7). */
  readonly onCrash: (call: DataCall, error: unknown) => never;
}

/** What a command of a file is. */
export const REPLAY_UNKNOWN = 0;
/** It has another number of arguments than the command can have. */
export const REPLAY_MISCOUNTED = 1;
export const REPLAY_MULTI = 2;
export const REPLAY_EXEC = 3;
/** `run` is to be called. */
export const REPLAY_RUN = 4;
/** It changes nothing, and what it would do to the server is not for a file to ask. */
export const REPLAY_IDLE = 5;

/** The part of the input memory that is left to whatever commands run others (EXEC, scripts). */
const NESTED_BYTES = 0x1000_0000;
/** Among those that only read is PFCOUNT, which writes down what it has counted. */
const RUN_FLAGS = COMMAND_WRITE | COMMAND_MAY_REPLICATE | COMMAND_READONLY;
const NAME_HASH = -3;
const KEY_HASH = -2;

/**
 * Runs the commands of a file by the handlers that clients' commands are run by, for a client of its
 * own: no gate is asked, nothing is counted, passed on or replied.
 *
 * What always holds: between `begin` and `end` nobody else's command is run, and behind `end` the
 * call is as it was before `begin`, also in the middle of a command (DEBUG LOADAOF).
 */
export class CommandReplay {
  /** Where an AofReader is to put what it reads, so that handlers find it. */
  readonly window: AofWindow;
  /** The database that the commands are for. */
  get database(): number {
    return this.#client.db;
  }

  readonly #parts: CommandReplayParts;
  readonly #client: Client;
  #command: Command<DataCall> | undefined;
  #restore: () => void = () => undefined;

  /** @param scratchAt where the part of the input memory begins that sockets do not use. */
  constructor(parts: CommandReplayParts, scratchAt: number) {
    this.#parts = parts;
    const { input, table } = parts.call.args;
    this.window = {
      bytes: input,
      start: scratchAt + NESTED_BYTES,
      end: input.length,
      table,
      tableAt: (table.length / 4) * 3 + RECORD_HEADER_WORDS,
    };
    const address = { remote: "", local: "", remoteIp: "", isUnix: false, fd: -1 };
    this.#client = new Client(0, DISCARD, address, 0);
    this.#client.authenticated = true;
  }

  /** The full name of the command that `find` has found. */
  get commandName(): string {
    return this.#command?.fullName ?? "";
  }

  /** A new file begins: its commands are for database 0. */
  reset(): void {
    this.#client.db = 0;
  }

  /** Commands are going to be run, at the time `nowMs`. */
  begin(nowMs: number): void {
    const { call } = this.#parts;
    const { client, reply, args, command, mayBlock, keyspace, effects } = call;
    const { slot, resp3 } = reply;
    const { base, count } = args;
    const before = call.nowMs;
    const tellsEffects = effects.isOn;
    this.#restore = () => {
      call.client = client;
      call.command = command;
      call.mayBlock = mayBlock;
      call.nowMs = before;
      keyspace.loadsCommands = false;
      effects.isOn = tellsEffects;
      args.set(base, count);
      reply.resp3 = resp3;
      reply.begin(slot);
    };
    call.client = this.#client;
    call.mayBlock = false;
    call.nowMs = nowMs;
    keyspace.loadsCommands = true;
    effects.isOn = false;
    reply.resp3 = false;
  }

  end(): void {
    this.#restore();
  }

  /** Looks at the command with so many arguments in the window; returns one of REPLAY_*. */
  find(count: number): number {
    const { call, table } = this.#parts;
    const { args } = call;
    const { input } = args;
    const { tableAt } = this.window;
    args.set(tableAt, count);
    const at = args.offset(0);
    const length = args.length(0);
    let command = table.lookup(input, at, length, nameHash(input, at, length));
    if (command?.subcommands !== undefined && count > 1) command = table.named(args);
    this.#command = command;
    if (command === undefined) return REPLAY_UNKNOWN;
    if (count < command.minArguments || count > command.maxArguments) return REPLAY_MISCOUNTED;
    if ((command.flags & RUN_FLAGS) !== 0) return REPLAY_RUN;
    const { fullName } = command;
    if (fullName === "select") return REPLAY_RUN;
    if (fullName === "multi") return REPLAY_MULTI;
    if (fullName === "exec") return REPLAY_EXEC;
    return REPLAY_IDLE;
  }

  /** Runs what `find` has found; returns the text of the error that it replied, if it did. */
  run(): string | undefined {
    const { call, onCrash } = this.#parts;
    const { args, reply } = call;
    const command = this.#command;
    if (command === undefined) throw new Error("no command was found");
    const { table, base } = args;
    const at = args.offset(0);
    table[base + NAME_HASH] = nameHash(args.input, at, args.length(0));
    if (args.count > 1) {
      table[base + KEY_HASH] = call.keyspace.hashOf(args.input, args.offset(1), args.length(1));
    }
    call.command = command as Command<never>;
    reply.begin(DISCARD);
    const { errorCount } = reply;
    try {
      command.handler(call);
    } catch (error) {
      onCrash(call, error);
    }
    return reply.errorCount === errorCount ? undefined : reply.lastError;
  }
}
