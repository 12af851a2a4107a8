// The RDB file of what a node in this process holds, as bytes.

import { DatasetWriter, type SavedData } from "../../src/persistence/rdb/dataset-writer";
import { RdbWriter } from "../../src/rdb/rdb-writer";
import { valueSavers } from "../../src/server/value-codecs";
import type { FuzzNode } from "../fuzz/fuzz-node";

export interface SavedBytesOptions {
  readonly version: number;
  readonly compresses?: boolean;
  readonly hasChecksum?: boolean;
  readonly access?: SavedData["access"];
  readonly functions?: readonly Uint8Array[];
}

export function savedBytes({ node }: FuzzNode, options: SavedBytesOptions): Buffer {
  const { version, compresses = true, hasChecksum = true, access = "none" } = options;
  const parts: Buffer[] = [];
  const sink = (bytes: Uint8Array, length: number): void => {
    parts.push(Buffer.from(bytes.slice(0, length)));
  };
  const data: SavedData = {
    version,
    aux: [["redis-ver", "7.2.4"]],
    functions: options.functions ?? [],
    databases: node.keyspace.databases.map(({ index, size, expiring, dict }) => ({
      index,
      size,
      expiring,
      header: dict.ref,
    })),
    access,
    clockSeconds: Math.floor(node.keyspace.nowMs / 1000),
  };
  const writer = new RdbWriter(sink, { compresses, hasChecksum });
  new DatasetWriter(node.memory, valueSavers(node.memory), writer, data).write();
  return Buffer.concat(parts);
}
