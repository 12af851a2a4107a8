// Random operations on a DictModel: keys of every kind, and a size that is steered up and down.

import type { SeededRandom } from "../../support/seeds.js";
import type { DictModel } from "./dict-model.js";
import type { EntryContent } from "./test-entry.js";

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("latin1");
const ODD_KEYS = [
  "",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "\0",
  "\0\0",
  "0",
  "-0",
  "1",
  "01",
  " ",
  "\r\n",
  ALL_BYTES,
  `${ALL_BYTES}\0`,
];

export class DictSteps {
  readonly #model: DictModel;
  readonly #random: SeededRandom;
  readonly #keySpace: number;
  /** Keys that were set once, each at least once; many are gone again. */
  readonly #keys: string[] = [];

  /** @param keySpace how many different plain keys there are. */
  constructor(model: DictModel, random: SeededRandom, keySpace: number) {
    this.#model = model;
    this.#random = random;
    this.#keySpace = keySpace;
  }

  /** One operation; `growing` is the chance that it adds rather than removes. */
  step(growing: number): void {
    const random = this.#random;
    const kind = random.below(100);
    if (kind < 70) {
      if (random.chance(growing)) this.#model.set(this.#newContent(this.#someKey()));
      else this.#remove();
      return;
    }
    const key = this.#knownKey();
    const old = key === undefined ? undefined : this.#model.contents.get(key);
    if (key === undefined || old === undefined) this.#model.find(this.#someKey());
    else if (kind < 85) this.#model.overwrite(key, this.#text(old.value.length));
    else this.#model.set(this.#newContent(key));
  }

  #remove(): void {
    const key = this.#knownKey() ?? this.#someKey();
    if (this.#random.chance(0.2) && this.#model.contents.has(key)) {
      this.#model.deleteLocated(key, this.#someKey());
    } else {
      this.#model.delete(key);
    }
  }

  /** A key that was set before, and then is forgotten half of the times if it is gone. */
  #knownKey(): string | undefined {
    while (this.#keys.length > 0) {
      const index = this.#random.below(this.#keys.length);
      const key = this.#keys[index];
      if (this.#model.contents.has(key) || this.#random.chance(0.01)) return key;
      this.#keys[index] = this.#keys[this.#keys.length - 1];
      this.#keys.pop();
    }
    return undefined;
  }

  #someKey(): string {
    const random = this.#random;
    const kind = random.below(1000);
    if (kind < 20) return random.pick(ODD_KEYS);
    if (kind < 30) return "k".repeat(random.below(3000));
    // Keys that differ in their last bytes only, beyond the end of a page.
    if (kind === 30 && random.chance(0.1)) return `${"m".repeat(1 << 20)}${random.below(3)}`;
    return `key:${random.below(this.#keySpace)}`;
  }

  #newContent(key: string): EntryContent {
    this.#keys.push(key);
    const expiry = this.#random.chance(0.3) ? this.#random.word() * 1000 : null;
    const length = this.#random.chance(0.01) ? 5000 : 60;
    return { key, value: this.#text(this.#random.below(length)), expiry };
  }

  #text(length: number): string {
    const text = this.#random
      .word()
      .toString(36)
      .repeat(Math.ceil(length / 5));
    return text.slice(0, length).padEnd(length, "\xff");
  }
}
