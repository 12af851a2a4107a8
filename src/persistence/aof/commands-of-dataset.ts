import type { AofCommandWriter } from "../../keyspace/aof-command-writer";
import { exactExpiryOf, hasExpiry, typeOf } from "../../keyspace/entry";
import type { ValueRewriter } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import { forEachEntry } from "../../structures/dict-walk";
import type { SavedData } from "../rdb/dataset-writer";

/** What a data set is told from: the facts of an RDB file about it that no command can tell are not. */
export type ToldData = Pick<SavedData, "functions" | "databases">;

/**
 * Tells a whole data set as the commands that build it: the base of an AOF when
 * `aof-use-rdb-preamble` is off. DatasetWriter is the same for RDB.
 *
 * It reads memory that stands still: frozen, in a worker, or between two turns. It opens no files.
 */
export class CommandsOfDataset {
  /** Keys written so far. */
  keys = 0;
  readonly #memory: BlockMemory;
  readonly #rewriters: (ValueRewriter | undefined)[] = [];
  readonly #writer: AofCommandWriter;
  readonly #data: ToldData;
  readonly #onKey: () => void;

  /**
   * @param rewriters one per type, made for this memory.
   * @param onKey called after every key.
   */
  constructor(
    memory: BlockMemory,
    rewriters: readonly ValueRewriter[],
    writer: AofCommandWriter,
    data: ToldData,
    onKey: () => void = () => undefined,
  ) {
    this.#memory = memory;
    for (const rewriter of rewriters) this.#rewriters[rewriter.code] = rewriter;
    this.#writer = writer;
    this.#data = data;
    this.#onKey = onKey;
  }

  /**
   * @param timestampSeconds what `aof-timestamp-enabled` puts in front; absent without it.
   * @throws whatever the writer's sink throws.
   */
  write(timestampSeconds?: number): void {
    const writer = this.#writer;
    const { functions, databases } = this.#data;
    if (timestampSeconds !== undefined) writer.annotation(`#TS:${timestampSeconds}`);
    for (const library of functions) {
      writer.command("FUNCTION", 3);
      writer.text("LOAD");
      writer.bytes(library, 0, library.length);
    }
    for (const { size, index, header } of databases) {
      if (size === 0) continue;
      writer.command("SELECT", 2);
      writer.integer(index);
      forEachEntry(this.#memory, header, (entry) => this.#writeEntry(entry));
    }
    writer.flush();
  }

  #writeEntry(entry: number): void {
    const memory = this.#memory;
    const writer = this.#writer;
    const code = typeOf(memory, entry);
    const rewriter = this.#rewriters[code];
    if (rewriter === undefined) throw new Error(`nobody tells values of type ${code}`);
    rewriter.rewrite(entry, writer);
    if (hasExpiry(memory, entry)) {
      writer.command("PEXPIREAT", 3);
      writer.key(entry);
      writer.text(exactExpiryOf(memory, entry).toString());
    }
    this.keys++;
    this.#onKey();
  }
}
