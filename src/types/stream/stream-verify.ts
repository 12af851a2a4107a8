import { wordOf } from "../../keyspace/entry";
import type { Arena } from "../../memory/arena";
import { forEachItem } from "../../structures/counted-tree-reader";
import { verifyCountedTree } from "../../structures/counted-tree-verify";
import { verifyGroups } from "./groups/groups-verify";
import { NodeReader } from "./node-reader";
import { StreamId } from "./stream-id";
import {
  number64At,
  STREAM_FIRST_ID,
  STREAM_GROUPS,
  STREAM_LAST_ID,
  STREAM_LENGTH,
  STREAM_TAIL,
  STREAM_TREE,
} from "./stream-layout";

/** Walks a whole stream and throws an Error that names the first broken rule. */
export function verifyStream(memory: Arena, ref: number): void {
  const root = wordOf(memory, ref, STREAM_TREE);
  const tail = wordOf(memory, ref, STREAM_TAIL);
  verifyCountedTree(memory, root);
  const walk = new StreamWalk(memory);
  forEachItem(memory, root, (node) => walk.node(node));
  if (tail !== 0) walk.node(tail);
  else if (root !== 0) throw new Error("a stream with nodes and no tail");
  const length = number64At(memory, ref, STREAM_LENGTH);
  if (walk.live !== length) throw new Error(`${walk.live} entries, ${length} counted`);
  if (walk.firstLive.compareAt(memory, ref, STREAM_FIRST_ID) !== 0) {
    throw new Error("the first ID is not that of the first entry");
  }
  if (walk.last.compareAt(memory, ref, STREAM_LAST_ID) > 0) {
    throw new Error("an entry is behind the last ID");
  }
  verifyGroups(memory, wordOf(memory, ref, STREAM_GROUPS));
}

/** What has been seen of the nodes so far. */
class StreamWalk {
  live = 0;
  /** Of the first live entry, 0-0 when there is none. */
  readonly firstLive = new StreamId();
  /** Of the last entry, also a deleted one. */
  readonly last = new StreamId();
  readonly #memory: Arena;
  readonly #reader: NodeReader;

  constructor(memory: Arena) {
    this.#memory = memory;
    this.#reader = new NodeReader(memory);
  }

  node(ref: number): void {
    const reader = this.#reader.openNode(ref);
    if (reader.endAt > this.#memory.capacityOf(ref)) throw new Error("a node beyond its block");
    if (this.live > 0 && reader.master.compare(this.last) <= 0) {
      throw new Error("nodes are out of order");
    }
    let live = 0;
    let deleted = 0;
    for (let at = reader.entriesAt; at !== reader.endAt; at = reader.endOfEntry()) {
      reader.readEntry(at);
      const isFirst = at === reader.entriesAt;
      this.#entry(isFirst);
      if (reader.isDeleted) deleted++;
      else live++;
      if (reader.entryBefore(reader.endOfEntry()) !== at) {
        throw new Error("an entry is not the same from behind");
      }
    }
    if (live !== reader.live || deleted !== reader.deleted || live + deleted === 0) {
      throw new Error(`${live} entries and ${deleted} deleted, ${reader.live} ${reader.deleted}`);
    }
    this.live += live;
  }

  #entry(isFirst: boolean): void {
    const { id, master, isDeleted } = this.#reader;
    const isInOrder = isFirst ? id.equals(master) : id.compare(this.last) > 0;
    if (!isInOrder) throw new Error("an entry is out of order");
    this.last.copy(id);
    if (!isDeleted && this.firstLive.isZero) this.firstLive.copy(id);
  }
}
