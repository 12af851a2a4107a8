// A slice of R19; all of it is `npm run test:faults -- --only R19`.

import { existsSync } from "node:fs";
import { test } from "node:test";
import { STRACE } from "./failing-calls";
import { FAILING_DISK } from "./failing-disk";
import { runSlice } from "./run-slice";

test(
  "system calls that fail are told of",
  {
    skip: existsSync(STRACE) ? false : "there is no strace",
  },
  (context) => runSlice(FAILING_DISK, 0.1, context),
);
