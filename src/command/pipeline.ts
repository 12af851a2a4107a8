import { nameHash } from "../protocol/name-hash";
import type { Call, Caller } from "./call";
import { type Command, STAT_CALLS, STAT_FAILED, STAT_REJECTED, STAT_USEC } from "./command";
import type { CommandTable } from "./command-table";
import { errUnknownCommand, errUnknownSubcommand, errWrongArity } from "./error-texts";

/**
 * The way of a command: name, arity, gates, handler, statistics.
 *
 * A gate is a named question that may stop a command (not authenticated, loading, out of memory,
 * queued by MULTI, ...). Gates are asked in the order the role lists them, and only those whose bit
 * is raised on the server or on the caller and that apply to the command: the common command pays
 * one test for all of them.
 *
 * Time is read once per run: up to 64 consecutive calls of one command that takes constant time,
 * with small arguments, share one measurement; every other call has its own. So the sums in
 * commandstats are exact, and what can be slow is measured alone for SLOWLOG and LATENCY. Whoever
 * wants to know even short calls one by one sets `measuresAlone`.
 *
 * Stops the process on an unexpected exception (design D7): `onCrash` does not return.
 */
export interface Gate<C> {
  readonly name: string;
  /** Whether this gate can ever stop the command. */
  readonly appliesTo: (command: Command<never>) => boolean;
  /** Decides now; true means stopped, and what there is to reply is written. Absent: never stops. */
  readonly stops?: (call: C) => boolean;
  /** Told that a command has been run which this gate, raised before it, did not stop. */
  readonly ran?: (call: C) => void;
  /** The same of a command that was run within another one's handler (EXEC, a script). */
  readonly ranWithin?: (call: C) => void;
}

/**
 * What was measured last: consecutive calls of one command. One object serves all runs, so nothing
 * of it may be kept. Arguments and client are those of the run's last call.
 */
export class MeasuredRun {
  calls = 0;
  durationUs = 0;
  client!: Caller;
  argumentsBase = 0;
  argumentCount = 0;
}

export interface PipelineHooks<C> {
  /** A clock in microseconds that never goes back. */
  readonly monotonicUs: () => number;
  /** A run of one command's calls has ended; see MeasuredRun. */
  readonly onRun: (call: C, command: Command<C>, run: MeasuredRun) => void;
  /** A command replied with an error (its text in `call.reply.lastError`). */
  readonly onError: (call: C) => void;
  /** Asked about a name that no command has; true when it has been dealt with and gets no error. */
  readonly onUnknown?: (call: C) => boolean;
  /**
   * Told that a command was refused before it was run: there is none of that name (undefined), its
   * arguments are wrong, or a gate stopped it with an error. Returns the error to reply instead.
   */
  readonly refusal?: (call: C, command: Command<C> | undefined, text: string) => string;
  readonly onCrash: (call: C, error: unknown) => never;
}

/** An error text repeats arguments up to 128 characters; none takes fewer than three. */
const MOST_UNKNOWN_ARGUMENTS = 43;
/** Requests with a larger last argument, or with more arguments, are measured alone. */
const LARGE_REQUEST_BYTES = 65536;
const MANY_ARGUMENTS = 64;
/** A run of so many calls takes far less than the shortest duration that anybody calls slow. */
const MOST_RUN_CALLS = 64;

export class Pipeline<C extends Call> {
  readonly table: CommandTable<C>;
  /** Bits of the gates that are raised for everybody. */
  gates = 0;
  /** Every call is a run of its own. */
  measuresAlone = false;
  readonly #gates: readonly Gate<C>[];
  /** Bits of the gates that may stop a command, and of those that are told of one. */
  #stopping = 0;
  #told = 0;
  readonly #hooks: PipelineHooks<C>;
  readonly #run = new MeasuredRun();
  readonly #nestedRun = new MeasuredRun();
  #running: Command<C> | undefined;
  #runStartUs = 0;
  #nestedStartUs = 0;
  /** Errors that have been counted for a command. */
  #errorsSeen = 0;

