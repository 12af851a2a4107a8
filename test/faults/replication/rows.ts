// The rows about masters and replicas.

import type { FaultRow } from "../fault-row";
import { CUT_LINKS } from "./cut-links";
import { SYNC_EXCHANGE } from "./sync-exchange";
import { TOPOLOGIES } from "./topologies";
import { TRUE_WAITS } from "./true-waits";

export const REPLICATION_ROWS: readonly FaultRow[] = [
  SYNC_EXCHANGE,
  CUT_LINKS,
  TOPOLOGIES,
  TRUE_WAITS,
];
