import { copyBytes } from "../../../base/bytes";
import { setWord, wordOf } from "../../../keyspace/entry";
import type { Arena } from "../../../memory/arena";
import { CountedTree } from "../../../structures/counted-tree";
import type { Stream } from "../stream";
import { IdPlace, type StreamId } from "../stream-id";
import { increment64, int64At, number64At, setInt64, setNumber64 } from "../stream-layout";
import { addConsumer, dropConsumer, newTable, setConsumer } from "./consumer-table";
import {
  bytesOf,
  CONSUMER_ACTIVE,
  CONSUMER_HEADER_BYTES,
  CONSUMER_NAME_LENGTH,
  CONSUMER_PENDING,
  CONSUMER_SEEN,
  consumerOf,
  GROUP_CONSUMERS,
  GROUP_ENTRIES_READ,
  GROUP_HEADER_BYTES,
  GROUP_LAST_ID,
  GROUP_NAME_LENGTH,
  GROUP_PENDING,
  GROUP_TABLE,
  nameStartOf,
  PENDING_BYTES,
  PENDING_CONSUMER,
  PENDING_DELIVERIES,
  PENDING_ID,
  PENDING_TIME,
} from "./group-layout";
import { NamePlace } from "./name-place";

/**
 * One consumer group of a stream that changes: its consumers, and what was delivered to them and not
 * acknowledged.
 *
 * See group-layout.ts for the drawing. It knows no keys and replies, nor which entries there are.
 * What always holds: a pending entry is in its group's tree and in that of exactly one consumer, the
 * one whose number it has. `own` comes before any change, after the stream's `own`.
 */

/** Who has what belongs to nobody. */
export const NO_CONSUMER = 0;
/** The time of what has not happened. */
export const NEVER = -1;

export class ConsumerGroup {
  /** The group's block; 0 while none is open. */
  ref = 0;
  /** What `findPending` and `seekPending` found. */
  pending = 0;
  readonly #memory: Arena;
  #stream: Stream | undefined;
  readonly #groups: CountedTree;
  readonly #consumers: CountedTree;
  readonly #pending: CountedTree;
  /** Of one consumer. */
  readonly #ownPending: CountedTree;
  readonly #name: NamePlace;
  readonly #id: IdPlace;

  constructor(memory: Arena) {
    this.#memory = memory;
    this.#groups = new CountedTree(memory);
    this.#consumers = new CountedTree(memory);
    this.#pending = new CountedTree(memory);
    this.#ownPending = new CountedTree(memory);
    this.#name = new NamePlace(memory);
    this.#id = new IdPlace(memory, PENDING_ID);
  }

  /** Opens the group of a name; false when there is none. */
  open(stream: Stream, name: Uint8Array, at: number, length: number): boolean {
    const place = this.#name.set(name, at, length);
    place.group = 0;
    this.#stream = stream;
    const found = this.#groups.open(stream.groupsRoot).seekPlace(place);
    this.ref = found !== 0 && place.compare(found) === 0 ? found : 0;
    return this.ref !== 0;
  }

  /** Opens the first group of a stream; false when there is none. */
  openFirst(stream: Stream): boolean {
    this.#stream = stream;
    this.ref = this.#groups.open(stream.groupsRoot).seekFirst();
    return this.ref !== 0;
  }

  /** After `openFirst`: opens the next group; false when there is none. */
  openNext(): boolean {
    this.ref = this.#groups.next();
    return this.ref !== 0;
  }

  /** Adds a group, which `open` has just not found, to a stream that is owned. */
  create(id: StreamId, entriesRead: bigint, name: Uint8Array, at: number, length: number): void {
    const memory = this.#memory;
    const ref = memory.alloc(GROUP_HEADER_BYTES + length);
    id.store(memory, ref, GROUP_LAST_ID);
    setInt64(memory, ref, GROUP_ENTRIES_READ, entriesRead);
    setWord(memory, ref, GROUP_PENDING, 0);
    setWord(memory, ref, GROUP_CONSUMERS, 0);
    setWord(memory, ref, GROUP_TABLE, newTable(memory));
    setWord(memory, ref, GROUP_NAME_LENGTH, length);
    copyBytes(bytesOf(memory, ref), nameStartOf(ref, GROUP_NAME_LENGTH), name, at, length);
    this.#groups.insertHere(ref);
    this.#storeGroups();
    this.ref = ref;
  }

  /** Lets the open group be changed; nothing else of its stream's groups may have been looked at. */
  own(): void {
    const owned = this.#memory.own(this.ref);
    if (owned === this.ref) return;
    this.#groups.replaceHere(owned);
    this.#storeGroups();
    this.ref = owned;
  }

  /** Takes the open group out of its stream, which is owned, and leaves its blocks to the caller. */
  take(): number {
    this.#groups.removeHere();
    this.#storeGroups();
    return this.ref;
  }

