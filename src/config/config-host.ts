/**
 * The little that the configuration asks of the process it lives in, so that tests can give it
 * another one. Paths are byte text.
 */
import { fromBytes, toBytes } from "./byte-text";
import { systemErrorText } from "./system-error-text";

export interface ConfigHost {
  currentDirectory(): string;
  /** The reason why the directory cannot be entered, in the system's words, or undefined. */
  changeDirectory(path: string): string | undefined;
}

/** The real process. A worker thread cannot change the directory, so it belongs to main. */
export class ProcessHost implements ConfigHost {
  currentDirectory(): string {
    return fromBytes(Buffer.from(process.cwd(), "utf8"));
  }

  changeDirectory(path: string): string | undefined {
    try {
      process.chdir(toBytes(path).toString("utf8"));
      return undefined;
    } catch (error) {
      return systemErrorText(error);
    }
  }
}
