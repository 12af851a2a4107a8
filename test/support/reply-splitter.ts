// Cuts a stream of bytes from a server into whole replies, RESP2 and RESP3, byte for byte.
// Not a decoder (reply.ts) and nothing of the server's: a second, independent reading of the
// protocol that refuses whatever a strict client could stumble over. What always holds: replies
// joined together are the bytes that came in; no byte is read twice; depth is bounded.

const CR = 13;
const LF = 10;
const MAX_DEPTH = 128;
const MAX_LINE_BYTES = 1024 * 1024;
const MAX_BULK_BYTES = 512 * 1024 * 1024;
const MAX_ELEMENTS = 2 ** 31;
const INITIAL_CAPACITY = 16 * 1024;

const LINE_FORMS: Readonly<Record<string, RegExp>> = {
  "+": /^[^\r\n]*$/,
  "-": /^[^\r\n]*$/,
  ":": /^-?\d{1,19}$/,
  _: /^$/,
  "#": /^[tf]$/,
  ",": /^(inf|-inf|nan|-nan|-?\d+(\.\d+)?(e[+-]?\d+)?)$/,
  "(": /^-?\d+$/,
};
const BULK_TYPES = "$!=";
// How many elements follow for each one counted. After an attribute comes the reply it belongs to.
const ELEMENTS_PER_COUNT: Readonly<Record<string, number>> = {
  "*": 1,
  "~": 1,
  ">": 1,
  "%": 2,
  "|": 2,
};

/** Thrown when the stream is not RESP; `bytes` holds what could not be read. */
export class ProtocolViolation extends Error {
  constructor(
    reason: string,
    readonly bytes: Buffer,
  ) {
    super(`${reason}: ${JSON.stringify(bytes.subarray(0, 200).toString("latin1"))}`);
    this.name = "ProtocolViolation";
  }
}

export class ReplySplitter {
  #bytes: Buffer = Buffer.allocUnsafe(INITIAL_CAPACITY);
  #start = 0;
  #scanned = 0;
  #end = 0;
  /** Elements still to come, per open aggregate of the reply at #start. */
  readonly #open: number[] = [];
  /** End of the bulk at #scanned when its header was read and its body is not all here. */
  #bulkEnd = -1;
  readonly #maxLineBytes: number;

  /** @param maxLineBytes lines that MONITOR brings may be longer than any other's. */
  constructor(maxLineBytes = MAX_LINE_BYTES) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Adds bytes as they came from the socket. */
  push(chunk: Buffer): void {
    this.#makeRoom(chunk.length);
    chunk.copy(this.#bytes, this.#end);
    this.#end += chunk.length;
  }

  /** The next whole reply as its own copy, or null when more bytes are needed. */
  next(): Buffer | null {
    for (;;) {
      const whole = this.#bulkEnd >= 0 ? this.#finishBulk() : this.#readHeader();
      if (!whole) return null;
      if (this.#open.length > 0) continue;
      const reply = Buffer.from(this.#bytes.subarray(this.#start, this.#scanned));
      this.#start = this.#scanned;
      return reply;
    }
  }

  /** Bytes that came in and are not yet part of a whole reply. */
  pending(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#start, this.#end));
  }

  /** Reads one header line at #scanned. False when it is not all here yet. */
  #readHeader(): boolean {
    const lineEnd = this.#findLineEnd();
    if (lineEnd < 0) return false;
    const type = String.fromCharCode(this.#bytes[this.#scanned] ?? 0);
    const text = this.#bytes.toString("latin1", this.#scanned + 1, lineEnd);
    const form = LINE_FORMS[type];
    const perCount = ELEMENTS_PER_COUNT[type];
    this.#scanned = lineEnd + 2;
    if (form !== undefined) {
      if (!form.test(text)) throw this.#violation(`bad '${type}' reply`);
      this.#completeElement();
      return true;
    }
    if (perCount !== undefined) {
      this.#openAggregate(type, this.#length(text, type === "*", MAX_ELEMENTS), perCount);
      return true;
    }
    if (!BULK_TYPES.includes(type)) throw this.#violation(`unknown reply type '${type}'`);
    const length = this.#length(text, type === "$", MAX_BULK_BYTES);
    if (length < 0) {
      this.#completeElement();
      return true;
    }
    this.#bulkEnd = this.#scanned + length;
    return this.#finishBulk();
  }

  #finishBulk(): boolean {
    if (this.#end < this.#bulkEnd + 2) return false;
    if (this.#bytes[this.#bulkEnd] !== CR || this.#bytes[this.#bulkEnd + 1] !== LF) {
      throw this.#violation("no CRLF after a bulk");
    }
    this.#scanned = this.#bulkEnd + 2;
    this.#bulkEnd = -1;
    this.#completeElement();
    return true;
  }

  #openAggregate(type: string, count: number, perCount: number): void {
    const belongsToNext = type === "|" ? 1 : 0;
    const elements = count * perCount + belongsToNext;
    if (elements <= 0) {
      this.#completeElement();
      return;
    }
    if (this.#open.length === MAX_DEPTH) throw this.#violation("replies nested too deep");
    this.#open.push(elements);
  }

  #completeElement(): void {
    while (this.#open.length > 0) {
      const left = (this.#open.pop() ?? 0) - 1;
      if (left > 0) {
        this.#open.push(left);
        return;
      }
    }
  }

  /** A length as Redis writes it: no sign, no leading zero; -1 only where a null may stand. */
  #length(text: string, nullable: boolean, max: number): number {
    if (nullable && text === "-1") return -1;
    if (!/^(0|[1-9]\d{0,15})$/.test(text) || Number(text) > max) {
      throw this.#violation("bad length");
    }
    return Number(text);
  }

  #findLineEnd(): number {
    const lineEnd = this.#bytes.subarray(0, this.#end).indexOf(LF, this.#scanned);
    if (lineEnd < 0) {
      if (this.#end - this.#scanned > this.#maxLineBytes) throw this.#violation("endless line");
      return -1;
    }
    if (lineEnd === this.#scanned || this.#bytes[lineEnd - 1] !== CR) {
      throw this.#violation("a line without CR");
    }
    return lineEnd - 1;
  }

  #makeRoom(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const used = this.#end - this.#start;
    let capacity = this.#bytes.length;
    while (capacity < used + length) capacity *= 2;
    const target = capacity === this.#bytes.length ? this.#bytes : Buffer.allocUnsafe(capacity);
    this.#bytes.copy(target, 0, this.#start, this.#end);
    this.#bytes = target;
    if (this.#bulkEnd >= 0) this.#bulkEnd -= this.#start;
    this.#scanned -= this.#start;
    this.#end = used;
    this.#start = 0;
  }

  #violation(reason: string): ProtocolViolation {
    return new ProtocolViolation(reason, this.pending());
  }
}
