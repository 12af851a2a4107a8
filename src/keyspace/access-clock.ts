/**
 * The clock that entries carry for eviction, in bits 8-31 of their meta word.
 *
 * LRU: seconds modulo 2^24. LFU: minutes modulo 2^16 in the high bits, a logarithmic counter in the
 * low eight; the counter grows with a probability that falls as it grows, and decays by one for
 * every `decayMinutes` without access.
 */
const CLOCK_MASK = 0xffffff;
/** What a new key begins with, so that it is not the first to be evicted. */
const LFU_INITIAL = 5;
const LFU_MAX = 255;

interface Chance {
  nextDouble(): number;
}

export class AccessClock {
  countsAccesses = false;
  logFactor = 10;
  decayMinutes = 1;
  /** What a fresh entry's bits 8-31 are, in place. */
  fresh = 0;
  #minutes = 0;
  #seconds = 0;
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Called once a turn. */
  setTime(nowMs: number): void {
    const seconds = Math.floor(nowMs / 1000);
    if (seconds === this.#seconds) return;
    this.#seconds = seconds;
    this.refresh();
  }

  /** Recomputes `fresh`; called when the policy changes. */
  refresh(): void {
    this.#minutes = Math.floor(this.#seconds / 60) & 0xffff;
    const clock = this.countsAccesses
      ? (this.#minutes << 8) | LFU_INITIAL
      : this.#seconds & CLOCK_MASK;
    this.fresh = clock << 8;
  }

  /** LFU: the meta word of an entry that is accessed now. */
  count(meta: number): number {
    let counter = this.frequencyOf(meta);
    if (counter < LFU_MAX) {
      const base = Math.max(0, counter - LFU_INITIAL);
      if (this.#chance.nextDouble() < 1 / (base * this.logFactor + 1)) counter++;
    }
    return (meta & 0xff) | (((this.#minutes << 8) | counter) << 8);
  }

  /** LFU: the counter of a meta word after decay. */
  frequencyOf(meta: number): number {
    const counter = (meta >>> 8) & 0xff;
    if (this.decayMinutes === 0) return counter;
    const elapsed = (this.#minutes - (meta >>> 16)) & 0xffff;
    return Math.max(0, counter - Math.floor(elapsed / this.decayMinutes));
  }

  /** LRU: seconds since the last access. */
  idleSecondsOf(meta: number): number {
    return ((this.#seconds & CLOCK_MASK) - (meta >>> 8)) & CLOCK_MASK;
  }

  /** Bits 8-31, shifted down, for a counter that was told; NaN where accesses are not counted. */
  clockOfFrequency(counter: number): number {
    return this.countsAccesses ? (this.#minutes << 8) | counter : Number.NaN;
  }

  /** The same for seconds without use; NaN where accesses are counted. */
  clockOfIdle(seconds: number): number {
    if (this.countsAccesses) return Number.NaN;
    return ((this.#seconds & CLOCK_MASK) - Math.min(seconds, CLOCK_MASK)) & CLOCK_MASK;
  }
}
