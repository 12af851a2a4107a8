// A slice of R19A; all of it is `npm run test:faults -- --only R19A`.

import { existsSync } from "node:fs";
import { test } from "node:test";
import { FAILING_AOF } from "./failing-aof";
import { STRACE } from "./failing-calls";
import { runSlice } from "./run-slice";

test(
  "failing calls of the append only file are told of",
  {
    skip: existsSync(STRACE) ? false : "there is no strace",
  },
  (context) => runSlice(FAILING_AOF, 0.1, context),
);
