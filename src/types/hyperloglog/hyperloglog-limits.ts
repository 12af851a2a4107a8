import type { Config } from "../../config/config";

/** Up to what size a HyperLogLog keeps its sparse form. */
export class HyperLogLogLimits {
  /** Its longest sparse form, header included, in bytes. */
  sparseMaxBytes = 3000;

  /** Takes hll-sparse-max-bytes, now and whenever it changes. */
  followConfig(config: Config): this {
    const read = (): undefined => {
      this.sparseMaxBytes = config.number("hll-sparse-max-bytes");
    };
    config.onChange("hll-sparse-max-bytes", read);
    read();
    return this;
  }
}
