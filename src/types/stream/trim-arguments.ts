import { latin1Bytes } from "../../base/bytes";
import type { DataCall } from "../../keyspace/data-call";
import { NO_LIMIT, type Stream } from "./stream";
import { isWord, readInteger, type StreamAccess, syntaxError } from "./stream-access";
import { StreamId } from "./stream-id";
import { NO_ID } from "./stream-id-text";
import { STREAM_FIRST_ID } from "./stream-layout";

/** The options of XADD and XTRIM: how to trim, and XADD's ID. One object serves all calls. */

const MAXLEN = latin1Bytes("maxlen");
const MINID = latin1Bytes("minid");
const LIMIT = latin1Bytes("limit");
const NOMKSTREAM = latin1Bytes("nomkstream");
const STAR = 0x2a;
const TILDE = 0x7e;
const EQUALS = 0x3d;

const ERR_TWO_STRATEGIES =
  "ERR syntax error, MAXLEN and MINID options at the same time are not compatible";
const ERR_NO_STRATEGY = "ERR syntax error, XTRIM must be called with a trimming strategy";
const ERR_LIMIT_ALONE =
  "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy";
const ERR_LIMIT_EXACT = "ERR syntax error, LIMIT cannot be used without the special ~ option";

const BY_NOTHING = 0;
const BY_LENGTH = 1;
const BY_ID = 2;

export class TrimArguments {
  noMakeStream = false;
  /** XADD's ID: where it is, and what it is (NO_ID: `*`). */
  idIndex = 0;
  idKind = NO_ID;
  readonly id = new StreamId();
  #strategy = BY_NOTHING;
  #isApproximate = false;
  #most = 0;
  readonly #least = new StreamId();
  #limit = NO_LIMIT;
  #hasLimit = false;
  /** Where `~` stands, and LIMIT; 0 for nowhere. */
  #tildeIndex = 0;
  #limitIndex = 0;
  readonly #firstId = new StreamId();
  readonly #access: StreamAccess;

  constructor(access: StreamAccess) {
    this.#access = access;
  }

  get trims(): boolean {
    return this.#strategy !== BY_NOTHING;
  }

  /** Reads the options from argument 2 on; false, with the error written, when they are wrong. */
  read(call: DataCall, isAdd: boolean): boolean {
    const { args } = call;
    this.#reset();
    for (let i = 2; i < args.count; i++) {
      const more = args.count - 1 - i;
      if (isAdd && isWord(call, i, STAR)) {
        this.idIndex = i;
        break;
      }
      if (more > 0 && (args.is(i, MAXLEN) || args.is(i, MINID))) {
        i = this.#readStrategy(call, i, more);
        if (i === 0) return false;
      } else if (more > 0 && args.is(i, LIMIT)) {
        if (!this.#readLimit(call, ++i)) return false;
      } else if (isAdd && args.is(i, NOMKSTREAM)) {
        this.noMakeStream = true;
      } else if (isAdd) {
        this.idIndex = i;
        this.idKind = this.#access.parseId(call, i, this.id);
        if (this.idKind !== NO_ID) break;
        this.#access.readId(call, i, this.id);
        return false;
      } else {
        syntaxError(call);
        return false;
      }
    }
    return this.#check(call, isAdd);
  }

  /** Trims an owned stream; returns how many entries went. */
  trim(stream: Stream): number {
    if (this.#strategy === BY_ID) {
      return stream.trimToId(this.#least, this.#isApproximate, this.#limit);
    }
    return stream.trimToLength(this.#most, this.#isApproximate, this.#limit);
  }

  /** Whether what is trimmed depends on how the stream lies in memory. */
  get isApproximate(): boolean {
    return this.#isApproximate;
  }

  /**
   * Passes the command on with the ID of the entry that it added (where `idIndex` is not 0), and as
   * exactly trimmed as the stream now is. LIMIT, which has been used up, is left out.
   */
  tell(call: DataCall, stream: Stream, id: StreamId): void {
    const { args, effects } = call;
    const { text } = this.#access;
    effects.begin(call.db, args.count - (this.#limitIndex > 0 ? 2 : 0));
    for (let i = 0; i < args.count; i++) {
      if (i === this.#limitIndex && i > 0) i++;
      else if (i === this.idIndex && i > 0) text.tell(effects, id);
      else if (i === this.#tildeIndex && i > 0) {
        this.#tellTrimmed(call, stream);
        i++;
      } else effects.argument(i);
    }
  }

  #tellTrimmed({ effects }: DataCall, stream: Stream): void {
    effects.text("=");
    if (this.#strategy === BY_LENGTH) {
      effects.integer(stream.length);
      return;
    }
    const first = this.#firstId;
    // Without entries nothing is left that could stay.
    if (stream.loadId(first, STREAM_FIRST_ID).isZero) first.setMax();
    this.#access.text.tell(effects, first);
  }

  #reset(): void {
    this.noMakeStream = false;
    this.idIndex = 0;
    this.idKind = NO_ID;
    this.#strategy = BY_NOTHING;
    this.#isApproximate = false;
    this.#limit = NO_LIMIT;
    this.#hasLimit = false;
    this.#tildeIndex = 0;
    this.#limitIndex = 0;
  }

  /** Reads MAXLEN or MINID with its operator; the index of its last argument, or 0 for an error. */
  #readStrategy(call: DataCall, index: number, more: number): number {
    if (this.#strategy !== BY_NOTHING) {
      call.reply.error(ERR_TWO_STRATEGIES);
      return 0;
    }
    const isLength = call.args.is(index, MAXLEN);
    const isApproximate = more >= 2 && isWord(call, index + 1, TILDE);
    const hasOperator = isApproximate || (more >= 2 && isWord(call, index + 1, EQUALS));
    const at = index + (hasOperator ? 2 : 1);
    this.#isApproximate = isApproximate;
    if (isApproximate) this.#tildeIndex = index + 1;
    if (isLength) {
      this.#most = readInteger(call, at);
      if (Number.isNaN(this.#most)) return 0;
      if (this.#most < 0) {
        call.reply.error("ERR The MAXLEN argument must be >= 0.");
        return 0;
      }
      this.#strategy = BY_LENGTH;
      return at;
    }
    if (!this.#access.readId(call, at, this.#least)) return 0;
    this.#strategy = BY_ID;
    return at;
  }

  #readLimit(call: DataCall, index: number): boolean {
    this.#limitIndex = index - 1;
    this.#limit = readInteger(call, index);
    if (Number.isNaN(this.#limit)) return false;
    if (this.#limit < 0) {
      call.reply.error("ERR The LIMIT argument must be >= 0.");
      return false;
    }
    this.#hasLimit = true;
    return true;
  }

  /** What cannot be told by one option alone; and the limit that holds when none is given. */
  #check(call: DataCall, isAdd: boolean): boolean {
    let problem = "";
    if (this.#limit !== NO_LIMIT && !this.trims) problem = ERR_LIMIT_ALONE;
    else if (!isAdd && !this.trims) problem = ERR_NO_STRATEGY;
    // Redis passes a limit on that has been used up, beside the exact length it has led to.
    else if (call.isRepeated) this.#limit = NO_LIMIT;
    else if (this.#hasLimit && !this.#isApproximate) problem = ERR_LIMIT_EXACT;
    else if (!this.#hasLimit && this.#isApproximate) this.#limit = this.#access.limits.trimLimit;
    if (problem !== "") call.reply.error(problem);
    return problem === "";
  }
}
