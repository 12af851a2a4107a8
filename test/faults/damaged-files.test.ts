// A slice of R7; all of it is `npm run test:faults -- --only R7`.

import { test } from "node:test";
import { DAMAGED_FILES } from "./damaged-files";
import { runSlice } from "./run-slice";

test("damaged files are refused or identical", (context) => runSlice(DAMAGED_FILES, 0.01, context));
