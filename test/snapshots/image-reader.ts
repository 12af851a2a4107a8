// A worker thread that takes the fingerprint of a frozen image, again and again, while the main
// thread goes on changing the data, as the saving of a snapshot reads it.

import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { SegmentView } from "../../src/memory/block-memory";
import { DatasetDigest } from "../../src/server/commands/debug/dataset-digest";
import { valueTypes } from "../../src/server/value-types";

export interface Image {
  readonly segments: SharedArrayBuffer[];
  /** Of each database: how many keys it has, and the header of its dictionary. */
  readonly databases: { readonly size: number; readonly dict: { readonly ref: number } }[];
}

export class ImageReader {
  readonly #worker = new Worker(__filename);

  /** The DEBUG DIGEST of the image. */
  digest(image: Image): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#worker.once("message", (answer: string | Error) => {
        if (typeof answer === "string") resolve(answer);
        else reject(answer);
      });
      this.#worker.postMessage(image);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

function digestOf({ segments, databases }: Image): string {
  const memory = new SegmentView(segments);
  const typeByCode = (code: number) => {
    const type = valueTypes.find((row) => row.code === code);
    if (type === undefined) throw new Error(`no type ${code}`);
    return type;
  };
  return new DatasetDigest({ memory, databases, typeByCode }).ofAll();
}

if (!isMainThread) {
  parentPort?.on("message", (image: Image) => {
    try {
      parentPort?.postMessage(digestOf(image));
    } catch (error) {
      parentPort?.postMessage(error);
    }
  });
}
