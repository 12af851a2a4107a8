/**
 * Runs the commands of a master's stream, as they come, and hands their bytes on unchanged.
 *
 * It reads no socket. The bytes are kept in a memory of their own, where handlers look for arguments
 * while commands of the stream are run: what else is run in between (a file that is loaded, EXEC)
 * leaves a command that has come in part alone. And offsets in the memory of sockets are too large
 * for small integers, so that every one of them would be an object. Whole commands are run for a
 * client of their own, by no gate but those that only listen: a replica obeys.
 *
 * What always holds: when `take` returns, and when it acknowledges, the backlog ends behind the last
 * command that has been run; of a transaction
 * nothing is run, and nothing is in the backlog, before all of it is there. So a link that is cut
 * anywhere is resumed behind the last whole command or transaction.
 */
import { copyBytes, equalsIgnoreCase, latin1Bytes } from "../../base/bytes";
import { COMMAND_ADMIN, COMMAND_SKIP_MONITOR, type Command } from "../../command/command";
import type { Pipeline } from "../../command/pipeline";
import type { DataCall } from "../../keyspace/data-call";
import { DISCARD } from "../../protocol/reply-writer";
import { RequestParseState } from "../../protocol/request-parse-state";
import { EVENT_BIT, RECORD_HEADER_WORDS } from "../../protocol/request-record";
import { RequestScanner, SCAN_NEEDS_BYTES, SCAN_TABLE_FULL } from "../../protocol/request-scanner";
import { type Monitors, sourceOf } from "../../session/monitors";
import { LOOK_AHEAD } from "../../session/turn-loop";
import type { Backlog } from "../backlog";
import { MasterClient } from "./master-client";

export interface StreamRunnerParts {
  readonly call: DataCall;
  readonly pipeline: Pipeline<DataCall>;
  /** Takes the bytes of what has been run, whole requests. */
  readonly backlog: Pick<Backlog, "append">;
  readonly log: { warning(text: string): void };
  readonly monitors: Pick<Monitors, "count" | "feed">;
  /** Looks ahead in the records that follow table word `at`, `left` of them. */
  readonly warm: (database: number, at: number, left: number) => void;
  /** Before commands are run: lets the time go on; returns it. */
  readonly begin: () => number;
  /** After some have been run: replies to others, replicas of this server. */
  readonly ended: () => void;
  /** The master wants to know how far this server is. */
  readonly acknowledge: () => void;
}

/** Words of a record: arguments, hash of the name, first byte. */
const COUNT = 1;
const NAME_HASH = 2;
const START = 4;
const MULTI = latin1Bytes("multi");
const EXEC = latin1Bytes("exec");
const REPLCONF = latin1Bytes("replconf");
const NOWHERE = -1;
/** As large as is kept between commands, and as large as one may be. */
const KEPT_WINDOW_BYTES = 1024 * 1024;
const MOST_WINDOW_BYTES = 0x4000_0000;

export class StreamRunner {
  /** For whom the commands are run. */
  readonly master: MasterClient;
  readonly #parts: StreamRunnerParts;
  #window = new Uint8Array(KEPT_WINDOW_BYTES);
  #scanner: RequestScanner;
  /** For the commands of a transaction, which are found a second time when all of them are there. */
  #inner: RequestScanner;
  readonly #innerAt: number;
  #state = new RequestParseState();
  /** In the window: what has not been run begins here, */
  #from = 0;
  /** (all before it is in the backlog, and while commands are run, up to here is run,) */
  #ranTo = 0;
  /** the first command that the scanner has not found yet, */
  #scanFrom = 0;
  /** and what has come ends here. */
  #end = 0;
  /** Behind the MULTI of a transaction that is not complete. */
  #transactionAt = NOWHERE;
  #isBroken = false;

  constructor(parts: StreamRunnerParts) {
    this.#parts = parts;
    const { call } = parts;
    const { table } = call.args;
    this.#innerAt = table.length >>> 1;
    this.#scanner = this.#newScanner(table.subarray(0, this.#innerAt));
    this.#inner = this.#newScanner(table.subarray(this.#innerAt));
    this.master = new MasterClient(call.clients);
  }

  /** The database that the stream's next command is for. */
  get database(): number {
    return this.master.client.db;
  }

