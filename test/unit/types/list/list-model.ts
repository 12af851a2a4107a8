// A list of the server beside a plain array of strings, and the steps that change both alike.

import assert from "node:assert/strict";
import { Arena } from "../../../../src/memory/arena";
import { type BlockMemory, SegmentView } from "../../../../src/memory/block-memory";
import { List } from "../../../../src/types/list/list";
import type { ListLimits } from "../../../../src/types/list/list-limits";
import { ListReader } from "../../../../src/types/list/list-reader";
import { verifyList } from "../../../../src/types/list/list-verify";
import type { SeededRandom } from "../../../support/seeds";

const LENGTHS = [0, 1, 3, 10, 60, 64, 130, 700];
const LONG_LENGTHS = [3000, 4100, 9000, 70_000];
const FEW = ["", "1", "-7", "__proto__", "abc", "9223372036854775807"];

/** What a reader finds, from the first node to the last. */
export function listContents(memory: BlockMemory, encoding: number, ref: number): string[] {
  const list = new ListReader(memory).open(encoding, ref);
  const { pack } = list;
  const found: string[] = [];
  for (let more = list.firstNode(); more; more = list.nextNode()) {
    for (let offset = pack.first(); offset !== 0; offset = pack.next(offset)) {
      pack.read(offset);
      const { valueBytes, valueAt, valueLength } = pack;
      found.push(Buffer.from(valueBytes.slice(valueAt, valueAt + valueLength)).toString("latin1"));
    }
  }
  return found;
}

export class ListModel {
  readonly arena = new Arena({ poison: true });
  readonly list: List;
  values: string[] = [];

  constructor(
    readonly random: SeededRandom,
    limits: ListLimits,
  ) {
    this.list = new List(this.arena, limits).openNew();
    this.push("first");
  }

  value(): string {
    const { random } = this;
    if (random.chance(0.3)) return random.pick(FEW);
    const length = random.chance(0.03) ? random.pick(LONG_LENGTHS) : random.pick(LENGTHS);
    return random.bytes(length).toString("latin1");
  }

  push(value: string): void {
    this.list.grow(value.length, 1);
    this.list.pushLast(Buffer.from(value, "latin1"), 0, value.length);
    this.values.push(value);
  }

  /** One change; `growing` is the share of those that put elements in. */
  step(growing: number): void {
    const { list, values, random } = this;
    list.open(list.encoding, list.ref);
    const value = this.value();
    // Where the value lies does not matter.
    const bytes = Buffer.from(`+${value}-`, "latin1");
    const index = random.below(values.length);
    if (random.chance(growing)) {
      list.grow(value.length, 1);
      this.#add(random.below(4), index, value, bytes);
      return;
    }
    if (random.chance(0.3)) {
      list.grow(value.length, 1);
      list.replaceHere(list.seek(index), bytes, 1, value.length);
      values[index] = value;
    } else {
      this.#takeOut(random.below(5));
    }
    list.shrink();
  }

  check(): void {
    const { list, values, arena } = this;
    verifyList(arena, list.encoding, list.ref);
    assert.equal(list.length, values.length);
    assert.deepEqual(listContents(arena, list.encoding, list.ref), values);
    const index = this.random.below(values.length);
    const offset = list.seek(index);
    const bytes = Buffer.from(values[index] ?? "", "latin1");
    assert.ok(list.pack.equals(offset, bytes, 0, bytes.length));
  }

  /** What a worker of a snapshot would see at a place. */
  seenFrom(encoding: number, ref: number): string[] {
    return listContents(new SegmentView(this.arena.share()), encoding, ref);
  }

  #add(where: number, index: number, value: string, bytes: Buffer): void {
    const { list, values } = this;
    if (where === 0) list.pushFirst(bytes, 1, value.length);
    else if (where === 1) list.pushLast(bytes, 1, value.length);
    else {
      const offset = list.seek(index);
      list.insertHere(where === 2 ? offset : list.pack.next(offset), bytes, 1, value.length);
    }
    values.splice([0, values.length, index, index + 1][where] ?? 0, 0, value);
  }

  #takeOut(kind: number): void {
    const { list, values, random } = this;
    const count = Math.min(random.chance(0.1) ? 200 : random.between(1, 3), values.length - 1);
    if (count === 0) return;
    if (kind === 0) {
      list.removeFirst(count);
      values.splice(0, count);
    } else if (kind === 1) {
      list.removeLast(count);
      values.length -= count;
    } else {
      this.#removeEqual(kind === 2, count);
    }
  }

  /** Takes elements equal to one of them out of its node, but never all of the list. */
  #removeEqual(fromLast: boolean, count: number): void {
    const { list, values, random } = this;
    const wanted = random.pick(values);
    list.seekNode(random.below(values.length));
    const start = list.nodeStart;
    const inNode = values.slice(start, start + list.pack.count);
    const order = inNode.map((_, i) => (fromLast ? inNode.length - 1 - i : i));
    const gone = new Set(order.filter((i) => inNode[i] === wanted).slice(0, count));
    const bytes = Buffer.from(wanted, "latin1");
    assert.equal(list.removeEqual(bytes, 0, bytes.length, count, fromLast), gone.size);
    this.values = values.filter((_, i) => !gone.has(i - start));
  }
}
