import type { Config } from "../config/config";
import type { Keyspace } from "../keyspace/keyspace";
import type { ValueLoader, ValueRewriter, ValueSaver } from "../keyspace/value-codec";
import type { BlockMemory } from "../memory/block-memory";
import type { ValueEncoders } from "../persistence/snapshot/write-snapshot";
import type { FieldExpiry } from "../types/hash/field-expiry";
import { HashLimits } from "../types/hash/hash-limits";
import { HashLoader } from "../types/hash/hash-loader";
import { HashRewriter } from "../types/hash/hash-rewriter";
import { HashSaver } from "../types/hash/hash-saver";
import { ListLimits } from "../types/list/list-limits";
import { ListLoader } from "../types/list/list-loader";
import { ListRewriter } from "../types/list/list-rewriter";
import { ListSaver } from "../types/list/list-saver";
import { SetLimits } from "../types/set/set-limits";
import { SetLoader } from "../types/set/set-loader";
import { SetRewriter } from "../types/set/set-rewriter";
import { SetSaver } from "../types/set/set-saver";
import { StreamLimits } from "../types/stream/stream-limits";
import { StreamLoader } from "../types/stream/stream-loader";
import { StreamRewriter } from "../types/stream/stream-rewriter";
import { StreamSaver } from "../types/stream/stream-saver";
import { StringRewriter } from "../types/string/string-rewriter";
import { ZsetLimits } from "../types/zset/zset-limits";
import { ZsetLoader } from "../types/zset/zset-loader";
import { ZsetRewriter } from "../types/zset/zset-rewriter";
import { ZsetSaver } from "../types/zset/zset-saver";

/** How the values of every type but string get into RDB files; also for a snapshot's worker. */
export function valueSavers(memory: BlockMemory): readonly ValueSaver[] {
  return [
    new ListSaver(memory),
    new SetSaver(memory),
    new ZsetSaver(memory),
    new HashSaver(memory),
    new StreamSaver(memory),
  ];
}

/** The commands that build values of every type; also for a snapshot's worker. */
export function valueRewriters(memory: BlockMemory): readonly ValueRewriter[] {
  return [
    new StringRewriter(memory),
    new ListRewriter(memory),
    new SetRewriter(memory),
    new ZsetRewriter(memory),
    new HashRewriter(memory),
    new StreamRewriter(memory),
  ];
}

/** All that a snapshot's worker needs. */
export function valueEncoders(memory: BlockMemory): ValueEncoders {
  return { savers: valueSavers(memory), rewriters: valueRewriters(memory) };
}

/** How they get out of them again, into a keyspace, in the encodings that the configuration wants. */
export function valueLoaders(
  keyspace: Keyspace,
  config: Config,
  fieldExpiry: Pick<FieldExpiry, "added">,
): readonly ValueLoader[] {
  const { memory, hash } = keyspace;
  return [
    new ListLoader(memory, new ListLimits().followConfig(config)),
    new SetLoader(memory, hash, new SetLimits().followConfig(config)),
    new ZsetLoader(memory, hash, new ZsetLimits().followConfig(config)),
    new HashLoader(memory, hash, new HashLimits().followConfig(config), fieldExpiry),
    new StreamLoader(memory, new StreamLimits().followConfig(config)),
  ];
}
