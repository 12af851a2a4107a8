import type { Clock } from "../../base/clock";
import type { Keyspace } from "../../keyspace/keyspace";
import { LoadProblem } from "../loading/load-problem";
import { AOF_ANNOTATION, AOF_BROKEN, AOF_COMMAND, AOF_CUT, AOF_END, AofReader } from "./aof-reader";
import type { AofSource } from "./aof-source";
import {
  type CommandReplay,
  REPLAY_EXEC,
  REPLAY_IDLE,
  REPLAY_MISCOUNTED,
  REPLAY_MULTI,
  REPLAY_UNKNOWN,
} from "./command-replay";
import { commandBehind } from "./lost-length";

export interface AofCommandsParts {
  readonly keyspace: Keyspace;
  readonly clock: Clock;
  readonly replay: CommandReplay;
  readonly log: { notice(text: string): void; warning(text: string): void };
  readonly keyDelayUs: () => number;
}

const COMMANDS_PER_LOOK = 64;
const US_PER_MS = 1000;
/** Errors of commands that are told one by one; of the rest only the number is. */
const MOST_TOLD = 16;
const CHECK_HINT =
  "make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>";

/**
 * The commands of one file, run one after the other.
 *
 * A transaction is looked through up to its EXEC before anything of it is run, so that one that was
 * not written to its end has never happened. What always holds: nothing behind `position` has been
 * run; what is not whole in the middle of a file is a problem, and only its end may be cut.
 */
export class AofCommands {
  /** Behind the last command that was run, or the last whole transaction. */
  position: number;
  /** The file does not end with a whole command: what is behind `position` is to be cut off. */
  isCut = false;
  /** Function libraries, which nobody can run here yet, and which are kept as they are. */
  readonly functions: Uint8Array[] = [];
  readonly #parts: AofCommandsParts;
  readonly #source: AofSource;
  readonly #reader: AofReader;
  readonly #name: string;
  /** Where the EXEC ends whose transaction is being run. */
  #transactionEnd = 0;
  #told = 0;

  /** @param name as the log calls the file. */
  constructor(parts: AofCommandsParts, source: AofSource, name: string, position = 0) {
    this.#parts = parts;
    this.#source = source;
    this.#name = name;
    this.position = position;
    this.#reader = new AofReader(source, parts.replay.window, position);
  }

