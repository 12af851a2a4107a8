import { randomBytes } from "node:crypto";
import type { Config } from "../../config/config";
import type { InfoSection } from "./info-section";

const REPLICATION_ID_BYTES = 20;

/** INFO replication of a node that replicates nothing yet: a master without replicas. */
export function replicationSection(config: Config): InfoSection {
  const replicationId = randomBytes(REPLICATION_ID_BYTES).toString("hex");
  const fields = () =>
    [
      ["role", "master"],
      ["connected_slaves", 0],
      ["master_failover_state", "no-failover"],
      ["master_replid", replicationId],
      ["master_replid2", "0".repeat(REPLICATION_ID_BYTES * 2)],
      ["master_repl_offset", 0],
      ["second_repl_offset", -1],
      ["repl_backlog_active", 0],
      ["repl_backlog_size", config.number("repl-backlog-size")],
      ["repl_backlog_first_byte_offset", 0],
      ["repl_backlog_histlen", 0],
    ] as const;
  return { name: "Replication", shownBy: "default", fields };
}
