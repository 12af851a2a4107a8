// A slice of R20; all of it is `npm run test:faults -- --only R20`.

import { existsSync } from "node:fs";
import { test } from "node:test";
import { STRACE } from "./failing-calls";
import { KILLED_STEPS } from "./killed-steps";
import { runSlice } from "./run-slice";

test(
  "a kill leaves the old file or the new one",
  {
    skip: existsSync(STRACE) ? false : "there is no strace",
  },
  (context) => runSlice(KILLED_STEPS, 0.1, context),
);
