// A slice of R20S; all of it is `npm run test:faults -- --only R20S`.

import { existsSync } from "node:fs";
import { test } from "node:test";
import { STRACE } from "./failing-calls";
import { KILLED_SENTINEL } from "./killed-sentinel";
import { runSlice } from "./run-slice";

test(
  "a kill of a Sentinel leaves the old state or the new one",
  {
    skip: existsSync(STRACE) ? false : "there is no strace",
  },
  (context) => runSlice(KILLED_SENTINEL, 0.1, context),
);
