import type { Config } from "../../config/config";

/**
 * Up to what size a hash is reported as a listpack: hash-max-listpack-entries and -value. HashValue
 * only compares.
 */
export class HashLimits {
  constructor(
    public maxEntries = 0,
    public maxValueBytes = 0,
  ) {}

  /** Takes the limits from the configuration, now and at every CONFIG SET. */
  followConfig(config: Config): this {
    const follow = (): undefined => {
      this.maxEntries = config.number("hash-max-listpack-entries");
      this.maxValueBytes = config.number("hash-max-listpack-value");
      return undefined;
    };
    follow();
    config.onChange(["hash-max-listpack-entries", "hash-max-listpack-value"], follow);
    return this;
  }
}
