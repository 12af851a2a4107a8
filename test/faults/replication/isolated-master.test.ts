// A slice of R14; all of it is `npm run test:faults -- --only R14`.

import { test } from "node:test";
import { canRun, REAL_SERVER } from "../../support/server-process";
import { runSlice } from "../run-slice";
import { ISOLATED_MASTER } from "./isolated-master";

test(
  "an isolated master refuses writes, and follows the one that took its place",
  { skip: canRun(REAL_SERVER) ? false : "there is no redis-server" },
  (context) => runSlice(ISOLATED_MASTER, 0.01, context),
);
