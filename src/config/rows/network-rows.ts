/** Directives about addresses, ports, connections and their buffers. TLS has its own file. */
import { EMPTY_IS_UNSET, IMMUTABLE, NO_MEANING, SENSITIVE } from "../directive";
import { flag } from "../kinds/flag";
import {
  INT_MAX,
  integer,
  LONG_MAX,
  memory,
  memoryOrPercent,
  octal,
  UINT_MAX,
} from "../kinds/integer";
import { text } from "../kinds/text";
import { bindDirective } from "../special/bind-addresses";
import { outputBufferLimitsDirective } from "../special/output-buffer-limits";

const KIB = 1024;
const MIB = 1024 * KIB;
const PORT_MAX = 65_535;

export const networkRows = [
  bindDirective,
  integer("port", 6379, 0, PORT_MAX),
  integer("tcp-backlog", 511, 0, INT_MAX, { attributes: IMMUTABLE }),
  text("bind-source-addr", "", { attributes: EMPTY_IS_UNSET }),
  text("unixsocket", "", { attributes: IMMUTABLE | EMPTY_IS_UNSET }),
  octal("unixsocketperm", 0, 0o777, { attributes: IMMUTABLE }),
  integer("socket-mark-id", 0, 0, UINT_MAX, { attributes: IMMUTABLE | NO_MEANING }),
  flag("protected-mode", true),
  integer("timeout", 0, 0, INT_MAX),
  integer("tcp-keepalive", 300, 0, INT_MAX),
  integer("maxclients", 10_000, 1, UINT_MAX),
  memory("proto-max-bulk-len", 512 * MIB, MIB, LONG_MAX),
  memory("client-query-buffer-limit", KIB * MIB, MIB, LONG_MAX),
  memoryOrPercent("maxmemory-clients", 0),
  outputBufferLimitsDirective,
  integer("tracking-table-max-keys", 1_000_000, 0, LONG_MAX),
  text("requirepass", "", { attributes: SENSITIVE | EMPTY_IS_UNSET }),
  integer("io-threads", 1, 1, 128, { attributes: IMMUTABLE | NO_MEANING }),
  flag("io-threads-do-reads", false, { attributes: IMMUTABLE | NO_MEANING }),
];
