// A slice of R9; all of it is `npm run test:faults -- --only R9`.

import { test } from "node:test";
import { canRun, REAL_SERVER } from "../support/server-process";
import { EXCHANGE } from "./exchange";
import { runSlice } from "./run-slice";

test(
  "data sets are the same here and in redis-server",
  {
    skip: canRun(REAL_SERVER) ? false : "there is no redis-server",
  },
  (context) => runSlice(EXCHANGE, 0.01, context),
);
