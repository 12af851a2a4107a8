// The deployment with our programs in place of Redis's, and with a real one in each of the roles.

import { describe, test } from "node:test";
import { canRun, OUR_SERVER, REAL_SERVER } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { Deployment, type HostPrograms } from "./deployment";
import { HOSTS } from "./deployment-files";
import { walk } from "./walk";

const REAL_SENTINEL = "/usr/bin/redis-sentinel";
const REAL: HostPrograms = {
  server: REAL_SERVER,
  sentinel: REAL_SENTINEL,
  sentinelAsServer: REAL_SERVER,
};

export async function walkWith(programs: readonly HostPrograms[], t: Cleanup): Promise<void> {
  const byHost = HOSTS.map((host, index) => [host, programs[index]] as const);
  await walk(new Deployment(new Map(byHost), t));
}

describe("the deployment of three hosts", { skip: !canRun(OUR_SERVER) }, () => {
  test("with our servers and real Sentinels", async (t) => {
    const mixed = { ...REAL, server: OUR_SERVER };
    await walkWith([mixed, mixed, mixed], t);
  });
});