  set database(db: number) {
    this.master.client.db = db;
  }

  /** Bytes that have come and are not part of a whole command or transaction. */
  get unreadBytes(): number {
    return this.#end - this.#from;
  }

  /** A new stream begins, where the backlog ends. */
  reset(): void {
    this.#state.reset();
    this.#from = 0;
    this.#ranTo = 0;
    this.#scanFrom = 0;
    this.#end = 0;
    this.#transactionAt = NOWHERE;
    this.#isBroken = false;
    if (this.#window.length > KEPT_WINDOW_BYTES) this.#resize(KEPT_WINDOW_BYTES);
  }

  /** Takes what has come and runs what is whole; false when it is no stream of commands. */
  take(bytes: Uint8Array): boolean {
    if (!this.#place(bytes)) return false;
    const { call, pipeline, begin, ended } = this.#parts;
    const restore = this.#enter(begin());
    pipeline.beginTurn();
    try {
      this.#runAll();
      pipeline.endRun(call);
    } finally {
      restore();
      call.keyspace.loadsCommands = false;
    }
    if (this.#from === this.#end) this.reset();
    ended();
    return !this.#isBroken;
  }

  /** Puts the bytes behind those that are there. */
  #place(bytes: Uint8Array): boolean {
    if (this.#end + bytes.length > this.#window.length && !this.#makeRoom(bytes.length)) {
      return false;
    }
    copyBytes(this.#window, this.#end, bytes, 0, bytes.length);
    this.#end += bytes.length;
    return true;
  }

  /** Moves what is there to the beginning, of a larger window where that is needed. */
  #makeRoom(addedBytes: number): boolean {
    const neededBytes = this.unreadBytes + addedBytes;
    if (neededBytes > MOST_WINDOW_BYTES) return false;
    const former = this.#window;
    const { length } = former;
    const largerBytes = Math.min(Math.max(neededBytes, length * 2), MOST_WINDOW_BYTES);
    if (neededBytes > length) this.#resize(largerBytes);
    this.#window.set(former.subarray(this.#from, this.#end), 0);
    const moved = this.#from;
    this.#from = 0;
    this.#ranTo -= moved;
    this.#scanFrom -= moved;
    this.#end -= moved;
    if (this.#transactionAt !== NOWHERE) this.#transactionAt -= moved;
    return true;
  }

  /** Another window, with nothing in it. */
  #resize(sizeBytes: number): void {
    const { table } = this.#parts.call.args;
    this.#window = new Uint8Array(sizeBytes);
    this.#scanner = this.#newScanner(table.subarray(0, this.#innerAt));
    this.#inner = this.#newScanner(table.subarray(this.#innerAt));
  }

  #newScanner(table: Uint32Array): RequestScanner {
    const { hash } = this.#parts.call.keyspace;
    const scanner = new RequestScanner(this.#window, table, hash);
    // The master has let it pass, so its own proto-max-bulk-len is the one that counts.
    scanner.maxBulkBytes = MOST_WINDOW_BYTES;
    return scanner;
  }

  /** Makes the call the master's; returns what undoes it. */
  #enter(nowMs: number): () => void {
    const { call } = this.#parts;
    const { client, reply, args, command, mayBlock } = call;
    const { slot, resp3 } = reply;
    const { base, count, input } = args;
    args.input = this.#window;
    call.client = this.master.client;
    call.client.lastInteractionMs = nowMs;
    call.mayBlock = false;
    call.nowMs = nowMs;
    // A key is there until the master says that it is not.
    call.keyspace.loadsCommands = true;
    reply.resp3 = false;
    reply.begin(DISCARD);
    return () => {
      call.client = client;
      call.command = command;
      call.mayBlock = mayBlock;
      args.input = input;
      args.set(base, count);
      reply.resp3 = resp3;
      reply.begin(slot);
    };
  }

  #runAll(): void {
    const scanner = this.#scanner;
    let outcome = SCAN_TABLE_FULL;
    while (outcome === SCAN_TABLE_FULL && !this.#isBroken) {
      scanner.clearTable();
      outcome = scanner.scan(this.#state, 0, this.#scanFrom, this.#end, false);
      this.#scanFrom = scanner.restAt;
      this.#runTable();
    }
    if (outcome !== SCAN_NEEDS_BYTES) this.#isBroken = true;
  }

  #runTable(): void {
    const { call, warm } = this.#parts;
    const { table } = call.args;
    const { recordCount, restAt } = this.#scanner;
    let at = 0;
    for (let left = recordCount; left > 0; left--) {
      if ((recordCount - left) % LOOK_AHEAD === 0) warm(this.database, at, left);
      const count = table[at + COUNT];
      // Lines that are no requests, and what breaks the protocol: no master sends either.
      if (count >= EVENT_BIT) {
        this.#isBroken = true;
        break;
      }
      const next = at + RECORD_HEADER_WORDS + count * 2;
      this.#found(at, count, left > 1 ? table[next + START] : restAt);
      at = next;
    }
    this.#feed();
  }

