/** What was read is no RDB data, or ends too early. `position` counts bytes from its beginning. */
export class RdbProblem extends Error {
  readonly position: number;

  constructor(text: string, position: number) {
    super(text);
    this.position = position;
  }
}
