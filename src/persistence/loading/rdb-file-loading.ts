import { systemErrorText } from "../../config/system-error-text";
import { LoadProblem } from "./load-problem";
import { RdbFileSource } from "./rdb-file-source";
import { RdbLoading, type RdbLoadingOptions, type RdbLoadingParts } from "./rdb-loading";

/** One RDB file, or the RDB in front of an append only file, that is being read. */
export class RdbFileLoading extends RdbLoading {
  readonly sizeBytes: number;
  readonly #source: RdbFileSource;

  /** Opens the file. @throws LoadProblem */
  constructor(parts: RdbLoadingParts, path: Uint8Array, options: RdbLoadingOptions) {
    const name = Buffer.from(path).toString("utf8");
    let answer = (): void => undefined;
    const source = opened(path, name, () => answer());
    const newSource = (onRead: () => void): RdbFileSource => {
      answer = onRead;
      return source;
    };
    super(parts, `RDB file ${name}`, newSource, options);
    this.#source = source;
    this.sizeBytes = source.sizeBytes;
  }

  close(): void {
    this.#source.close();
  }
}

function opened(path: Uint8Array, name: string, onRead: () => void): RdbFileSource {
  try {
    return new RdbFileSource(path, onRead);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new LoadProblem(`Can't open the RDB file ${name}: ${systemErrorText(error)}`, isMissing);
  }
}
