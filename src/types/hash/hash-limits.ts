/**
 * Up to what size a hash is reported as a listpack: hash-max-listpack-entries and -value.
 *
 * The composition sets the numbers and follows CONFIG SET; HashValue only compares.
 */
export class HashLimits {
  constructor(
    public maxEntries: number,
    public maxValueBytes: number,
  ) {}
}
