// A slice of R1; all of it is `npm run test:faults -- --only R1`.

import { test } from "node:test";
import { ALWAYS_SYNCED } from "./acknowledged-writes";
import { runSlice } from "./run-slice";

test("what was acknowledged is there after a kill", (context) =>
  runSlice(ALWAYS_SYNCED, 0.06, context));
