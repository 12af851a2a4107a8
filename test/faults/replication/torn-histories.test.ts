// A slice of R11T; all of it is `npm run test:faults -- --only R11T`.

import { test } from "node:test";
import { canRun, REAL_SERVER } from "../../support/server-process";
import { runSlice } from "../run-slice";
import { TORN_HISTORIES } from "./torn-histories";

test(
  "servers with equal offsets have equal data, whatever befell them",
  { skip: canRun(REAL_SERVER) ? false : "there is no redis-server" },
  (context) => runSlice(TORN_HISTORIES, 0.03, context),
);
