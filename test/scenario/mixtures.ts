// Which programs stand where in the deployment: ours everywhere, or a real Redis in some of the roles.

import { OUR_SENTINEL, OUR_SERVER, REAL_SENTINEL, REAL_SERVER } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { Deployment, type HostPrograms } from "./deployment";
import { HOSTS } from "./deployment-files";
import { walk } from "./walk";

const ours: HostPrograms = {
  server: OUR_SERVER,
  sentinel: OUR_SENTINEL,
  sentinelAsServer: OUR_SERVER,
};
const real: HostPrograms = {
  server: REAL_SERVER,
  sentinel: REAL_SENTINEL,
  sentinelAsServer: REAL_SERVER,
};
const realServer: HostPrograms = { ...ours, server: REAL_SERVER };
const realSentinel: HostPrograms = { ...real, server: OUR_SERVER };

/** Host by host; the second one has the master at first. */
export const MIXTURES: Readonly<Record<string, readonly HostPrograms[]>> = {
  "ours everywhere": [ours, ours, ours],
  "a real master": [ours, realServer, ours],
  "a real replica": [realServer, ours, ours],
  "a real Sentinel": [ours, realSentinel, ours],
  "two real Sentinels": [realSentinel, ours, realSentinel],
  "a real one in each role": [realSentinel, realServer, real],
  "ours among real ones": [real, ours, real],
};

export async function walkThrough(mixture: string, cleanup: Cleanup): Promise<void> {
  const programs = MIXTURES[mixture];
  const byHost = HOSTS.map((host, index) => [host, programs[index]] as const);
  await walk(new Deployment(new Map(byHost), cleanup));
}
