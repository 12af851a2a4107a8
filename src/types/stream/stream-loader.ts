import { setWord, TYPE_STREAM } from "../../keyspace/entry";
import type { LoadedValue, ValueLoader } from "../../keyspace/value-codec";
import type { Arena } from "../../memory/arena";
import { ListpackElements } from "../../rdb/listpack-elements";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbReader } from "../../rdb/rdb-reader";
import { GroupsLoader } from "./groups/groups-loader";
import { NodeCheck } from "./node-check";
import { ID_BYTES, readRawId } from "./raw-id";
import { Stream } from "./stream";
import { StreamId } from "./stream-id";
import {
  STREAM_ENTRIES_ADDED,
  STREAM_LAST_ID,
  STREAM_LENGTH,
  STREAM_MAX_DELETED_ID,
  setNumber64,
} from "./stream-layout";
import type { StreamLimits } from "./stream-limits";
import { streamType } from "./stream-type";

/** Reads streams of all three forms. An empty one is a value like any other. */
export class StreamLoader implements ValueLoader {
  readonly code = TYPE_STREAM;
  readonly rdbTypes: readonly number[] = [
    RDB_TYPES.STREAM_LISTPACKS,
    RDB_TYPES.STREAM_LISTPACKS_2,
    RDB_TYPES.STREAM_LISTPACKS_3,
  ];
  readonly #memory: Arena;
  readonly #stream: Stream;
  readonly #groups: GroupsLoader;
  readonly #elements = new ListpackElements();
  readonly #check = new NodeCheck();
  readonly #id = new StreamId();

  constructor(memory: Arena, limits: StreamLimits) {
    this.#memory = memory;
    this.#stream = new Stream(memory, limits);
    this.#groups = new GroupsLoader(memory);
  }

  load(rdbType: number, reader: RdbReader): LoadedValue {
    const stream = this.#stream.createStream();
    try {
      this.#readNodes(reader);
      this.#readFacts(rdbType, reader);
      this.#groups.load(stream, rdbType, reader);
    } catch (error) {
      let { ref } = stream;
      while (ref !== 0) ref = streamType.freeSome(this.#memory, ref, Number.POSITIVE_INFINITY, 0);
      throw error;
    }
    return { encoding: 0, ref: stream.ref };
  }

  #readNodes(reader: RdbReader): void {
    const check = this.#check;
    const elements = this.#elements;
    let length = 0;
    check.begin();
    for (let left = reader.length(); left > 0; left--) {
      reader.string();
      if (reader.valueLength !== ID_BYTES) reader.fail("a node of a stream without an ID");
      const id = readRawId(reader.valueBytes, reader.valueAt, this.#id);
      reader.string();
      const { valueBytes, valueAt, valueLength } = reader;
      reader.packedBlocks++;
      if (!elements.open(valueBytes, valueAt, valueLength)) reader.fail("a broken listpack");
      if (!check.check(elements, id)) reader.fail("a broken node of a stream");
      this.#stream.adoptNode(id, valueBytes, elements.elementsAt, elements.elementsBytes);
      length += check.live;
    }
    setNumber64(this.#memory, this.#stream.ref, STREAM_LENGTH, length);
  }

  #readFacts(rdbType: number, reader: RdbReader): void {
    const memory = this.#memory;
    const stream = this.#stream;
    const { ref } = stream;
    const length = reader.length();
    if (length !== stream.length) reader.fail("a stream that does not have as many entries");
    readId(reader, this.#id);
    if (this.#id.compare(this.#check.lastLive) < 0) reader.fail("a stream with an entry too late");
    this.#id.store(memory, ref, STREAM_LAST_ID);
    // Redis leaves them where they are, and does not find what comes to lie behind them.
    if (this.#id.compare(this.#check.last) < 0) stream.forgetDeletedBehind(this.#id);
    stream.updateFirstId();
    if (rdbType === RDB_TYPES.STREAM_LISTPACKS) {
      setNumber64(memory, ref, STREAM_ENTRIES_ADDED, length);
      return;
    }
    // The first ID is what the entries say.
    readId(reader, this.#id);
    readId(reader, this.#id).store(memory, ref, STREAM_MAX_DELETED_ID);
    reader.length();
    setWord(memory, ref, STREAM_ENTRIES_ADDED, reader.low);
    setWord(memory, ref, STREAM_ENTRIES_ADDED + 1, reader.high);
  }
}

/** Reads an ID of two lengths. */
function readId(reader: RdbReader, into: StreamId): StreamId {
  reader.length();
  const { high, low } = reader;
  reader.length();
  return into.set(high, low, reader.high, reader.low);
}
