// The deployment with our programs in place of Redis's, and with real ones among them. All mixtures in
// turn are a row of the fault runs (`npm run test:faults -- --only DEPLOYMENT`).

import { describe, test } from "node:test";
import { canRun, OUR_SERVER } from "../support/server-process";
import { walkThrough } from "./mixtures";

describe("the deployment of three hosts", { skip: !canRun(OUR_SERVER) }, () => {
  for (const mixture of ["ours everywhere", "a real one in each role"]) {
    test(mixture, async (t) => {
      await walkThrough(mixture, t);
    });
  }
});
