// Lists without sockets and keys: a push and a pop at each end of a long list, 600 elements as a
// reply, and an element by its index, of three bytes as redis-benchmark has them.

import { replyElement } from "../../../src/keyspace/listpack-reply";
import { Arena } from "../../../src/memory/arena";
import { ReplyWriter } from "../../../src/protocol/reply-writer";
import { List } from "../../../src/types/list/list";
import { ListLimits } from "../../../src/types/list/list-limits";
import { replyRange } from "../../../src/types/list/list-reply";
import type { Mitata } from "../mitata";

const ELEMENTS = 100_000;
const OUTPUT_BYTES = 1 << 16;
const RUN_WORDS = 64;

export function benchList({ bench, group, do_not_optimize }: Mitata): void {
  group("list, 100 k elements", () => {
    const list = new BenchList();
    bench("list push and pop at the front", () => list.pushAndPopFirst());
    bench("list push and pop at the back", () => list.pushAndPopLast());
    bench("list in at the back, out at the front", () => list.passThrough());
    bench("list range of 600 as a reply", () => list.range(600));
    bench("list element by index", () => do_not_optimize(list.seekNext()));
  });
}

class BenchList {
  readonly #list = new List(new Arena(), new ListLimits()).openNew();
  readonly #value = Buffer.from("xxx");
  readonly #reply = new ReplyWriter(
    new Uint8Array(OUTPUT_BYTES),
    new Uint32Array(RUN_WORDS),
    () => undefined,
  );
  #next = 0;

  constructor() {
    for (let i = 0; i < ELEMENTS; i++) this.#pushLast();
  }

  pushAndPopFirst(): void {
    const list = this.#opened();
    list.grow(3, 1);
    list.pushFirst(this.#value, 0, 3);
    this.#popFirst();
  }

  pushAndPopLast(): void {
    this.#pushLast();
    const list = this.#opened();
    list.lastNode();
    this.#replyWith(list.pack.last());
    list.removeLast(1);
    list.shrink();
  }

  passThrough(): void {
    this.#pushLast();
    this.#popFirst();
  }

  range(count: number): void {
    this.#reply.begin(1);
    replyRange(this.#reply, this.#opened(), 0, count);
    this.#reply.endTurn();
  }

  seekNext(): number {
    this.#next = (this.#next + 7919) % ELEMENTS;
    return this.#opened().seek(this.#next);
  }

  #opened(): List {
    return this.#list.open(this.#list.encoding, this.#list.ref);
  }

  #pushLast(): void {
    const list = this.#list.ref === 0 ? this.#list : this.#opened();
    list.grow(3, 1);
    list.pushLast(this.#value, 0, 3);
  }

  #popFirst(): void {
    const list = this.#opened();
    list.firstNode();
    this.#replyWith(list.pack.first());
    list.removeFirst(1);
    list.shrink();
  }

  #replyWith(offset: number): void {
    this.#reply.begin(1);
    replyElement(this.#reply, this.#list.pack, offset);
    this.#reply.endTurn();
  }
}
