import type { Config } from "../../config/config";

/** Up to what size a sorted set is reported as `listpack`. Nothing is converted by a change. */
export class ZsetLimits {
  /** Most members. */
  listpackEntries = 128;
  /** Longest member, in bytes. */
  listpackValueBytes = 64;

  /** Takes the directives zset-max-*, now and whenever they change. */
  followConfig(config: Config): this {
    const read = (): undefined => {
      this.listpackEntries = config.number("zset-max-listpack-entries");
      this.listpackValueBytes = config.number("zset-max-listpack-value");
    };
    config.onChange(["zset-max-listpack-entries", "zset-max-listpack-value"], read);
    read();
    return this;
  }
}
