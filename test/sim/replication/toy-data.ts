// A data set that is a log of counters: what was written, in which database, in which order, as one
// digest. Its commands are frames: length, kind, then the bytes.

export const KIND_WRITE = 1;
export const KIND_SELECT = 2;
export const KIND_PING = 3;
export const KIND_GETACK = 4;

export class ToyData {
  count = 0;
  low = 0x811c9dc5;
  high = 0x01000193;

  /** Takes a write in; whatever else is a change of nothing. */
  write(db: number, frame: Uint8Array): void {
    this.count += 1;
    this.#mix(db);
    for (const byte of frame) this.#mix(byte);
  }

  get digest(): string {
    return `${this.count}:${this.low}:${this.high}`;
  }

  copy(): ToyData {
    return ToyData.from(this);
  }

  static from({ count, low, high }: { count: number; low: number; high: number }): ToyData {
    const data = new ToyData();
    data.count = count;
    data.low = low;
    data.high = high;
    return data;
  }

  #mix(value: number): void {
    this.low = Math.imul(this.low ^ value, 0x01000193) >>> 0;
    this.high = (Math.imul(this.high, 31) + value + (this.low >>> 7)) >>> 0;
  }
}

export function frame(kind: number, body: Uint8Array = new Uint8Array(0)): Buffer {
  return Buffer.concat([Buffer.from([body.length + 2, kind]), body]);
}

/** A copy of the data set with its place in the stream, as a file. */
export interface ToyFile {
  readonly data: ToyData;
  readonly streamDb: number;
}

export function encodeFile({ data, streamDb }: ToyFile): Buffer {
  const { count, low, high } = data;
  return Buffer.from(JSON.stringify({ count, low, high, streamDb }));
}

/** Undefined for what is no whole file. */
export function decodeFile(bytes: Buffer): ToyFile | undefined {
  try {
    const { count, low, high, streamDb } = JSON.parse(bytes.toString());
    return { data: ToyData.from({ count, low, high }), streamDb };
  } catch {
    return undefined;
  }
}
