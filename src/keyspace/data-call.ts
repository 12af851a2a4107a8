import { equalBytes } from "../base/bytes";
import type { Arguments } from "../command/arguments";
import { ERR_WRONG_TYPE } from "../command/error-texts";
import { EVENT_GENERIC } from "../config/keyspace-events";
import type { ReplyWriter } from "../protocol/reply-writer";
import type { Clients } from "../session/clients";
import { SessionCall } from "../session/session-call";
import type { Blocker, Wait } from "./blocking/wait";
import type { Database } from "./database";
import { EffectStream } from "./effects/effect-stream";
import { typeOf } from "./entry";
import type { Keyspace } from "./keyspace";

/** The table word that holds the scanner's hash of argument 1, counted from the first pair. */
const KEY_HASH_WORD = -2;

/**
 * What a handler of a data command is given: the client's database, typed lookups of the keys among
 * its arguments, and the ways to tell that something changed.
 *
 * Lookups return an entry's ref or 0 and make it the database's position; any other lookup or change
 * moves it. Arguments are named by index, so that no bytes are copied.
 */
export class DataCall extends SessionCall {
  readonly keyspace: Keyspace;
  /** Where commands tell what they have done, for the append only file and replicas. */
  readonly effects: EffectStream;
  /** Keeps the clients that wait; absent where nobody can. */
  blocker: Blocker | undefined;

  constructor(args: Arguments, reply: ReplyWriter, clients: Clients, keyspace: Keyspace) {
    super(args, reply, clients);
    this.keyspace = keyspace;
    this.effects = new EffectStream(args, keyspace);
  }

  get db(): Database {
    return this.keyspace.databases[this.client.db];
  }

  /**
   * What is run comes from a file or a master, where it has been run before: limits that are there
   * for clients do not hold for it, or the data would not be the same (Redis's mustObeyClient).
   */
  get isRepeated(): boolean {
    return this.keyspace.loadsCommands;
  }

  /** The hash of a key argument. */
  hash(index: number): number {
    const { args } = this;
    if (index === 1) return args.table[args.base + KEY_HASH_WORD] | 0;
    return this.keyspace.hash.hash(args.input, args.offset(index), args.length(index));
  }

  /**
   * The live entry of a key argument for reading: counts hit or miss, touches the access clock
   * (unless the client asked for NO-TOUCH).
   */
  read(index: number): number {
    return this.#read(index, !this.client.noTouch);
  }

  /** As `read`, for commands that look at a key without using it (EXISTS, TYPE, TTL). */
  look(index: number): number {
    return this.#read(index, false);
  }

  /** As `read`, and touches the access clock whatever the client asked for. */
  readAndTouch(index: number): number {
    return this.#read(index, true);
  }

  /** As `look`, and does not tell of a miss (OBJECT). */
  inspect(index: number): number {
    const { args } = this;
    const at = args.offset(index);
    return this.keyspace.inspect(this.db, this.hash(index), args.input, at, args.length(index));
  }

  /** The live entry of a key argument for a change; no hit is counted. */
  write(index: number): number {
    return this.writeIn(this.db, index);
  }

  /** As `write`, in another database than the client's. */
  writeIn(database: Database, index: number): number {
    const entry = this.peekIn(database, index);
    if (entry !== 0 && !this.client.noTouch) database.touch(entry);
    return entry;
  }

  /** The live entry of a key argument, with nothing counted or touched. */
  peek(index: number): number {
    return this.peekIn(this.db, index);
  }

  /** As `peek`, in another database than the client's. */
  peekIn(database: Database, index: number): number {
    const { args } = this;
    const at = args.offset(index);
    return this.keyspace.peek(database, this.hash(index), args.input, at, args.length(index));
  }

  /** Whether two arguments are the same key. */
  isSameKey(one: number, other: number): boolean {
    const { args } = this;
    const length = args.length(one);
    if (length !== args.length(other)) return false;
    return equalBytes(args.input, args.offset(one), args.input, args.offset(other), length);
  }

  /** Replies WRONGTYPE and returns true unless the entry (not 0) has the type. */
  isWrongType(entry: number, type: number): boolean {
    if (typeOf(this.keyspace.memory, entry) === type) return false;
    this.reply.error(ERR_WRONG_TYPE);
    return true;
  }

  /** Adds a key argument that is not there, with a value of another type than string. */
  addValue(index: number, type: number, encoding: number, valueRef: number): number {
    const { args } = this;
    const at = args.offset(index);
    const length = args.length(index);
    return this.db.addValue(this.hash(index), args.input, at, length, type, encoding, valueRef);
  }

