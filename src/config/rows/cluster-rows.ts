/**
 * Directives of cluster mode. This server has none, so they are accepted, kept and shown only;
 * `cluster-enabled yes` is for the composition of the server to refuse.
 */
import { EMPTY_IS_UNSET, IMMUTABLE, NO_MEANING } from "../directive";
import { choice } from "../kinds/choice";
import { flag } from "../kinds/flag";
import { INT_MAX, integer, LONG_MAX, memory, ULONG_MAX } from "../kinds/integer";
import { text } from "../kinds/text";
import { checkAnnouncedHostname, checkHumanNodename } from "../kinds/text-checks";

const PORT_MAX = 65_535;
const IDLE = { attributes: NO_MEANING };

export const clusterRows = [
  flag("cluster-enabled", false, { attributes: IMMUTABLE | NO_MEANING }),
  text("cluster-config-file", "nodes.conf", { attributes: IMMUTABLE | NO_MEANING }),
  integer("cluster-port", 0, 0, PORT_MAX, { attributes: IMMUTABLE | NO_MEANING }),
  integer("cluster-node-timeout", 15_000, 0, LONG_MAX, IDLE),
  integer("cluster-migration-barrier", 1, 0, INT_MAX, IDLE),
  integer("cluster-replica-validity-factor", 10, 0, INT_MAX, {
    alias: "cluster-slave-validity-factor",
    attributes: NO_MEANING,
  }),
  flag("cluster-replica-no-failover", false, {
    alias: "cluster-slave-no-failover",
    attributes: NO_MEANING,
  }),
  flag("cluster-require-full-coverage", true, IDLE),
  flag("cluster-allow-reads-when-down", false, IDLE),
  flag("cluster-allow-pubsubshard-when-down", true, IDLE),
  flag("cluster-allow-replica-migration", true, IDLE),
  memory("cluster-link-sendbuf-limit", 0, 0, ULONG_MAX, IDLE),
  text("cluster-announce-ip", "", { attributes: EMPTY_IS_UNSET | NO_MEANING }),
  integer("cluster-announce-port", 0, 0, PORT_MAX, IDLE),
  integer("cluster-announce-tls-port", 0, 0, PORT_MAX, IDLE),
  integer("cluster-announce-bus-port", 0, 0, PORT_MAX, IDLE),
  text("cluster-announce-hostname", "", {
    attributes: EMPTY_IS_UNSET | NO_MEANING,
    check: checkAnnouncedHostname,
  }),
  text("cluster-announce-human-nodename", "", {
    attributes: EMPTY_IS_UNSET | NO_MEANING,
    check: checkHumanNodename,
  }),
  choice("cluster-preferred-endpoint-type", "ip", ["ip", "hostname", "unknown-endpoint"], IDLE),
];
