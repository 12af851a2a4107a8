// A slice of R16; all of it is `npm run test:faults -- --only R16`.

import { test } from "node:test";
import { canRun, REAL_SERVER } from "../../support/server-process";
import { runSlice } from "../run-slice";
import { TRUE_WAITS } from "./true-waits";

test(
  "what WAIT tells is held by so many replicas",
  { skip: canRun(REAL_SERVER) ? false : "there is no redis-server" },
  (context) => runSlice(TRUE_WAITS, 0.1, context),
);
