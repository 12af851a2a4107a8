// A slice of R9 by append only files; all of it is `npm run test:faults -- --only R9A`.

import { test } from "node:test";
import { canRun, REAL_SERVER } from "../support/server-process";
import { EXCHANGE_AOF } from "./exchange-aof";
import { runSlice } from "./run-slice";

test(
  "append only files hold the same here and in redis-server",
  {
    skip: canRun(REAL_SERVER) ? false : "there is no redis-server",
  },
  (context) => runSlice(EXCHANGE_AOF, 0.01, context),
);
