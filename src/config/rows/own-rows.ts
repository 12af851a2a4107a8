/**
 * Directives that only this server has. A real Redis refuses a file that names them, so CONFIG
 * REWRITE writes one only when it differs from its default or the file has it already.
 */
import { EMPTY_IS_UNSET, IMMUTABLE } from "../directive";
import { choice } from "../kinds/choice";
import { flag } from "../kinds/flag";
import { integer, LONG_MAX, memory } from "../kinds/integer";
import { text } from "../kinds/text";

const PORT_MAX = 65_535;

export const ownRows = [
  choice("log-format", "redis", ["redis", "json", "logfmt"], { attributes: IMMUTABLE }),
  /** The RDB version to write; `auto` is the oldest that can hold the data, 10 at least. */
  choice("rdb-version", "auto", ["auto", "7", "9", "10", "11", "12"]),
  /** Extra memory that a running snapshot may take before it is given up; 0 is no limit. */
  memory("snapshot-memory-limit", 0, 0, LONG_MAX),
  /** Whether old replicas get a stream and a file that they can hold; 3.2: the stream is always so. */
  choice("repl-compat", "auto", ["auto", "no", "3.2"]),
  choice("repl-compression", "no", ["no", "lz4"]),
  /** Refuse to be emptied by a master that came back without its data. */
  flag("replica-refuse-empty-master", false),
  /** Keeps a Sentinel's state apart from its configuration; of no use to a data node. */
  text("sentinel-state-file", "", { attributes: IMMUTABLE | EMPTY_IS_UNSET }),
  /** Where Prometheus finds the metrics; 0 is nowhere. */
  integer("metrics-port", 0, 0, PORT_MAX),
];
