// A worker thread that pings a server over one connection, one ping at a time, and measures how
// long each takes. In a thread of its own so that nothing else in the bench process delays it.

import { connect } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

// Between a reply and the next ping: short beside any stall of interest, long enough that the
// prober leaves the processor to the server and its load.
const PAUSE_MS = 1;
const PING = Buffer.from("PING\r\n");

export interface ProbeResult {
  readonly longestMs: number;
  readonly latenciesMs: readonly number[];
}

function probe(port: number): void {
  const latenciesMs: number[] = [];
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  let sentAt = 0;
  let stopping = false;
  const ping = () => {
    sentAt = performance.now();
    socket.write(PING);
  };
  const report = () => {
    const longestMs = latenciesMs.reduce((longest, latency) => Math.max(longest, latency), 0);
    parentPort?.postMessage({ longestMs, latenciesMs } satisfies ProbeResult);
    socket.destroy();
    parentPort?.close();
  };
  socket.once("connect", () => {
    parentPort?.postMessage("ready");
    ping();
  });
  socket.on("data", () => {
    latenciesMs.push(performance.now() - sentAt);
    if (stopping) report();
    else setTimeout(ping, PAUSE_MS);
  });
  parentPort?.once("message", () => {
    stopping = true;
  });
}

probe((workerData as { port: number }).port);
