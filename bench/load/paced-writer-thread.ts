// A worker thread that writes random keys at a fixed rate, whatever the server does, and measures
// how long each write took from the moment at which it was due: a server that stops for a while is
// charged for every write that should have been made meanwhile (no coordinated omission).
//
// Every millisecond a burst falls due, spread evenly over the connections. In a thread of its own so
// that nothing else in the bench process delays it.

import { connect, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { LatencyHistogram } from "../../src/base/latency-histogram";
import { encodeCommand } from "../../test/support/resp-encode";
import { numberPlaces, writeDigits } from "./numbered-command";

export interface PacedWriting {
  readonly port: number;
  readonly perSecond: number;
  readonly connections: number;
  /** How many keys there are; numbered from 0. */
  readonly keys: number;
  /** The command; `NUMBER` in it becomes the number of a key. Its reply is +OK. */
  readonly command: readonly string[];
}

/** What was answered since the last report. */
export interface PacedReport {
  readonly writes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly longestMs: number;
  /** How late this thread itself was with its bursts: what is not the server's. */
  readonly ownP999Ms: number;
}

const BURSTS_PER_SECOND = 1000;
const BURST_MS = 1;
const NS_PER_MS = 1e6;
const REPLY_BYTES = 5;
const PLUS = 0x2b;
/** A server that owes so many bursts on one connection is not going to make it. */
const MOST_OWED = 65_536;

let latencies = new LatencyHistogram();
let lateness = new LatencyHistogram();

/** One connection, and the bursts that it has not answered yet, oldest first. */
class Writer {
  readonly #socket: Socket;
  readonly #dueMs = new Float64Array(MOST_OWED);
  readonly #left = new Int32Array(MOST_OWED);
  #first = 0;
  #next = 0;
  #bytesIn = 0;

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk) => this.#receive(chunk));
  }

  connected(): Promise<void> {
    return new Promise((resolve) => this.#socket.once("connect", () => resolve()));
  }

  send(bytes: Buffer, commands: number, dueMs: number): void {
    const slot = this.#next++ % MOST_OWED;
    this.#dueMs[slot] = dueMs;
    this.#left[slot] = commands;
    if (this.#next - this.#first === MOST_OWED) throw new Error("the server does not keep up");
    this.#socket.write(bytes);
  }

  #receive(chunk: Buffer): void {
    if (this.#bytesIn === 0 && chunk[0] !== PLUS) throw new Error(chunk.toString());
    this.#bytesIn += chunk.length;
    let replies = Math.floor(this.#bytesIn / REPLY_BYTES);
    this.#bytesIn %= REPLY_BYTES;
    const nowMs = performance.now();
    while (replies > 0) {
      const slot = this.#first % MOST_OWED;
      const answered = Math.min(replies, this.#left[slot] ?? 0);
      latencies.record((nowMs - (this.#dueMs[slot] ?? 0)) * NS_PER_MS, answered);
      this.#left[slot] = (this.#left[slot] ?? 0) - answered;
      replies -= answered;
      if (this.#left[slot] === 0) this.#first++;
    }
  }
}

function reportAndBeginAnew(): PacedReport {
  const quantileMs = (of: LatencyHistogram, percent: number) =>
    of.valueAtPercentile(percent) / NS_PER_MS;
  const report = {
    writes: latencies.total,
    p50Ms: quantileMs(latencies, 50),
    p99Ms: quantileMs(latencies, 99),
    p999Ms: quantileMs(latencies, 99.9),
    longestMs: quantileMs(latencies, 100),
    ownP999Ms: quantileMs(lateness, 99.9),
  };
  latencies = new LatencyHistogram();
  lateness = new LatencyHistogram();
  return report;
}

async function write(writing: PacedWriting): Promise<void> {
  const { port, perSecond, connections, keys } = writing;
  const writers = Array.from({ length: connections }, () => new Writer(port));
  await Promise.all(writers.map((writer) => writer.connected()));
  const template = encodeCommand(writing.command);
  const [place = 0] = numberPlaces(template);
  const each = perSecond / BURSTS_PER_SECOND / connections;
  if (!Number.isInteger(each)) throw new Error("the rate must fall evenly on the connections");
  const beganMs = performance.now();
  let bursts = 0;
  setInterval(() => {
    for (; beganMs + bursts * BURST_MS <= performance.now(); bursts++) {
      const dueMs = beganMs + bursts * BURST_MS;
      lateness.record((performance.now() - dueMs) * NS_PER_MS, 1);
      for (const writer of writers) {
        const bytes = Buffer.allocUnsafe(template.length * each);
        for (let command = 0; command < each; command++) {
          const at = command * template.length;
          template.copy(bytes, at);
          writeDigits(bytes, at + place, Math.floor(Math.random() * keys));
        }
        writer.send(bytes, each, dueMs);
      }
    }
  }, BURST_MS);
  parentPort?.on("message", () => parentPort?.postMessage(reportAndBeginAnew()));
  parentPort?.postMessage("ready");
}

void write(workerData as PacedWriting);
