// A slice of R9P; all of it is `npm run test:faults -- --only R9P`.

import { test } from "node:test";
import { canRun, REAL_SERVER } from "../../support/server-process";
import { runSlice } from "../run-slice";
import { SYNC_EXCHANGE } from "./sync-exchange";

test(
  "data sets that redis-server is sent, and sends, by replication are the same there",
  { skip: canRun(REAL_SERVER) ? false : "there is no redis-server" },
  (context) => runSlice(SYNC_EXCHANGE, 0.01, context),
);
