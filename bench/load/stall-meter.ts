// Measures the longest time for which a server did not answer while something else went on.

import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ProbeResult } from "./ping-prober";

/** Pings the server all the while `body` runs. */
export async function measureStalls(port: number, body: () => Promise<void>): Promise<ProbeResult> {
  const worker = new Worker(join(__dirname, "ping-prober.js"), { workerData: { port } });
  const failed = once(worker, "error").then(([error]) => {
    throw error;
  });
  failed.catch(() => {});
  try {
    await Promise.race([once(worker, "message"), failed]);
    await Promise.race([body(), failed]);
    const result = once(worker, "message");
    worker.postMessage("stop");
    const [probed] = await Promise.race([result, failed]);
    return probed as ProbeResult;
  } finally {
    await worker.terminate();
  }
}
