import type { BlockMemory } from "../memory/block-memory";
import { ListpackReader } from "./listpack-reader";

/**
 * Walks a listpack in both directions and throws an Error that names the first broken rule.
 * @param capacity bytes that its block has room for.
 */
export function verifyListpack(memory: BlockMemory, ref: number, capacity: number): void {
  const pack = new BoundsReader(memory);
  pack.open(ref);
  pack.checkBounds(capacity);
  const offsets: number[] = [];
  for (let at = pack.first(); at !== 0; at = pack.next(at)) {
    if (offsets.length > pack.count) throw new Error("a listpack has more elements than it counts");
    pack.read(at);
    offsets.push(at);
  }
  if (offsets.length !== pack.count) {
    throw new Error(`a listpack counts ${pack.count} elements and has ${offsets.length}`);
  }
  for (let at = pack.last(); at !== 0; at = pack.previous(at)) {
    if (offsets.pop() !== at) throw new Error("a listpack is not the same backwards");
  }
  if (offsets.length > 0) throw new Error("a listpack ends too early backwards");
}

class BoundsReader extends ListpackReader {
  checkBounds(capacity: number): void {
    const { start, end, count } = this;
    if (start < 12 || end < start || end > capacity) {
      throw new Error(`a listpack from ${start} to ${end} in a block of ${capacity}`);
    }
    if ((count === 0) !== (start === end)) throw new Error(`${count} elements in ${end - start} B`);
  }
}
