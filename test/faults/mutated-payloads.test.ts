// A slice of R8; all of it is `npm run test:faults -- --only R8`.

import { test } from "node:test";
import { MUTATED_PAYLOADS } from "./mutated-payloads";
import { runSlice } from "./run-slice";

test("payloads that were changed do no harm", (context) =>
  runSlice(MUTATED_PAYLOADS, 0.03, context));
