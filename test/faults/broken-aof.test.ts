// Slices of R4 and R5; all of them are `npm run test:faults -- --only R4,R5`.

import { test } from "node:test";
import { CHANGED_AOF } from "./changed-aof";
import { CUT_AOF } from "./cut-aof";
import { runSlice } from "./run-slice";

test("a cut append only file loads its longest whole part", (context) =>
  runSlice(CUT_AOF, 0.05, context));

test("a changed append only file is refused or loaded whole", (context) =>
  runSlice(CHANGED_AOF, 0.05, context));
