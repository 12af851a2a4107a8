// A slice of R10; all of it is `npm run test:faults -- --only R10`.

import { test } from "node:test";
import { canRun, REAL_SERVER } from "../../support/server-process";
import { runSlice } from "../run-slice";
import { CUT_LINKS } from "./cut-links";

test(
  "a replica whose link is cut again and again goes on where it was",
  { skip: canRun(REAL_SERVER) ? false : "there is no redis-server" },
  (context) => runSlice(CUT_LINKS, 0.03, context),
);
