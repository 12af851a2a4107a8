// A slice of R12; all of it is `npm run test:faults -- --only R12`.

import { test } from "node:test";
import { canRun, REAL_SERVER } from "../../support/server-process";
import { runSlice } from "../run-slice";
import { CUT_COPIES } from "./cut-copies";

test(
  "copies that are cut end equal and leave nothing behind",
  { skip: canRun(REAL_SERVER) ? false : "there is no redis-server" },
  (context) => runSlice(CUT_COPIES, 0.03, context),
);