  loadLastId(into: StreamId): StreamId {
    return into.load(this.#memory, this.ref, GROUP_LAST_ID);
  }

  storeLastId(id: StreamId): void {
    id.store(this.#memory, this.ref, GROUP_LAST_ID);
  }

  get entriesRead(): bigint {
    return int64At(this.#memory, this.ref, GROUP_ENTRIES_READ);
  }

  set entriesRead(count: bigint) {
    setInt64(this.#memory, this.ref, GROUP_ENTRIES_READ, count);
  }

  /** Whether `entriesRead` is known; without a bigint. */
  get knowsEntriesRead(): boolean {
    return wordOf(this.#memory, this.ref, GROUP_ENTRIES_READ + 1) >= 0;
  }

  countEntryRead(): void {
    increment64(this.#memory, this.ref, GROUP_ENTRIES_READ);
  }

  /** The number of the consumer of a name, or NO_CONSUMER. */
  findConsumer(name: Uint8Array, at: number, length: number): number {
    const place = this.#name.set(name, at, length);
    place.group = this.ref;
    const root = wordOf(this.#memory, this.ref, GROUP_CONSUMERS);
    const found = this.#consumers.open(root).seekPlace(place);
    return found !== 0 && place.compare(found) === 0 ? found : NO_CONSUMER;
  }

  /** Adds a consumer that `findConsumer` has just not found; returns its number. */
  createConsumer(nowMs: number, name: Uint8Array, at: number, length: number): number {
    const memory = this.#memory;
    const ref = memory.alloc(CONSUMER_HEADER_BYTES + length);
    setNumber64(memory, ref, CONSUMER_SEEN, nowMs);
    setNumber64(memory, ref, CONSUMER_ACTIVE, NEVER);
    setWord(memory, ref, CONSUMER_PENDING, 0);
    setWord(memory, ref, CONSUMER_NAME_LENGTH, length);
    copyBytes(bytesOf(memory, ref), nameStartOf(ref, CONSUMER_NAME_LENGTH), name, at, length);
    const number = addConsumer(memory, this.ref, ref);
    this.#consumers.insertHere(number);
    setWord(memory, this.ref, GROUP_CONSUMERS, this.#consumers.root);
    return number;
  }

  /** Removes the consumer that `findConsumer` has just found, and all that is pending for it. */
  removeConsumer(number: number): number {
    const memory = this.#memory;
    this.#consumers.removeHere();
    setWord(memory, this.ref, GROUP_CONSUMERS, this.#consumers.root);
    const consumer = consumerOf(memory, this.ref, number);
    const own = this.#ownPending.open(wordOf(memory, consumer, CONSUMER_PENDING));
    let removed = 0;
    while (own.root !== 0) removed += own.disposeLeaf((pending) => this.#dropPending(pending));
    dropConsumer(memory, this.ref, number);
    memory.free(consumer);
    return removed;
  }

  /** The block of a consumer, to be read. */
  consumer(number: number): number {
    return consumerOf(this.#memory, this.ref, number);
  }

  /** How many entries are pending for a consumer. */
  pendingOf(number: number): number {
    const root = wordOf(this.#memory, this.consumer(number), CONSUMER_PENDING);
    return this.#ownPending.open(root).weight;
  }

  markSeen(number: number, nowMs: number): void {
    setNumber64(this.#memory, this.#ownConsumer(number), CONSUMER_SEEN, nowMs);
  }

  markActive(number: number, nowMs: number): void {
    setNumber64(this.#memory, this.#ownConsumer(number), CONSUMER_ACTIVE, nowMs);
  }

  /** Finds what is pending under an ID; false when nothing is. */
  findPending(id: StreamId): boolean {
    const found = this.seekPending(id);
    this.pending = found !== 0 && id.compareAt(this.#memory, found, PENDING_ID) === 0 ? found : 0;
    return this.pending !== 0;
  }

  /** Finds the first that is pending from an ID on, and returns it; 0 when there is none. */
  seekPending(id: StreamId): number {
    this.#id.id.copy(id);
    this.pending = this.#openPending().seekPlace(this.#id);
    return this.pending;
  }

  /** The place of an ID among pending entries, valid until the next call that looks for one. */
  placeOf(id: StreamId): IdPlace {
    this.#id.id.copy(id);
    return this.#id;
  }

  /** As `seekPending`, among those of one consumer. */
  seekPendingOf(number: number, id: StreamId): number {
    this.#id.id.copy(id);
    return this.#openPendingOf(this.consumer(number)).seekPlace(this.#id);
  }

  /** The one behind what `seekPendingOf` found. */
  nextPendingOf(): number {
    return this.#ownPending.next();
  }

  /** How many there are from what `seekPendingOf` found on. */
  get leftPendingOf(): number {
    return this.#ownPending.weight - this.#ownPending.position;
  }

  get pendingConsumer(): number {
    return wordOf(this.#memory, this.pending, PENDING_CONSUMER);
  }

  get pendingTimeMs(): number {
    return number64At(this.#memory, this.pending, PENDING_TIME);
  }

  /** How often what was found has been delivered. Allocates. */
  get pendingDeliveries(): bigint {
    return int64At(this.#memory, this.pending, PENDING_DELIVERIES);
  }

  /** Removes what was found: it is acknowledged, or its entry is gone. */
  removePending(): void {
    const memory = this.#memory;
    const { pending } = this;
    this.#leaveConsumer(pending);
    this.#pending.removeHere();
    this.#storePending();
    memory.free(pending);
    this.pending = 0;
  }

  /** Adds something pending, which `findPending` has just not found, that belongs to nobody yet. */
  addPending(id: StreamId): void {
    const memory = this.#memory;
    const ref = memory.alloc(PENDING_BYTES);
    id.store(memory, ref, PENDING_ID);
    setNumber64(memory, ref, PENDING_TIME, 0);
    setNumber64(memory, ref, PENDING_DELIVERIES, 1);
    setWord(memory, ref, PENDING_CONSUMER, NO_CONSUMER);
    this.#pending.insertHere(ref);
    this.#storePending();
    // Inserting gives up the position, which what follows may need to store another ref.
    this.findPending(id);
  }

  /** Gives what was found to a consumer, whoever had it, as delivered at a time. */
  assignPending(number: number, timeMs: number): void {
    const memory = this.#memory;
    this.#ownFound();
    const { pending } = this;
    setNumber64(memory, pending, PENDING_TIME, timeMs);
    if (this.pendingConsumer === number) return;
    if (this.pendingConsumer !== NO_CONSUMER) this.#leaveConsumer(pending);
    setWord(memory, pending, PENDING_CONSUMER, number);
    const consumer = this.#ownConsumer(number);
    this.#id.id.load(memory, pending, PENDING_ID);
    const own = this.#openPendingOf(consumer);
    own.seekPlace(this.#id);
    own.insertHere(pending);
    setWord(memory, consumer, CONSUMER_PENDING, own.root);
  }

  /** Sets how often what was found has been delivered; it was just assigned. */
  setDeliveries(count: bigint): void {
    setInt64(this.#memory, this.pending, PENDING_DELIVERIES, count);
  }

  countDelivery(): void {
    increment64(this.#memory, this.pending, PENDING_DELIVERIES);
  }

  #storeGroups(): void {
    if (this.#stream !== undefined) this.#stream.groupsRoot = this.#groups.root;
  }

  #openPending(): CountedTree {
    return this.#pending.open(wordOf(this.#memory, this.ref, GROUP_PENDING));
  }

  #storePending(): void {
    setWord(this.#memory, this.ref, GROUP_PENDING, this.#pending.root);
  }

  #openPendingOf(consumer: number): CountedTree {
    return this.#ownPending.open(wordOf(this.#memory, consumer, CONSUMER_PENDING));
  }

  /** Lets a consumer's block be changed, and returns it. */
  #ownConsumer(number: number): number {
    const memory = this.#memory;
    const consumer = consumerOf(memory, this.ref, number);
    const owned = memory.own(consumer);
    if (owned !== consumer) setConsumer(memory, this.ref, number, owned);
    return owned;
  }

  /** Lets what was found be changed: both trees get to know where it is now. */
  #ownFound(): void {
    const memory = this.#memory;
    const old = this.pending;
    const owned = memory.own(old);
    if (owned === old) return;
    this.pending = owned;
    this.#pending.replaceHere(owned);
    this.#storePending();
    const number = wordOf(memory, owned, PENDING_CONSUMER);
    if (number === NO_CONSUMER) return;
    const consumer = this.#ownConsumer(number);
    this.#id.id.load(memory, owned, PENDING_ID);
    const own = this.#openPendingOf(consumer);
    own.seekPlace(this.#id);
    own.replaceHere(owned);
    setWord(memory, consumer, CONSUMER_PENDING, own.root);
  }

  /** Takes a pending entry out of its consumer's tree. */
  #leaveConsumer(pending: number): void {
    const memory = this.#memory;
    const consumer = this.#ownConsumer(wordOf(memory, pending, PENDING_CONSUMER));
    this.#id.id.load(memory, pending, PENDING_ID);
    const own = this.#openPendingOf(consumer);
    own.seekPlace(this.#id);
    own.removeHere();
    setWord(memory, consumer, CONSUMER_PENDING, own.root);
  }

  /** Takes a pending entry out of the group's tree alone, and frees it. */
  #dropPending(pending: number): void {
    this.#id.id.load(this.#memory, pending, PENDING_ID);
    this.#openPending().seekPlace(this.#id);
    this.#pending.removeHere();
    this.#storePending();
    this.#memory.free(pending);
  }
}
