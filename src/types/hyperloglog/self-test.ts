import { estimateCardinality, REGISTER_VALUES } from "./cardinality-estimate";
import { countDense, denseRegister, setDenseRegister } from "./dense-registers";
import { ElementRegister } from "./element-register";
import { DENSE_BYTES, HEADER_BYTES, REGISTERS } from "./layout";
import { ScratchValue } from "./scratch-value";

/**
 * What PFSELFTEST proves on the running machine: that registers keep what is written, that the
 * sparse form and the dense one agree, and that estimates lie as near as they should.
 *
 * It touches no keys, uses no chance, and takes some 50 ms.
 */

const ELEMENTS = 100_000;
const FIRST_CHECK = 100;
/** The standard error is 1.04 / sqrt(16384); nothing here is further off than six of it. */
const MOST_ERROR = (6 * 1.04) / Math.sqrt(REGISTERS);
const SPARSE_MAX_BYTES = 3000;

/** What is wrong, or undefined. */
export function selfTest(): string | undefined {
  return testRegisters() ?? testForms();
}

function testRegisters(): string | undefined {
  const bytes = new Uint8Array(DENSE_BYTES);
  for (let round = 0; round < REGISTER_VALUES; round++) {
    for (let i = 0; i < REGISTERS; i++) {
      setDenseRegister(bytes, HEADER_BYTES, i, (i * 7 + round) % REGISTER_VALUES);
    }
    for (let i = 0; i < REGISTERS; i++) {
      const expected = (i * 7 + round) % REGISTER_VALUES;
      const found = denseRegister(bytes, HEADER_BYTES, i);
      if (found !== expected) return `register ${i} is ${found}, not ${expected}`;
    }
  }
  return undefined;
}

function testForms(): string | undefined {
  const value = new ScratchValue();
  const registers = new Uint8Array(REGISTERS);
  const register = new ElementRegister();
  const element = new Uint8Array(8);
  const numbers = new Int32Array(element.buffer);
  value.begin();
  for (let added = 1, check = FIRST_CHECK; added <= ELEMENTS; added++) {
    numbers[0] = added;
    register.set(element, 0, element.length);
    const { index } = register;
    value.raise(index, register.value, SPARSE_MAX_BYTES);
    if (register.value > registers[index]) registers[index] = register.value;
    if (added !== check) continue;
    const wrong = compare(value, registers, added);
    if (wrong !== undefined) return wrong;
    check *= 10;
  }
  return undefined;
}

function compare(value: ScratchValue, registers: Uint8Array, added: number): string | undefined {
  const dense = new ScratchValue();
  if (!dense.load(value.bytes, 0, value.length) || !dense.becomeDense()) {
    return "the sparse form does not cover its registers";
  }
  for (let i = 0; i < REGISTERS; i++) {
    if (denseRegister(dense.bytes, HEADER_BYTES, i) !== registers[i]) {
      return `register ${i} differs after ${added} elements`;
    }
  }
  const histogram = new Int32Array(REGISTER_VALUES);
  countDense(dense.bytes, HEADER_BYTES, histogram);
  const estimate = estimateCardinality(histogram);
  if (Math.abs(estimate - added) <= MOST_ERROR * added) return undefined;
  return `${added} elements are estimated as ${estimate}`;
}
