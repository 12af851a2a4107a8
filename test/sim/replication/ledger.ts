// What all servers of a history have ever said about their data: every (id, offset) names one data set
// and every byte of a stream is the same for everybody. A second opinion is a failure.

export class Violation extends Error {}

interface Stream {
  /** The byte at each offset that somebody has had. */
  readonly bytes: Map<number, number>;
  readonly digests: Map<number, string>;
  /** The history that this one goes on from. */
  parent: { readonly id: string; readonly upTo: number } | undefined;
}

export class Ledger {
  readonly #streams = new Map<string, Stream>();

  /** `id` goes on from what `parent` was at `upTo`. */
  branched(id: string, parent: string, upTo: number): void {
    if (id === parent) throw new Violation(`${short(id)} goes on from itself`);
    const stream = this.#streamOf(id);
    stream.parent ??= { id: parent, upTo };
  }

  /** Somebody has these bytes, the first of them at `offset`. */
  hasBytes(who: string, id: string, offset: number, bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const { bytes: known } = this.#at(id, offset + i);
      const other = known.get(offset + i);
      if (other === undefined) known.set(offset + i, bytes[i]);
      else if (other !== bytes[i]) {
        throw new Violation(`${who}: other byte at ${offset + i} of ${short(id)}`);
      }
    }
  }

  /** Somebody is at this offset with this data. */
  hasData(who: string, id: string, offset: number, digest: string): void {
    const { digests } = this.#at(id, offset);
    const other = digests.get(offset);
    if (other === undefined) digests.set(offset, digest);
    else if (other !== digest) {
      throw new Violation(
        `${who}: other data at ${offset} of ${short(id)}: ${digest}, not ${other}`,
      );
    }
  }

  /** The stream that holds this offset of a history: its own, or one that it came from. */
  #at(id: string, offset: number): Stream {
    let stream = this.#streamOf(id);
    while (stream.parent !== undefined && offset <= stream.parent.upTo) {
      stream = this.#streamOf(stream.parent.id);
    }
    return stream;
  }

  #streamOf(id: string): Stream {
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      stream = { bytes: new Map(), digests: new Map(), parent: undefined };
      this.#streams.set(id, stream);
    }
    return stream;
  }
}

function short(id: string): string {
  return id.replace(/^0+/, "");
}