  /** Hands the bytes of what has been run on. */
  #feed(): void {
    const { backlog } = this.#parts;
    backlog.append(this.#window, this.#from, this.#ranTo - this.#from);
    this.#from = this.#ranTo;
  }

  /** One command that ends before `end`: is run, or is part of a transaction. */
  #found(at: number, count: number, end: number): void {
    const { call } = this.#parts;
    const { table } = call.args;
    if (this.#transactionAt === NOWHERE) {
      if (this.#isNamed(at, MULTI)) {
        this.#transactionAt = end;
        this.#show(at, count);
        return;
      }
      if (this.#isNamed(at, REPLCONF)) {
        // Its own bytes count for the answer, unlike in Redis, whose masters would rather they did: one
        // that ends or hands its role on waits for a replica that has confirmed the very last byte.
        this.#ranTo = end;
        this.#feed();
        this.#parts.acknowledge();
      } else {
        this.#run(at, count, table[at + NAME_HASH], true);
      }
    } else {
      if (!this.#isNamed(at, EXEC)) return;
      this.#runTransaction(this.#transactionAt, table[at + START]);
      this.#transactionAt = NOWHERE;
      this.#show(at, count);
    }
    this.#ranTo = end;
  }

  #runTransaction(from: number, end: number): void {
    const { call } = this.#parts;
    const { table } = call.args;
    const inner = this.#inner;
    const state = new RequestParseState();
    let outcome = SCAN_TABLE_FULL;
    for (let next = from; outcome === SCAN_TABLE_FULL; next = inner.restAt) {
      inner.clearTable();
      outcome = inner.scan(state, 0, next, end, false);
      let at = this.#innerAt;
      for (let left = inner.recordCount; left > 0; left--) {
        const count = table[at + COUNT];
        this.#run(at, count, table[at + NAME_HASH], false);
        at += RECORD_HEADER_WORDS + count * 2;
      }
    }
    if (call.effects.isOn) call.effects.unitEnded();
  }

  #run(at: number, count: number, hash: number, isOwn: boolean): void {
    const { call, pipeline, log } = this.#parts;
    const { reply, args } = call;
    const { errorCount } = reply;
    args.set(at + RECORD_HEADER_WORDS, count);
    const command = pipeline.resolve(call, hash);
    if (command !== undefined) {
      pipeline.run(call, command);
      if (call.effects.isOn) call.effects.ran(command as Command<never>, call.db, isOwn);
      call.client.lastCommand = command as Command<never>;
      if (!command.has(COMMAND_SKIP_MONITOR | COMMAND_ADMIN)) this.#show(at, count);
    }
    if (reply.errorCount === errorCount) return;
    log.warning(
      "== CRITICAL == This replica is sending an error to its master: " +
        `'${reply.lastError}' after processing the command '${command?.fullName ?? "<unknown>"}'`,
    );
  }

  /** What has been run is shown to those who watch. */
  #show(at: number, count: number): void {
    const { monitors, call } = this.#parts;
    if (monitors.count === 0) return;
    call.args.set(at + RECORD_HEADER_WORDS, count);
    monitors.feed(call, sourceOf(call.client));
  }

  #isNamed(at: number, name: Uint8Array): boolean {
    const { input, table } = this.#parts.call.args;
    const pair = at + RECORD_HEADER_WORDS;
    return equalsIgnoreCase(input, table[pair], table[pair + 1], name);
  }
}
