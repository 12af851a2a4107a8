// The rows about masters and replicas.

import type { FaultRow } from "../fault-row";
import { CUT_COPIES } from "./cut-copies";
import { CUT_LINKS } from "./cut-links";
import { ISOLATED_MASTER } from "./isolated-master";
import { LAST_WRITES } from "./last-writes";
import { SYNC_EXCHANGE } from "./sync-exchange";
import { TOPOLOGIES } from "./topologies";
import { TORN_HISTORIES } from "./torn-histories";
import { TRUE_WAITS } from "./true-waits";

export const REPLICATION_ROWS: readonly FaultRow[] = [
  SYNC_EXCHANGE,
  CUT_LINKS,
  TOPOLOGIES,
  CUT_COPIES,
  TORN_HISTORIES,
  ISOLATED_MASTER,
  TRUE_WAITS,
  LAST_WRITES,
];
