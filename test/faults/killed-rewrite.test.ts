// A slice of R6; all of it is `npm run test:faults -- --only R6`.

import { existsSync } from "node:fs";
import { test } from "node:test";
import { STRACE } from "./failing-calls";
import { KILLED_REWRITE } from "./killed-rewrite";
import { runSlice } from "./run-slice";

const skip = existsSync(STRACE) ? false : "there is no strace";

test("a kill amid a rewrite leaves the same data set", { skip }, (context) =>
  runSlice(KILLED_REWRITE, 0.07, context),
);
