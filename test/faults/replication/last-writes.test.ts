// A slice of R32; all of it is `npm run test:faults -- --only R32`.

import { test } from "node:test";
import { canRun, REAL_SERVER } from "../../support/server-process";
import { runSlice } from "../run-slice";
import { LAST_WRITES } from "./last-writes";

test(
  "a master that ends under load leaves its replicas all that it has acknowledged",
  { skip: canRun(REAL_SERVER) ? false : "there is no redis-server" },
  (context) => runSlice(LAST_WRITES, 0.1, context),
);
