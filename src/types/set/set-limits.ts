import type { Config } from "../../config/config";

/** Up to what size a set is kept as a row instead of a table. */
export class SetLimits {
  /** Most members of an intset. */
  maxIntsetEntries = 512;
  /** Most members of a listpack. */
  maxListpackEntries = 128;
  /** The longest member of a listpack, in bytes. */
  maxListpackValueBytes = 64;

  /** Takes the directives set-max-*, now and whenever they change. */
  followConfig(config: Config): this {
    const read = (): undefined => {
      this.maxIntsetEntries = config.number("set-max-intset-entries");
      this.maxListpackEntries = config.number("set-max-listpack-entries");
      this.maxListpackValueBytes = config.number("set-max-listpack-value");
    };
    config.onChange(
      ["set-max-intset-entries", "set-max-listpack-entries", "set-max-listpack-value"],
      read,
    );
    read();
    return this;
  }
}