  /** Runs commands until a time of the monotonic clock; true at the end. @throws LoadProblem */
  step(endMs: number): boolean {
    const { clock, keyspace, replay } = this.#parts;
    const nowMs = clock.nowMs();
    keyspace.setTime(nowMs);
    // Whoever was served since the last slice may have used the memory.
    this.#reader.seek(this.#reader.position, true);
    replay.begin(nowMs);
    try {
      while (this.#runSome()) if (clock.monotonicMs() >= endMs) return false;
    } finally {
      replay.end();
    }
    if (this.#told > MOST_TOLD) {
      const more = this.#told - MOST_TOLD;
      this.#parts.log.warning(`${more} more commands of ${this.#name} have replied errors`);
    }
    return true;
  }

  /** False at the end of the file. */
  #runSome(): boolean {
    const delayUs = this.#parts.keyDelayUs();
    if (delayUs > 0) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayUs / US_PER_MS);
      return this.#next();
    }
    for (let left = COMMANDS_PER_LOOK; left > 0; left--) if (!this.#next()) return false;
    return true;
  }

  #next(): boolean {
    const reader = this.#reader;
    const found = reader.next();
    if (found === AOF_COMMAND) {
      this.#run();
      if (this.isCut) return false;
    } else if (found === AOF_END) {
      return false;
    } else if (found === AOF_CUT) {
      this.#cut(reader.start);
      return false;
    } else if (found === AOF_BROKEN) {
      this.#failBroken();
    }
    if (reader.position >= this.#transactionEnd) this.position = reader.position;
    return true;
  }

  #run(): void {
    const reader = this.#reader;
    const { replay } = this.#parts;
    const kind = replay.find(reader.argumentCount);
    if (kind === REPLAY_UNKNOWN || kind === REPLAY_MISCOUNTED) {
      this.#failCommand(kind);
    } else if (kind === REPLAY_MULTI) {
      if (reader.start >= this.#transactionEnd) this.#lookForExec();
    } else if (kind === REPLAY_IDLE) {
      this.#tell(`'${replay.commandName}' changes nothing and is passed over`);
    } else if (kind !== REPLAY_EXEC) {
      const error = replay.run();
      if (error !== undefined) this.#tellError(error);
    }
  }

  /** Goes on behind MULTI if all of the transaction is there. */
  #lookForExec(): void {
    const reader = this.#reader;
    const { replay } = this.#parts;
    const { start: multiAt, position: behindMulti } = reader;
    for (;;) {
      const found = reader.next();
      if (found === AOF_BROKEN) this.#failBroken();
      if (found === AOF_END || found === AOF_CUT) {
        if (found === AOF_CUT) this.#cut(reader.start);
        this.position = multiAt;
        this.isCut = true;
        return;
      }
      if (found === AOF_ANNOTATION) continue;
      const kind = replay.find(reader.argumentCount);
      if (kind === REPLAY_UNKNOWN || kind === REPLAY_MISCOUNTED) this.#failCommand(kind);
      // Nobody writes one within another: the EXEC between them is gone.
      if (kind === REPLAY_MULTI) this.#fail(reader.start, "MULTI within a transaction");
      if (kind === REPLAY_EXEC) break;
    }
    this.#transactionEnd = reader.position;
    reader.seek(behindMulti);
  }

  /** What begins at `start` goes on behind the end of the file: unless its length is wrong. */
  #cut(start: number): void {
    const { replay } = this.#parts;
    const behind = commandBehind(this.#source, replay.window, start);
    if (behind >= 0) {
      this.#fail(
        start,
        `a length reaches behind the end of the file, but whole commands follow at byte ${behind}`,
      );
    }
    this.position = start;
    this.isCut = true;
  }

  #failBroken(): never {
    const { problem, problemAt } = this.#reader;
    return this.#fail(problemAt, problem);
  }

  #fail(offset: number, why: string): never {
    throw new LoadProblem(
      `Bad file format reading the append only file ${this.#name} at byte ${offset} (${why}): ` +
        CHECK_HINT,
    );
  }

  #failCommand(kind: number): void {
    const { replay } = this.#parts;
    const { start, argumentCount } = this.#reader;
    const { bytes, table, tableAt } = replay.window;
    const word = (index: number): string => {
      const at = table[tableAt + index * 2];
      const length = Math.min(table[tableAt + index * 2 + 1], 128);
      return Buffer.from(bytes.slice(at, at + length)).toString("latin1");
    };
    if (kind === REPLAY_MISCOUNTED) {
      const { commandName } = replay;
      this.#fail(start, `${argumentCount} arguments cannot be those of '${commandName}'`);
    }
    const isLibrary = word(0).toLowerCase() === "function" && argumentCount >= 3;
    if (isLibrary && word(1).toLowerCase() === "load") {
      const at = table[tableAt + (argumentCount - 1) * 2];
      this.functions.push(bytes.slice(at, at + table[tableAt + argumentCount * 2 - 1]));
      return;
    }
    throw new LoadProblem(
      `Unknown command '${word(0)}' reading the append only file ${this.#name} at byte ${start}`,
    );
  }

  #tellError(error: string): void {
    const { replay } = this.#parts;
    if (replay.commandName === "select") this.#fail(this.#reader.start, error);
    this.#tell(
      "== CRITICAL == This server is sending an error to its AOF-loading-client: " +
        `'${error}' after processing the command '${replay.commandName}'`,
    );
  }

  #tell(text: string): void {
    if (this.#told++ >= MOST_TOLD) return;
    this.#parts.log.warning(`${text} (byte ${this.#reader.start} of ${this.#name})`);
  }
}
