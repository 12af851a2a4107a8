import { EntryList } from "../../structures/dict-walk";

/** A longer list is not kept for the next command. */
const MOST_KEPT = 10_000;

/** Lists of places of members, for replies that begin with their length. */
export class Places {
  readonly #kept = new EntryList();

  /** An empty list, which may become `most` places long. */
  list(most: number): EntryList {
    return most > MOST_KEPT ? new EntryList() : this.#kept.clear();
  }
}
