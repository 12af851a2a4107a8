import { copyBytes } from "../../base/bytes";
import { denseRegister, setDenseRegister } from "./dense-registers";
import {
  DENSE,
  DENSE_BYTES,
  dropCardinality,
  encodingAt,
  HEADER_BYTES,
  MOST_SPARSE_BYTES,
  REGISTERS,
  SPARSE,
  setEncoding,
  writeHeader,
} from "./layout";
import { SET_NEEDS_DENSE, SET_REFUSED, SparseRegisters } from "./sparse-registers";
import { SparseWalk, XZERO_BIT } from "./sparse-walk";

/**
 * A HyperLogLog that is being made or changed, in memory of its own, until it is stored.
 *
 * It begins sparse, or as a copy of a stored one, and becomes dense when it must. One object serves
 * all commands; `begin` or `load` start it anew.
 */
export class ScratchValue {
  readonly #sparse = new SparseRegisters();
  readonly #dense = new Uint8Array(DENSE_BYTES);
  readonly #walk = new SparseWalk();
  #isDense = false;

  get bytes(): Uint8Array {
    return this.#isDense ? this.#dense : this.#sparse.bytes;
  }

  get length(): number {
    return this.#isDense ? DENSE_BYTES : this.#sparse.length;
  }

  /** Starts with all registers 0. */
  begin(): void {
    const { bytes } = this.#sparse;
    this.#isDense = false;
    writeHeader(bytes, 0, SPARSE);
    bytes[HEADER_BYTES] = XZERO_BIT | ((REGISTERS - 1) >>> 8);
    bytes[HEADER_BYTES + 1] = (REGISTERS - 1) & 0xff;
    this.#sparse.length = HEADER_BYTES + 2;
  }

  /** Starts with a copy of a stored one; false where it is longer than any that is whole. */
  load(bytes: Uint8Array, at: number, length: number): boolean {
    this.#isDense = encodingAt(bytes, at) === DENSE;
    if (length > (this.#isDense ? DENSE_BYTES : MOST_SPARSE_BYTES)) return false;
    copyBytes(this.bytes, 0, bytes, at, length);
    if (!this.#isDense) this.#sparse.length = length;
    return true;
  }

  /**
   * Raises a register to `value`: 1 when it was lower, else 0; -1 when the runs of registers turn
   * out to be wrong.
   * @param mostSparseBytes from which length on the sparse form is given up.
   */
  raise(index: number, value: number, mostSparseBytes: number): number {
    if (!this.#isDense) {
      const result = this.#sparse.set(index, value, mostSparseBytes);
      if (result !== SET_NEEDS_DENSE) return result;
      if (!this.becomeDense()) return SET_REFUSED;
    }
    if (denseRegister(this.#dense, HEADER_BYTES, index) >= value) return 0;
    setDenseRegister(this.#dense, HEADER_BYTES, index, value);
    return 1;
  }

  /** Turns to the dense form; false when the runs do not cover the registers. */
  becomeDense(): boolean {
    if (this.#isDense) return true;
    const dense = this.#dense;
    const walk = this.#walk;
    copyBytes(dense, 0, this.#sparse.bytes, 0, HEADER_BYTES);
    setEncoding(dense, 0, DENSE);
    dense.fill(0, HEADER_BYTES);
    walk.begin(this.#sparse.bytes, HEADER_BYTES, this.#sparse.length);
    while (walk.next()) {
      const behind = walk.first + walk.registers;
      if (behind > REGISTERS) return false;
      if (walk.value === 0) continue;
      for (let i = walk.first; i < behind; i++) {
        setDenseRegister(dense, HEADER_BYTES, i, walk.value);
      }
    }
    this.#isDense = walk.isComplete;
    return this.#isDense;
  }

  dropCardinality(): void {
    dropCardinality(this.bytes, 0);
  }
}
