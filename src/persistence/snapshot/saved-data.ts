import { REDIS_VERSION } from "../../base/redis-version";
import type { Config } from "../../config/config";
import { evictionPolicy, RANK_IDLE, RANK_SELDOM_USED } from "../../keyspace/eviction-policy";
import type { Keyspace } from "../../keyspace/keyspace";
import type { SavedData } from "../rdb/dataset-writer";
import type { SaveOrder } from "./save-order";
import type { SnapshotFilePaths } from "./snapshot-file";

const ADDRESS_BITS = 64;
/** What `rdb-version auto` writes; only a data set that needs more gets the newer one. */
const AUTOMATIC_VERSIONS: readonly number[] = [10, 12];
/** The root refs and facts of the whole data set at this moment: a few words per database. */
export function savedDataOf(
  keyspace: Keyspace,
  config: Config,
  functions: readonly Uint8Array[],
  usedBytes: number,
  isAofBase = false,
  replication: SavedData["aux"] = [],
): Omit<SavedData, "version"> {
  return {
    aux: [
      ["redis-ver", REDIS_VERSION],
      ["redis-bits", String(ADDRESS_BITS)],
      ["ctime", String(Math.floor(keyspace.nowMs / 1000))],
      ["used-mem", String(usedBytes)],
      ...replication,
      ["aof-base", isAofBase ? "1" : "0"],
    ],
    functions,
    databases: keyspace.databases.map(({ index, size, expiring, dict }) => ({
      index,
      size,
      expiring,
      header: dict.ref,
    })),
    access: accessUnder(config),
    clockSeconds: keyspace.access.fresh >>> 8,
  };
}

/** An order to write that data where and how the configuration says. */
export function saveOrderOf(
  data: Omit<SavedData, "version">,
  config: Config,
  temporaryName: string,
): SaveOrder {
  const version = config.value("rdb-version");
  return {
    data,
    versions: version === "auto" ? AUTOMATIC_VERSIONS : [Number(version)],
    directory: config.bytes("dir"),
    temporaryName,
    fileName: config.bytes("dbfilename"),
    compresses: config.flag("rdbcompression"),
    hasChecksum: config.flag("rdbchecksum"),
    syncsInSteps: config.flag("rdb-save-incremental-fsync"),
    keyDelayUs: config.number("rdb-key-save-delay"),
  };
}

/** An order to write that data as the base of an append only file. */
export function aofOrderOf(
  data: Omit<SavedData, "version">,
  config: Config,
  asCommands: boolean,
  nowMs: number,
  paths: SnapshotFilePaths,
): SaveOrder {
  const seconds = Math.floor(nowMs / 1000);
  return {
    ...saveOrderOf(data, config, paths.temporaryName),
    ...paths,
    syncsInSteps: config.flag("aof-rewrite-incremental-fsync"),
    aofBase: {
      asCommands,
      timestampSeconds: config.flag("aof-timestamp-enabled") ? seconds : undefined,
    },
  };
}

/** What the clocks of entries mean. Without a policy that uses them they are not written. */
function accessUnder(config: Config): SavedData["access"] {
  const { rank } = evictionPolicy(config.value("maxmemory-policy"));
  if (rank === RANK_IDLE) return "idle";
  return rank === RANK_SELDOM_USED ? "frequency" : "none";
}
