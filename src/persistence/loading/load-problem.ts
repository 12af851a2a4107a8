/**
 * Why a file could not be loaded; a whole sentence for the log. The data set is half of one then,
 * unless the file was missing.
 */
export class LoadProblem extends Error {
  /** There is no such file, so nothing has been changed. */
  readonly isMissing: boolean;

  constructor(text: string, isMissing = false) {
    super(text);
    this.isMissing = isMissing;
  }
}
