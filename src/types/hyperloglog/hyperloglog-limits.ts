/** hll-sparse-max-bytes: the composition sets it and follows CONFIG SET; commands only ask. */
export class HyperLogLogLimits {
  sparseMaxBytes: number;

  constructor(sparseMaxBytes: number) {
    this.sparseMaxBytes = sparseMaxBytes;
  }
}
