// A slice of R18; all of it is `npm run test:faults -- --only R18`.

import { test } from "node:test";
import { FULL_DISK } from "./full-disk";
import { runSlice } from "./run-slice";

test("a full disk refuses writes and loses nothing", (context) =>
  runSlice(FULL_DISK, 0.1, context));