  constructor(table: CommandTable<C>, gates: readonly Gate<C>[], hooks: PipelineHooks<C>) {
    if (gates.length > 31) throw new Error("gates are bits of one word");
    this.table = table;
    this.#gates = gates;
    this.#hooks = hooks;
    gates.forEach((gate, index) => {
      if (gate.stops !== undefined) this.#stopping |= 1 << index;
      if (gate.ran !== undefined) this.#told |= 1 << index;
    });
    for (const command of table.all()) {
      gates.forEach((gate, index) => {
        if (gate.appliesTo(command as Command<never>)) command.gates |= 1 << index;
      });
    }
  }

  /** The bit of a gate by its name. */
  bitOf(gateName: string): number {
    const index = this.#gates.findIndex((gate) => gate.name === gateName);
    if (index < 0) throw new Error(`there is no gate ${gateName}`);
    return 1 << index;
  }

  /** Raises or lowers a gate for everybody. */
  setGate(gateName: string, raised: boolean): void {
    const bit = this.bitOf(gateName);
    this.gates = raised ? this.gates | bit : this.gates & ~bit;
  }

  /** Commands run since the start or the last CONFIG RESETSTAT, up to the last end of a run. */
  get commandsProcessed(): number {
    let calls = 0;
    for (const command of this.table.all()) calls += command.stats[STAT_CALLS];
    return calls;
  }

  /**
   * Runs the command in `call.args`; `hash` is its name's hash as the scanner gave it. Returns the
   * command, also when a gate stopped it; undefined when there is none to run.
   */
  execute(call: C, hash: number): Command<C> | undefined {
    const command = this.resolve(call, hash);
    if (command === undefined) return undefined;
    const raised = (this.gates | call.client.gates) & command.gates;
    if (raised === 0) {
      this.run(call, command);
    } else if (!this.#stopped(call, command, raised & this.#stopping)) {
      this.run(call, command);
      this.#tellGates(call, raised & this.#told);
    }
    return command;
  }

  /**
   * The command that `call.args` names, with its arity checked; undefined when there is none or the
   * arity is wrong (the error is written). Sets `call.command`.
   */
  resolve(call: C, hash: number): Command<C> | undefined {
    const { args } = call;
    let command = this.table.lookup(args.input, args.offset(0), args.length(0), hash);
    if (command === undefined) {
      this.#rejectUnknown(call);
      return undefined;
    }
    const subcommands = command.subcommands;
    if (subcommands !== undefined && args.count > 1) {
      const at = args.offset(1);
      const length = args.length(1);
      const found = subcommands.lookup(args.input, at, length, nameHash(args.input, at, length));
      if (found === undefined) {
        this.#reject(call, command, errUnknownSubcommand(args.shownText(1), command.fullName));
        return undefined;
      }
      command = found;
    }
    if (args.count < command.minArguments || args.count > command.maxArguments) {
      command.stats[STAT_REJECTED]++;
      this.#reject(call, command, errWrongArity(command.fullName));
      return undefined;
    }
    call.command = command as Command<never>;
    return command;
  }

  /** Calls a resolved command's handler and counts it; no gates. */
  run(call: C, command: Command<C>): void {
    const { args } = call;
    const run = this.#run;
    const sharesRun =
      command.isMeasuredInRuns &&
      !this.measuresAlone &&
      args.count < MANY_ARGUMENTS &&
      args.length(args.count - 1) < LARGE_REQUEST_BYTES;
    if (command !== this.#running || !sharesRun || run.calls === MOST_RUN_CALLS) {
      this.endRun(call);
      this.#running = command;
    }
    run.calls++;
    run.client = call.client;
    run.argumentsBase = args.base;
    run.argumentCount = args.count;
    this.#handle(call, command, command.handler);
    if (sharesRun) return;
    if (call.hasBlocked) this.#dropRun(call);
    else this.endRun(call);
  }

  /** Reads the clock before the first of one or several nested runs. */
  beginNested(): void {
    this.#nestedStartUs = this.#hooks.monotonicUs();
  }