  /** As `addValue`, with a value inside the entry (ENCODING_INLINE). */
  addInline(
    index: number,
    type: number,
    value: Uint8Array,
    valueAt: number,
    valueLength: number,
  ): number {
    const { args } = this;
    const { input } = args;
    const at = args.offset(index);
    const length = args.length(index);
    const hash = this.hash(index);
    return this.db.addInline(hash, input, at, length, type, value, valueAt, valueLength);
  }

  /**
   * Gives a key argument a value of another type than string, whatever it held; its expiry goes too.
   * Tells nobody but of a new key. For commands that store their result.
   */
  replaceValue(index: number, type: number, encoding: number, valueRef: number): number {
    const found = this.peek(index);
    if (found === 0) return this.addValue(index, type, encoding, valueRef);
    return this.db.replaceFoundValue(found, type, encoding, valueRef);
  }

  /**
   * Takes out the found entry of a key argument whose value has become empty, with event `del`. The
   * value's own event comes before it; what is left of the value is freed here.
   */
  deleteEmptied(index: number, found: number): void {
    this.db.deleteFound(found);
    this.notify(this.db, index, EVENT_GENERIC, "del");
  }

  /** Deletes a live key argument, with event `del`; false when it is not there. */
  deleteKey(index: number): boolean {
    return this.#delete(index, this.peek(index));
  }

  /** As `deleteKey`, and takes an expired key for one that is there, as some commands of Redis do. */
  deleteEvenExpired(index: number): boolean {
    const { args } = this;
    const at = args.offset(index);
    return this.#delete(index, this.db.find(this.hash(index), args.input, at, args.length(index)));
  }

  #delete(index: number, found: number): boolean {
    if (found === 0) return false;
    this.db.deleteFound(found);
    this.changed(index, EVENT_GENERIC, "del");
    return true;
  }

  /**
   * A change of the key argument happened: counts it, tells watchers, and publishes `event` of a
   * notification class (config/keyspace-events). Called once the change is complete.
   */
  changed(index: number, classBit: number, event: string): void {
    this.keyspace.stats.changes++;
    this.signal(this.db, index);
    this.notify(this.db, index, classBit, event);
  }

  /**
   * Lets the client wait for keys instead of replying; how is told in blocking/wait.ts. The last
   * thing that a handler does. Where nobody may wait it replies what Redis does there.
   */
  blockOn(wait: Wait): void {
    if (this.mayBlock && this.blocker !== undefined) this.blocker.blockOn(wait);
    else if (wait.nilWhenDenied === true) this.reply.nil();
    else this.reply.nilArray();
  }

  /** A client that has waited for this command is being served: the handler is run again. */
  get isServing(): boolean {
    return this.blocker?.isServing === true;
  }

  /** Whether a blocking command may take from a key argument; false only when another is ready. */
  mayServeFrom(index: number): boolean {
    const { args, blocker } = this;
    if (blocker === undefined || !blocker.isServing) return true;
    return blocker.mayServeFrom(args.input, args.offset(index), args.length(index));
  }

  /** A key argument that existed has got something that clients may wait for (XADD). */
  signalReady(index: number): void {
    const { args, blocker } = this;
    if (blocker === undefined || blocker.isIdle) return;
    const at = args.offset(index);
    blocker.signalReady(this.db, this.hash(index), args.input, at, args.length(index));
  }

  /** As `signalReady`, for what only clients that look again after a time may take (CLAIM). */
  signalRetrying(index: number): void {
    const { args, blocker } = this;
    if (blocker === undefined || blocker.isIdle) return;
    const at = args.offset(index);
    blocker.signalRetrying(this.db, this.hash(index), args.input, at, args.length(index));
  }

  /** Tells those who watch a key argument that it changed; part of `changed`. */
  signal(database: Database, index: number): void {
    const { args } = this;
    this.keyspace.events.changed(database, args.input, args.offset(index), args.length(index));
  }

  /** Publishes an event about a key argument; part of `changed`. */
  notify(database: Database, index: number, classBit: number, event: string): void {
    const { args } = this;
    const at = args.offset(index);
    this.keyspace.events.notify(classBit, event, database, args.input, at, args.length(index));
  }

  #read(index: number, touches: boolean): number {
    const { args } = this;
    return this.keyspace.read(
      this.db,
      this.hash(index),
      args.input,
      args.offset(index),
      args.length(index),
      touches,
    );
  }
}
