/** Directives about databases, eviction, expiry, encodings and notifications. */
import { IMMUTABLE } from "../directive";
import { choice } from "../kinds/choice";
import { flag } from "../kinds/flag";
import { INT_MAX, INT_MIN, integer, LONG_MAX, memory, ULONG_MAX } from "../kinds/integer";
import { keyspaceEventsDirective } from "../special/keyspace-events-directive";

const POLICIES = [
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "noeviction",
] as const;
const MIB = 1024 * 1024;

export const keyspaceRows = [
  integer("databases", 16, 1, INT_MAX, { attributes: IMMUTABLE }),
  memory("maxmemory", 0, 0, ULONG_MAX),
  choice("maxmemory-policy", "noeviction", POLICIES),
  integer("maxmemory-samples", 5, 1, INT_MAX),
  integer("maxmemory-eviction-tenacity", 10, 0, 100),
  integer("lfu-log-factor", 10, 0, INT_MAX),
  integer("lfu-decay-time", 1, 0, INT_MAX),
  integer("active-expire-effort", 1, 1, 10),
  flag("lazyfree-lazy-eviction", false),
  flag("lazyfree-lazy-expire", false),
  flag("lazyfree-lazy-server-del", false),
  flag("lazyfree-lazy-user-del", false),
  flag("lazyfree-lazy-user-flush", false),
  flag("activerehashing", true),
  flag("activedefrag", false),
  memory("active-defrag-ignore-bytes", 100 * MIB, 1, LONG_MAX),
  integer("active-defrag-threshold-lower", 10, 0, 1000),
  integer("active-defrag-threshold-upper", 100, 0, 1000),
  integer("active-defrag-cycle-min", 1, 1, 99),
  integer("active-defrag-cycle-max", 25, 1, 99),
  integer("active-defrag-max-scan-fields", 1000, 1, LONG_MAX),
  keyspaceEventsDirective,
  integer("hash-max-listpack-entries", 512, 0, LONG_MAX, { alias: "hash-max-ziplist-entries" }),
  memory("hash-max-listpack-value", 64, 0, LONG_MAX, { alias: "hash-max-ziplist-value" }),
  integer("list-max-listpack-size", -2, INT_MIN, INT_MAX, { alias: "list-max-ziplist-size" }),
  integer("list-compress-depth", 0, 0, INT_MAX),
  integer("set-max-intset-entries", 512, 0, LONG_MAX),
  integer("set-max-listpack-entries", 128, 0, LONG_MAX),
  memory("set-max-listpack-value", 64, 0, LONG_MAX),
  integer("zset-max-listpack-entries", 128, 0, LONG_MAX, { alias: "zset-max-ziplist-entries" }),
  memory("zset-max-listpack-value", 64, 0, LONG_MAX, { alias: "zset-max-ziplist-value" }),
  memory("hll-sparse-max-bytes", 3000, 0, LONG_MAX),
  memory("stream-node-max-bytes", 4096, 0, LONG_MAX),
  integer("stream-node-max-entries", 100, 0, LONG_MAX),
];