  /**
   * As `run` for a command within another one's handler (EXEC), or outside of the requests of a turn
   * (serving a client that waited). It is measured by itself, from `beginNested` or the end of the
   * nested run before it; its time is also the other one's.
   * @param handler instead of the command's own, for one that ends without having been run.
   */
  runNested(call: C, command: Command<C>, handler = command.handler): void {
    this.#handle(call, command, handler);
    const raised = (this.gates | call.client.gates) & command.gates;
    if (raised !== 0) this.#tellGatesWithin(call, raised);
    if (call.hasBlocked) {
      call.hasBlocked = false;
      return;
    }
    const run = this.#nestedRun;
    const nowUs = this.#hooks.monotonicUs();
    run.calls = 1;
    run.durationUs = nowUs - this.#nestedStartUs;
    this.#nestedStartUs = nowUs;
    run.client = call.client;
    run.argumentsBase = call.args.base;
    run.argumentCount = call.args.count;
    command.stats[STAT_CALLS]++;
    command.stats[STAT_USEC] += run.durationUs;
    this.#hooks.onRun(call, command, run);
  }

  /** Reads the clock at the beginning of a turn; returns what it says, in microseconds. */
  beginTurn(): number {
    this.#runStartUs = this.#hooks.monotonicUs();
    return this.#runStartUs;
  }

  /** Ends the running measurement; called at the end of a turn. */
  endRun(call: C): void {
    const command = this.#running;
    if (command === undefined) return;
    const nowUs = this.#hooks.monotonicUs();
    const run = this.#run;
    run.durationUs = nowUs - this.#runStartUs;
    command.stats[STAT_CALLS] += run.calls;
    command.stats[STAT_USEC] += run.durationUs;
    this.#hooks.onRun(call, command, run);
    this.#running = undefined;
    run.calls = 0;
    this.#runStartUs = nowUs;
  }

  #handle(call: C, command: Command<C>, handler: (call: C) => void): void {
    const { reply } = call;
    this.#errorsSeen = reply.errorCount;
    try {
      handler(call);
    } catch (error) {
      this.#hooks.onCrash(call, error);
    }
    // An error of a command that was run within this one is that command's.
    if (reply.errorCount === this.#errorsSeen) return;
    this.#errorsSeen = reply.errorCount;
    command.stats[STAT_FAILED]++;
    this.#hooks.onError(call);
  }

  /** A command that waits now counts when it is over. */
  #dropRun(call: C): void {
    call.hasBlocked = false;
    this.#running = undefined;
    this.#run.calls = 0;
    this.#runStartUs = this.#hooks.monotonicUs();
  }

  #stopped(call: C, command: Command<C>, raised: number): boolean {
    for (let left = raised; left !== 0; left &= left - 1) {
      const gate = this.#gates[31 - Math.clz32(left & -left)];
      const { reply } = call;
      const errorsBefore = reply.errorCount;
      const start = reply.mark();
      if (gate.stops?.(call) !== true) continue;
      // A command that a gate puts off or queues has not been rejected.
      if (reply.errorCount !== errorsBefore) {
        command.stats[STAT_REJECTED]++;
        reply.rewind(start);
        this.#reject(call, command, reply.lastError);
      }
      return true;
    }
    return false;
  }

  #tellGates(call: C, raised: number): void {
    for (let left = raised; left !== 0; left &= left - 1) {
      this.#gates[31 - Math.clz32(left & -left)].ran?.(call);
    }
  }

  #tellGatesWithin(call: C, raised: number): void {
    for (let left = raised; left !== 0; left &= left - 1) {
      this.#gates[31 - Math.clz32(left & -left)].ranWithin?.(call);
    }
  }

  #rejectUnknown(call: C): void {
    if (this.#hooks.onUnknown?.(call) === true) return;
    const { args } = call;
    const shown: string[] = [];
    for (let i = 1; i < args.count && i <= MOST_UNKNOWN_ARGUMENTS; i++)
      shown.push(args.shownText(i));
    this.#reject(call, undefined, errUnknownCommand(args.shownText(0), shown));
  }

  #reject(call: C, command: Command<C> | undefined, text: string): void {
    call.reply.error(this.#hooks.refusal?.(call, command, text) ?? text);
    this.#hooks.onError(call);
  }
}
