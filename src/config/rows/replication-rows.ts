/** Directives about masters and replicas. */
import { DENY_LOADING, EMPTY_IS_UNSET, SENSITIVE } from "../directive";
import { choice } from "../kinds/choice";
import { clamped } from "../kinds/clamped";
import { flag } from "../kinds/flag";
import { INT_MAX, integer, LONG_MAX, memory } from "../kinds/integer";
import { text } from "../kinds/text";
import { replicaOfDirective } from "../special/replica-of";

const KIB = 1024;
const MIB = 1024 * KIB;
const PORT_MAX = 65_535;

export const replicationRows = [
  replicaOfDirective,
  text("masteruser", "", { attributes: SENSITIVE | EMPTY_IS_UNSET }),
  text("masterauth", "", { attributes: SENSITIVE | EMPTY_IS_UNSET }),
  flag("replica-serve-stale-data", true, { alias: "slave-serve-stale-data" }),
  flag("replica-read-only", true, { alias: "slave-read-only" }),
  flag("replica-lazy-flush", false, { alias: "slave-lazy-flush" }),
  flag("replica-ignore-maxmemory", true, { alias: "slave-ignore-maxmemory" }),
  flag("replica-ignore-disk-write-errors", false),
  integer("replica-priority", 100, 0, INT_MAX, { alias: "slave-priority" }),
  flag("replica-announced", true),
  text("replica-announce-ip", "", { alias: "slave-announce-ip", attributes: EMPTY_IS_UNSET }),
  integer("replica-announce-port", 0, 0, PORT_MAX, { alias: "slave-announce-port" }),
  flag("repl-diskless-sync", true),
  integer("repl-diskless-sync-delay", 5, 0, INT_MAX),
  integer("repl-diskless-sync-max-replicas", 0, 0, INT_MAX),
  choice("repl-diskless-load", "disabled", ["disabled", "on-empty-db", "swapdb"], {
    attributes: DENY_LOADING,
  }),
  flag("repl-disable-tcp-nodelay", false),
  integer("repl-ping-replica-period", 10, 1, INT_MAX, { alias: "repl-ping-slave-period" }),
  integer("repl-timeout", 60, 1, INT_MAX),
  clamped(memory("repl-backlog-size", MIB, 1, LONG_MAX), 16 * KIB, LONG_MAX),
  integer("repl-backlog-ttl", 3600, 0, LONG_MAX),
  integer("min-replicas-to-write", 0, 0, INT_MAX, { alias: "min-slaves-to-write" }),
  integer("min-replicas-max-lag", 10, 0, INT_MAX, { alias: "min-slaves-max-lag" }),
  choice("propagation-error-behavior", "ignore", ["ignore", "panic", "panic-on-replicas"]),
];
