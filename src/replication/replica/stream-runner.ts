/**
 * Runs the commands of a master's stream, as they come, and hands their bytes on unchanged.
 *
 * It reads no socket. The bytes are put where handlers look for arguments (the input memory), whole
 * commands are run for a client of their own, by no gate but those that only listen: a replica obeys.
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
import type { Backlog } from "../backlog";
import { MasterClient } from "./master-client";

export interface StreamRunnerParts {
  readonly call: DataCall;
  readonly pipeline: Pipeline<DataCall>;
  /** Takes the bytes of what has been run, whole requests. */
  readonly backlog: Pick<Backlog, "append">;
  readonly log: { warning(text: string): void };
  readonly monitors: Pick<Monitors, "count" | "feed">;
  /** Where the part of the input memory begins that is this runner's, up to its end. */
  readonly windowAt: number;
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

export class StreamRunner {
  /** For whom the commands are run. */
  readonly master: MasterClient;
  readonly #parts: StreamRunnerParts;
  readonly #scanner: RequestScanner;
  /** For the commands of a transaction, which are found a second time when all of them are there. */
  readonly #inner: RequestScanner;
  readonly #innerAt: number;
  #state = new RequestParseState();
  /** In the input memory: what has not been run begins here, */
  #from: number;
  /** (all before it is in the backlog, and while commands are run, up to here is run,) */
  #ranTo: number;
  /** the first command that the scanner has not found yet, */
  #scanFrom: number;
  /** and what has come ends here. */
  #end: number;
  /** Behind the MULTI of a transaction that is not complete. */
  #transactionAt = NOWHERE;
  #isBroken = false;

  constructor(parts: StreamRunnerParts) {
    this.#parts = parts;
    const { call, windowAt } = parts;
    const { input, table } = call.args;
    const half = table.length >>> 1;
    const { hash } = call.keyspace;
    // The master has let it pass, so its own proto-max-bulk-len is the one that counts.
    const maxBulkBytes = input.length - windowAt;
    this.#scanner = new RequestScanner(input, table.subarray(0, half), hash);
    this.#inner = new RequestScanner(input, table.subarray(half), hash);
    this.#scanner.maxBulkBytes = maxBulkBytes;
    this.#inner.maxBulkBytes = maxBulkBytes;
    this.#innerAt = half;
    this.master = new MasterClient(call.clients);
    this.#from = windowAt;
    this.#ranTo = windowAt;
    this.#scanFrom = windowAt;
    this.#end = windowAt;
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
    const { windowAt } = this.#parts;
    this.#state = new RequestParseState();
    this.#from = windowAt;
    this.#ranTo = windowAt;
    this.#scanFrom = windowAt;
    this.#end = windowAt;
    this.#transactionAt = NOWHERE;
    this.#isBroken = false;
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
    const { call, windowAt } = this.#parts;
    const { input } = call.args;
    if (this.#end + bytes.length > input.length) {
      input.copyWithin(windowAt, this.#from, this.#end);
      const moved = this.#from - windowAt;
      this.#from -= moved;
      this.#ranTo -= moved;
      this.#scanFrom -= moved;
      this.#end -= moved;
      if (this.#transactionAt !== NOWHERE) this.#transactionAt -= moved;
      if (this.#end + bytes.length > input.length) return false;
    }
    copyBytes(input, this.#end, bytes, 0, bytes.length);
    this.#end += bytes.length;
    return true;
  }

  /** Makes the call the master's; returns what undoes it. */
  #enter(nowMs: number): () => void {
    const { call } = this.#parts;
    const { client, reply, args, command, mayBlock } = call;
    const { slot, resp3 } = reply;
    const { base, count } = args;
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
    const { table } = this.#parts.call.args;
    const { recordCount, restAt } = this.#scanner;
    let at = 0;
    for (let left = recordCount; left > 0; left--) {
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
    const { call, backlog } = this.#parts;
    backlog.append(call.args.input, this.#from, this.#ranTo - this.#from);
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
