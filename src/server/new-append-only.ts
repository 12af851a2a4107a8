import type { Clock } from "../base/clock";
import type { Config } from "../config/config";
import type { EffectStream } from "../keyspace/effects/effect-stream";
import type { Keyspace } from "../keyspace/keyspace";
import type { Arena } from "../memory/arena";
import { type AofDisk, FileDisk } from "../persistence/aof/aof-disk";
import { AppendOnly } from "../persistence/aof/append-only";
import { aofOrderOf, savedDataOf } from "../persistence/snapshot/saved-data";
import type { SnapshotWriter } from "../persistence/snapshot/snapshot-thread";
import type { SessionLog } from "../session/session-log";

export interface NewAppendOnlyParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: SessionLog;
  readonly memory: Arena;
  readonly keyspace: Keyspace;
  readonly writer: SnapshotWriter;
  /** Where the files are; absent for those of the configuration. */
  readonly aofDisk?: AofDisk;
  readonly effects: () => EffectStream;
  readonly functions: () => readonly Uint8Array[];
  readonly usedBytes: () => number;
  readonly isSaving: () => boolean;
  readonly onLatency: (event: string, durationMs: number) => void;
  readonly statusChanged: () => void;
  readonly thawed: () => void;
}

/** The append only file of the data node, with what it needs of the rest of it. */
export function newAppendOnly(parts: NewAppendOnlyParts): AppendOnly {
  const { config, clock, log, memory, keyspace, functions, usedBytes } = parts;
  const aof: AppendOnly = new AppendOnly({
    config,
    clock,
    log,
    memory,
    disk: parts.aofDisk ?? configuredDisk(config),
    snapshots: parts.writer,
    pid: process.pid,
    effects: parts.effects,
    nowMs: () => keyspace.nowMs,
    orderFor: (format, paths) => {
      const data = savedDataOf(keyspace, config, functions(), usedBytes(), true);
      return aofOrderOf(data, config, format === "aof", keyspace.nowMs, paths);
    },
    // A copy for replicas freezes memory, too.
    isOtherJobRunning: () => parts.isSaving() || (memory.frozenNow && !aof.rewrites.isRunning),
    onLatency: parts.onLatency,
    statusChanged: parts.statusChanged,
    thawed: parts.thawed,
    exit: () => process.exit(1),
  });
  return aof;
}

function configuredDisk(config: Config): FileDisk {
  return new FileDisk(() => {
    const server = config.value("dir");
    return { server, aof: `${server}/${config.value("appenddirname")}` };
  });
}
