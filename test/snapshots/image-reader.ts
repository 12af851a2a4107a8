// A worker thread that takes the fingerprint of a frozen image, and writes it as an RDB file, again
// and again, while the main thread goes on changing the data.

import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { SegmentView } from "../../src/memory/block-memory";
import { DatasetWriter, type SavedData } from "../../src/persistence/rdb/dataset-writer";
import { RDB_NEWEST_VERSION } from "../../src/rdb/rdb-format";
import { RdbWriter } from "../../src/rdb/rdb-writer";
import { DatasetDigest } from "../../src/server/commands/debug/dataset-digest";
import { valueSavers } from "../../src/server/value-codecs";
import { valueTypes } from "../../src/server/value-types";

export interface Image {
  readonly segments: SharedArrayBuffer[];
  /** Of each database: how many keys it has, and the header of its dictionary. */
  readonly databases: { readonly size: number; readonly dict: { readonly ref: number } }[];
}

export class ImageReader {
  readonly #worker = new Worker(__filename);

  /** The DEBUG DIGEST of the image. */
  async digest(image: Image): Promise<string> {
    return String(await this.#ask({ image, wants: "digest" }));
  }

  /** The image as an RDB file. */
  async file(image: Image): Promise<Buffer> {
    return Buffer.from((await this.#ask({ image, wants: "file" })) as Uint8Array);
  }

  #ask(question: Question): Promise<string | Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#worker.once("message", (answer: string | Uint8Array | Error) => {
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      });
      this.#worker.postMessage(question);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

interface Question {
  readonly image: Image;
  readonly wants: "digest" | "file";
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

function fileOf({ segments, databases }: Image): Uint8Array {
  const memory = new SegmentView(segments);
  const parts: Buffer[] = [];
  const sink = (bytes: Uint8Array, length: number): void => {
    parts.push(Buffer.from(bytes.slice(0, length)));
  };
  const writer = new RdbWriter(sink, { compresses: true, hasChecksum: true });
  const data: SavedData = {
    version: RDB_NEWEST_VERSION,
    aux: [],
    functions: [],
    databases: databases.map(({ size, dict }, index) => ({
      index,
      size,
      expiring: 0,
      header: dict.ref,
    })),
    access: "none",
    clockSeconds: 0,
  };
  new DatasetWriter(memory, valueSavers(memory), writer, data).write();
  return Buffer.concat(parts);
}

if (!isMainThread) {
  parentPort?.on("message", ({ image, wants }: Question) => {
    try {
      parentPort?.postMessage(wants === "digest" ? digestOf(image) : fileOf(image));
    } catch (error) {
      parentPort?.postMessage(error);
    }
  });
}
