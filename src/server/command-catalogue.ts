import { commandCommands } from "../command/command-info/command-commands";
import type { CommandSpec } from "../command/spec";
import type { Config } from "../config/config";
import { latencyCommands } from "../introspection/latency/latency-commands";
import { memoryCommands } from "../introspection/memory/memory-commands";
import { slowlogCommands } from "../introspection/slowlog/slowlog-commands";
import { keyspaceCommands } from "../keyspace/commands/keyspace-commands";
import { selectCommands } from "../keyspace/commands/select";
import type { DataCall } from "../keyspace/data-call";
import { trackingCommands } from "../keyspace/tracking/tracking-commands";
import { rewriteCommand } from "../persistence/aof/rewrite-command";
import { type DumpParts, dumpCommands } from "../persistence/commands/dump-restore";
import { migrateCommands } from "../persistence/commands/migrate";
import { saveCommands } from "../persistence/snapshot/save-commands";
import { infoCommands } from "../process/info/info-command";
import { shutdownCommands } from "../process/shutdown-command";
import { sessionCommands } from "../session/session-commands";
import { transactionCommands } from "../transactions/commands/transaction-commands";
import { bitmapCommands } from "../types/bitmap/bitmap-commands";
import { geoCommands } from "../types/geo/geo-commands";
import { hashCommands } from "../types/hash/hash-commands";
import { HashLimits } from "../types/hash/hash-limits";
import { hyperLogLogCommands } from "../types/hyperloglog/hyperloglog-commands";
import { HyperLogLogLimits } from "../types/hyperloglog/hyperloglog-limits";
import { listCommands } from "../types/list/list-commands";
import { ListLimits } from "../types/list/list-limits";
import { setCommands } from "../types/set/set-commands";
import { SetLimits } from "../types/set/set-limits";
import { sortCommands } from "../types/sort/sort-commands";
import { streamCommands } from "../types/stream/stream-commands";
import { StreamLimits } from "../types/stream/stream-limits";
import { stringCommands } from "../types/string/string-commands";
import { StringLimits } from "../types/string/string-limits";
import { zsetCommands } from "../types/zset/zset-commands";
import { ZsetLimits } from "../types/zset/zset-limits";
import { type ConfigCommandParts, configCommands } from "./commands/config";
import { debugCommands } from "./commands/debug/debug-command";
import { lolwutCommands } from "./commands/lolwut";
import { timeCommands } from "./commands/time";
import { ConfigSetter } from "./config-setter";
import type { ServerContext } from "./server-context";
import { valueLoaders, valueSavers } from "./value-codecs";

/**
 * Every command of the data node, room by room. A command that is not here does not exist. Rooms
 * whose commands need more than their call take it from the context.
 */
export function commandCatalogue(context: ServerContext): readonly CommandSpec<DataCall>[] {
  const limits = stringLimits(context.session.config);
  const lists = new ListLimits().followConfig(context.session.config);
  const hashes = new HashLimits().followConfig(context.session.config);
  const zsets = new ZsetLimits().followConfig(context.session.config);
  return [
    ...commandCommands(context.tableHolder),
    ...sessionCommands(context.session, trackingCommands(context.tracking)),
    ...selectCommands,
    ...keyspaceCommands,
    ...dumpCommands(dumpParts(context)),
    ...migrateCommands(context.migrations),
    ...transactionCommands(context.transactions),
    ...stringCommands(limits),
    ...bitmapCommands(limits, context.bits),
    ...hyperLogLogCommands(new HyperLogLogLimits().followConfig(context.session.config)),
    ...hashCommands(hashes, context.fieldExpiry),
    ...setCommands(new SetLimits().followConfig(context.session.config)),
    ...zsetCommands(zsets),
    ...geoCommands(zsets),
    ...sortCommands(hashes, lists),
    ...listCommands(lists),
    ...streamCommands(new StreamLimits().followConfig(context.session.config)),
    ...configCommands(configParts(context)),
    ...debugCommands({ ...context, listLimits: lists }),
    ...lolwutCommands(context.keyspace.random),
    rewriteCommand(context.persistence.aof),
    ...saveCommands(context.persistence.saves, () => context.persistence.isOtherJobRunning()),
    ...context.replication.commands(),
    ...shutdownCommands(context.shutdown, context.session),
    ...timeCommands(context.session.clock),
    ...infoCommands(context.infoSections),
    ...memoryCommands(context.memoryReport),
    ...slowlogCommands(context.watch.slowlog),
    ...latencyCommands({
      monitor: context.watch.latency,
      clock: context.session.clock,
      tableHolder: context.tableHolder,
    }),
  ];
}

function dumpParts({ keyspace, session, fieldExpiry, persistence }: ServerContext): DumpParts {
  return {
    memory: keyspace.memory,
    savers: valueSavers(keyspace.memory),
    loaders: valueLoaders(keyspace, session.config, fieldExpiry),
    codecs: persistence.codecs,
    sanitizes: () => session.config.value("sanitize-dump-payload") !== "no",
  };
}

function configParts(context: ServerContext): ConfigCommandParts {
  const { session, listeners, facts, resetStatistics } = context;
  const { config, log } = session;
  const setter = new ConfigSetter({ config, listeners, warning: (text) => log.warning(text) });
  const isLoading = (): boolean => context.persistence.loading.isLoading;
  return { session, setter, configFile: facts.configFile, resetStatistics, isLoading };
}

/** The longest string, following CONFIG SET proto-max-bulk-len. */
function stringLimits(config: Config): StringLimits {
  const limits = new StringLimits(config.number("proto-max-bulk-len"));
  config.onChange("proto-max-bulk-len", () => {
    limits.maxBulkBytes = config.number("proto-max-bulk-len");
    return undefined;
  });
  return limits;
}
