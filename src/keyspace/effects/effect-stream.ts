import { integerDigits } from "../../base/int64";
import type { Arguments } from "../../command/arguments";
import {
  COMMAND_MAY_REPLICATE,
  COMMAND_PUBSUB,
  COMMAND_WRITE,
  type Command,
} from "../../command/command";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import { encodeRequest } from "../../protocol/encode-request";
import { RequestBuffer } from "../../protocol/request-buffer";
import type { Database } from "../database";
import { keyLengthOf, keyStartOf } from "../entry";
import type { Keyspace } from "../keyspace";
import { KeyspaceListener } from "../keyspace-listener";
import type { EffectSink } from "./effect-sink";
import type { EffectTranslator } from "./effect-translator";

const MULTI = encodeRequest(["MULTI"]);
const EXEC = encodeRequest(["EXEC"]);
const NO_DATABASE = -1;
/** More than this is handed over before the turn ends. */
const EARLY_BYTES = 4 << 20;
const STAR = 42;
const DOLLAR = 36;
const CR = 13;
const LF = 10;
const ZERO = 48;
const LINE_END_BYTES = 2;
/** `$`, and a line end behind the length and behind the bytes. */
const BULK_FRAME_BYTES = 5;

/**
 * The one encoder of what commands have done: the stream of requests that, run again in its order on
 * the same data, gives the same data. The append only file and the replicas are given the same bytes.
 *
 * A command that has changed something is passed on word for word, unless its handler says what it
 * has done instead, in words that do not depend on time, chance or rounding (`begin` and arguments;
 * `none`). What one command of a client has caused is a unit; a unit of several requests stands
 * between MULTI and EXEC. Keys that expire or are evicted are deletions in the stream.
 *
 * What always holds: sinks are given whole units only, in order, before a reply of theirs leaves; the
 * database that was selected last in the stream is `#selected`. Without a sink nothing is encoded.
 */
export class EffectStream extends KeyspaceListener {
  /** Whether anybody takes the effects. Handlers need not write any if not. */
  isOn = false;
  /** Whether keys that expire or are evicted are to be freed lazily by replicas, too. */
  unlinksExpired = false;
  unlinksEvicted = false;
  readonly #args: Arguments;
  readonly #keyspace: Keyspace;
  readonly #buffer = new RequestBuffer();
  #sinks: readonly EffectSink[] = [];
  #switched: (isOn: boolean) => void = () => undefined;
  #takesMessages = false;
  #selected = NO_DATABASE;
  /** Where the open unit begins, and how many requests it has. */
  #unitAt = 0;
  #unitCount = 0;
  /** Changes of the data set that have been accounted for. */
  #seenChanges = 0;
  /** The handler has said itself what it has done. */
  #isSaid = false;
  /** Start and end of what only concerns replicas, pair by pair. */
  readonly #messages: number[] = [];
  #translator: EffectTranslator | undefined;
  /** What is not translated yet begins here; how many requests of the unit were before it, and where
   * they had gone to. */
  #untoldAt = 0;
  #untoldCount = 0;
  #untoldSelected = NO_DATABASE;

  constructor(args: Arguments, keyspace: Keyspace) {
    super();
    this.#args = args;
    this.#keyspace = keyspace;
  }

  /** @param switched is told when there comes to be a sink, and when there is none any more. */
  attach(switched: (isOn: boolean) => void): void {
    this.#switched = switched;
  }

  /** The sink is given all that happens from now on. */
  addSink(sink: EffectSink): void {
    this.drain();
    this.#setSinks([...this.#sinks, sink]);
  }

  removeSink(sink: EffectSink): void {
    this.drain();
    this.#setSinks(this.#sinks.filter((one) => one !== sink));
  }

  /** Has the next request name its database, for a sink that begins anew. */
  reselect(): void {
    this.#selected = NO_DATABASE;
    this.#untoldSelected = NO_DATABASE;
  }

  /** Has all that commands do from now on told in the words of a translator, or as they say it. */
  translateBy(translator: EffectTranslator | undefined): void {
    this.drain();
    this.#translator = translator;
    this.#markTold();
  }

  /** A command is being run that has had effects already (EXEC): no moment to begin a file. */
  get isAmidUnit(): boolean {
    return this.#unitCount > 0;
  }

  /** The database that the next request goes to if it names none; -1: it will name one. */
  get selected(): number {
    return this.#selected;
  }

  /** Begins a request of a handler's own, instead of the one that is being run. */
  begin(database: Database, argumentCount: number): void {
    this.#isSaid = true;
    this.#begin(database.index, argumentCount);
  }

  /** What the command does needs no telling, or has been told. */
  none(): void {
    this.#isSaid = true;
  }

  /** The name of a command or an option, in ASCII. */
  text(text: string): void {
    this.#buffer.text(text);
  }

  bytes(bytes: Uint8Array, at: number, length: number): void {
    this.#buffer.bulk(bytes, at, length);
  }

  integer(value: number): void {
    this.#buffer.integer(value);
  }

  int64(value: bigint): void {
    this.#buffer.int64(value);
  }

