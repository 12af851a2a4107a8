import type { Config } from "../config/config";
import type { Keyspace } from "../keyspace/keyspace";
import type { ValueLoader, ValueSaver } from "../keyspace/value-codec";

/** How the values of every type but string get into RDB files; also for a snapshot's worker. */
export const valueSavers: readonly ValueSaver[] = [];

/** How they get out of them again, into a keyspace. */
export function valueLoaders(_keyspace: Keyspace, _config: Config): readonly ValueLoader[] {
  return [];
}
