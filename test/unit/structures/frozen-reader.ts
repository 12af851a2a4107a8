// The reader of the snapshot tests: a worker thread that walks frozen images again and again while
// the main thread goes on changing the memory, as the saving of a snapshot does.

import { strict as assert } from "node:assert";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { SegmentView } from "../../../src/memory/block-memory.js";
import { verifyDict } from "../../../src/structures/dict-verify.js";
import { compareContents, type FrozenImage } from "./dict-model.js";
import { KEY_AT } from "./test-entry.js";

/** Words of the memory shared with the reader. */
const PASSES = 0;
const STOP = 1;

interface Request {
  readonly image: FrozenImage;
  readonly state: Int32Array;
}

/** Reads one image at a time. */
export class FrozenReader {
  readonly #worker = new Worker(__filename);
  readonly #state = new Int32Array(new SharedArrayBuffer(8));
  #failure: Error | undefined;
  #ended: Promise<void> | undefined;

  /** Whole walks through the image so far. */
  get passes(): number {
    if (this.#failure !== undefined) throw this.#failure;
    return Atomics.load(this.#state, PASSES);
  }

  begin(image: FrozenImage): void {
    this.#state.fill(0);
    this.#ended = new Promise((resolve) => {
      this.#worker.once("message", (error: Error | null) => {
        if (error !== null) this.#failure = error;
        resolve();
      });
    });
    this.#worker.postMessage({ image, state: this.#state } satisfies Request);
  }

  /** Resolves when the reader has left the image; rejects with what it found wrong. */
  async end(): Promise<void> {
    Atomics.store(this.#state, STOP, 1);
    await this.#ended;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

function readUntilStopped({ image, state }: Request): void {
  const view = new SegmentView(image.segments);
  do {
    const figures = verifyDict(view, image.header, { keyAt: KEY_AT });
    assert.equal(figures.entries, image.contents.size);
    compareContents(view, image.header, image.contents);
    Atomics.add(state, PASSES, 1);
  } while (Atomics.load(state, STOP) === 0);
}

if (!isMainThread) {
  parentPort?.on("message", (request: Request) => {
    try {
      readUntilStopped(request);
      parentPort?.postMessage(null);
    } catch (error) {
      parentPort?.postMessage(error);
    }
  });
}