  /** A moment in ms since 1970; beyond 2^53 a bigint. */
  moment(atMs: number | bigint): void {
    if (typeof atMs === "number") this.integer(atMs);
    else this.int64(atMs);
  }

  /** A whole request as it is, which goes to a database. */
  request(database: Database, bytes: Uint8Array, at: number, length: number): void {
    if (database.index !== this.#selected) this.#select(database.index);
    this.#unitCount++;
    this.#buffer.raw(bytes, at, length);
  }

  /** A key argument of the command that is being run has been removed. */
  deletion(database: Database, index: number, unlinks = false): void {
    this.begin(database, 2);
    this.text(unlinks ? "UNLINK" : "DEL");
    this.argument(index);
  }

  /** A key argument of the command that is being run has got an expiry. */
  expiry(database: Database, index: number, atMs: number | bigint): void {
    this.begin(database, 3);
    this.text("PEXPIREAT");
    this.argument(index);
    this.moment(atMs);
  }

  /** An argument of the command that is being run. */
  argument(index: number): void {
    const args = this.#args;
    this.#buffer.bulk(args.input, args.offset(index), args.length(index));
  }

  /** The arguments from one up to, but without, another. */
  arguments(from: number, to: number): void {
    for (let i = from; i < to; i++) this.argument(i);
  }

  /**
   * The command that is being run, word for word. As it came from the socket it is copied in one
   * piece; a request whose lengths or line ends are not written as everybody does, or that lies in
   * several places, is written anew.
   */
  asIs(database: Database): void {
    this.#isSaid = true;
    if (database.index !== this.#selected) this.#select(database.index);
    this.#unitCount++;
    const args = this.#args;
    const buffer = this.#buffer;
    const start = startOfRequest(args);
    if (start < 0) {
      buffer.begin(args.count);
      this.arguments(0, args.count);
      return;
    }
    const last = args.count - 1;
    buffer.raw(args.input, start, args.offset(last) + args.length(last) + LINE_END_BYTES - start);
  }

  /**
   * A command has been run.
   * @param isOwn it is no part of another one; what it has caused is complete.
   */
  ran(command: Command<never>, database: Database, isOwn: boolean): void {
    const { changes } = this.#keyspace.stats;
    const hasChanged = changes !== this.#seenChanges;
    this.#seenChanges = changes;
    if (!this.#isSaid && (command.flags & (COMMAND_WRITE | COMMAND_MAY_REPLICATE)) !== 0) {
      if (hasChanged) this.asIs(database);
      else if (command.has(COMMAND_PUBSUB) && this.#takesMessages) this.#message(database, command);
    }
    if (this.#translator !== undefined) this.#translate(this.#translator);
    this.#isSaid = false;
    if (isOwn) this.#endUnit(this.#unitCount > 1);
  }

  /** What commands of a transaction have caused that were run one by one is complete. */
  unitEnded(): void {
    this.#endUnit(this.#unitCount > 1);
  }

  override expired(database: Database, entry: number): void {
    this.#deleted(database, entry, this.unlinksExpired);
  }

  override fieldExpired(
    database: Database,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    field: Uint8Array,
    fieldAt: number,
    fieldLength: number,
  ): void {
    this.#begin(database.index, 3);
    this.#buffer.text("HDEL");
    this.#buffer.bulk(key, keyAt, keyLength);
    this.#buffer.bulk(field, fieldAt, fieldLength);
  }

  /** Eviction makes room before a command, which has nothing to do with it. */
  override evicted(database: Database, entry: number): void {
    this.#deleted(database, entry, this.unlinksEvicted);
    this.#endUnit(false);
  }

  /** What work beside commands has caused is complete: keys that have expired, each for itself. */
  settle(): void {
    this.endOutside();
    this.drain();
  }

  /**
   * What comes now is not the doing of what changed before: called when work beside commands ends,
   * before clients that wait are served.
   */
  endOutside(): void {
    this.#seenChanges = this.#keyspace.stats.changes;
    this.#isSaid = false;
    this.#endUnit(false);
  }

  /** Hands over the units that are complete. */
  drain(): void {
    const end = this.#unitAt;
    if (end === 0) return;
    const buffer = this.#buffer;
    for (const sink of this.#sinks) {
      if (sink.takesMessages || this.#messages.length === 0) sink.append(buffer.bytes, 0, end);
      else this.#appendData(sink, end);
    }
    const left = buffer.length - end;
    if (left > 0) {
      // Replies of a long transaction leave in its middle; the unit itself stays together.
      buffer.bytes.copyWithin(0, end, buffer.length);
      buffer.length = left;
      this.#keepMessages(end);
    } else {
      buffer.clear();
      this.#messages.length = 0;
    }
    this.#unitAt = 0;
    this.#untoldAt = Math.max(0, this.#untoldAt - end);
  }

  /** What the command has said is taken back and said in the translator's words. */
  #translate(translator: EffectTranslator): void {
    const buffer = this.#buffer;
    const { bytes, length } = buffer;
    if (!translator.isPlain(bytes, this.#untoldAt, length)) {
      const said = bytes.slice(this.#untoldAt, length);
      buffer.length = this.#untoldAt;
      this.#unitCount = this.#untoldCount;
      this.#selected = this.#untoldSelected;
      translator.retell(said);
    }
    this.#markTold();
  }

  #markTold(): void {
    this.#untoldAt = this.#buffer.length;
    this.#untoldCount = this.#unitCount;
    this.#untoldSelected = this.#selected;
  }

  #setSinks(sinks: readonly EffectSink[]): void {
    this.#sinks = sinks;
    this.#takesMessages = sinks.some((sink) => sink.takesMessages);
    const isOn = sinks.length > 0;
    if (isOn === this.isOn) return;
    this.isOn = isOn;
    this.#seenChanges = this.#keyspace.stats.changes;
    this.#isSaid = false;
    this.#switched(isOn);
  }

  #begin(database: number, argumentCount: number): void {
    if (database !== this.#selected) this.#select(database);
    this.#unitCount++;
    this.#buffer.begin(argumentCount);
  }

  #select(database: number): void {
    const buffer = this.#buffer;
    buffer.begin(2);
    buffer.text("SELECT");
    buffer.integer(database);
    this.#selected = database;
  }

  #deleted(database: Database, entry: number, unlinks: boolean): void {
    const { memory } = this.#keyspace;
    this.#begin(database.index, 2);
    // Beside commands nothing is translated, so it is said here as everybody knows it.
    this.#buffer.text(unlinks && this.#translator === undefined ? "UNLINK" : "DEL");
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    this.#buffer.bulk(bytes, keyStartOf(memory, entry), keyLengthOf(memory, entry));
  }

  #message(database: Database, command: Command<never>): void {
    if (this.#translator?.passesOn(command.fullName) === false) return;
    if (database.index !== this.#selected) this.#select(database.index);
    const start = this.#buffer.length;
    this.asIs(database);
    this.#messages.push(start, this.#buffer.length);
  }

  #endUnit(isAtomic: boolean): void {
    const buffer = this.#buffer;
    if (isAtomic) {
      buffer.insert(this.#unitAt, MULTI);
      this.#shiftMessages(MULTI.length);
      buffer.raw(EXEC, 0, EXEC.length);
    }
    this.#unitAt = buffer.length;
    this.#unitCount = 0;
    if (this.#translator !== undefined) this.#markTold();
    if (this.#unitAt > EARLY_BYTES) this.drain();
  }

  /** Messages of the open unit lie further behind now. */
  #shiftMessages(bytes: number): void {
    const messages = this.#messages;
    // The end of one before the unit is where the unit begins, so only starts are looked at.
    for (let i = messages.length - 2; i >= 0 && messages[i] >= this.#unitAt; i -= 2) {
      messages[i] += bytes;
      messages[i + 1] += bytes;
    }
  }

  /** Forgets the messages that have been handed over. */
  #keepMessages(end: number): void {
    const left = this.#messages.filter((at) => at > end).map((at) => at - end);
    // A message is a pair, and none reaches across the end of a unit.
    if (left.length % 2 === 1) left.unshift(0);
    this.#messages.length = 0;
    this.#messages.push(...left);
  }

  /** All but the messages. */
  #appendData(sink: EffectSink, end: number): void {
    const { bytes } = this.#buffer;
    const messages = this.#messages;
    let at = 0;
    for (let i = 0; i < messages.length && messages[i] < end; i += 2) {
      if (messages[i] > at) sink.append(bytes, at, messages[i] - at);
      at = messages[i + 1];
    }
    if (end > at) sink.append(bytes, at, end - at);
  }
}

/** The number that digits stand for; NaN for anything else. */
function numberIn(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * Where the request begins that the arguments lie in, if all of its bytes are what `RequestBuffer`
 * would write; else -1. Any longer way to write a length, and any other place of an argument, shows
 * in the offsets.
 */
function startOfRequest(args: Arguments): number {
  const { input, count } = args;
  const first = args.offset(0);
  const lengthAt = first - LINE_END_BYTES - integerDigits(args.length(0)) - 1;
  const start = lengthAt - LINE_END_BYTES - integerDigits(count) - 1;
  if (start < 0 || input[start] !== STAR || input[lengthAt] !== DOLLAR) return -1;
  if (input[lengthAt - 1] !== LF || input[lengthAt - 2] !== CR) return -1;
  // A value may end like the head of a request, and the command be a line that stands behind it.
  const lengthEnd = first - LINE_END_BYTES;
  if (numberIn(input, lengthAt + 1, lengthEnd) !== args.length(0)) return -1;
  if (numberIn(input, start + 1, lengthAt - LINE_END_BYTES) !== count) return -1;
  let at = first;
  for (let i = 0; i < count; i++) {
    if (args.offset(i) !== at || input[at - 1] !== LF || input[at - 2] !== CR) return -1;
    const end = at + args.length(i);
    if (input[end] !== CR || input[end + 1] !== LF) return -1;
    if (i + 1 < count) at = end + BULK_FRAME_BYTES + integerDigits(args.length(i + 1));
  }
  return start;
}
