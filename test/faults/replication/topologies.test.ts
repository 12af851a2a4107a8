// A slice of R11; all of it is `npm run test:faults -- --only R11`.

import { test } from "node:test";
import { canRun, REAL_SERVER } from "../../support/server-process";
import { runSlice } from "../run-slice";
import { TOPOLOGIES } from "./topologies";

test(
  "servers that are hung together anew need no other copy than the first",
  { skip: canRun(REAL_SERVER) ? false : "there is no redis-server" },
  (context) => runSlice(TOPOLOGIES, 0.03, context),
);
