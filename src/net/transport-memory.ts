/**
 * The shared memory of a transport that has no memory of its own to give: plain typed arrays.
 *
 * The native reactor maps its memory itself; this one serves the portable transport. `input` is one
 * array of 4 GiB. Node gets it from calloc, and Linux gives pages out on first touch: creating it
 * took 4 ms and 2 MiB of resident memory. It needs 4.5 GiB of address space, and with memory
 * overcommit off (vm.overcommit_memory = 2) that much commit charge. A page once touched stays
 * resident, so its users take places from the low end of a region first.
 */

import {
  CONTROL_WORDS,
  INPUT_BYTES,
  MAX_RUNS,
  OUTPUT_BYTES,
  RUN_WORDS,
  STATS_WORDS,
  type TransportMemory,
} from "./transport";

/** 512 MiB of table: one request of up to 67,108,861 arguments, or all records of a turn. */
const TABLE_WORDS = 0x0800_0000;

/** Throws RangeError when the system does not give the address space. */
export function createTransportMemory(maxSlots: number): TransportMemory {
  return {
    input: new Uint8Array(INPUT_BYTES),
    table: new Uint32Array(TABLE_WORDS),
    output: new Uint8Array(OUTPUT_BYTES),
    runs: new Uint32Array(MAX_RUNS * RUN_WORDS),
    control: new Uint32Array(maxSlots * CONTROL_WORDS),
    stats: new Float64Array(maxSlots * STATS_WORDS),
  };
}
