// A process of its own that serves on the native transport, for tests of descriptors and memory.
// Its first line on standard output is its port. Commands: STATE answers with what it saw, as JSON;
// BIG with 100,000 bytes; anything else with PONG. The argument `strangers` makes every client
// unauthenticated, except the first.

import { createNativeTransport } from "../../src/net/native-transport";
import {
  CLOSED_UNAUTHENTICATED_OUTPUT,
  CONTROL_WORDS,
  EVENT_ACCEPT_FAILED,
  EVENT_ACCEPTED,
  EVENT_CLOSED,
  FLAG_UNAUTHENTICATED,
  RUN_WORDS,
} from "../../src/net/transport";
import {
  EVENT_BIT,
  EVENT_INLINE,
  EVENT_PROTOCOL_ERROR,
  RECORD_HEADER_WORDS,
} from "../../src/protocol/request-record";
import { HASH_KEY, SETTINGS } from "../unit/net/transport-driver";

const made = createNativeTransport({ hashKey: HASH_KEY });
if (!made.transport) throw new Error(made.reason);
const { transport } = made;
const { table, input, output, runs, control } = transport.memory;
const hasStrangers = process.argv.includes("strangers");
const BIG = Buffer.from(`$100000\r\n${"x".repeat(100_000)}\r\n`);
const PONG = Buffer.from("+PONG\r\n");
const state = { accepted: 0, closed: 0, acceptFailed: 0, protocolErrors: 0, unreadStrangers: 0 };
let runCount = 0;
let outputUsed = 0;

function reply(slot: number, bytes: Uint8Array): void {
  if (outputUsed + bytes.length > output.length) {
    transport.flush(runCount);
    runCount = 0;
    outputUsed = 0;
  }
  output.set(bytes, outputUsed);
  runs.set([slot, 0, outputUsed, bytes.length], runCount * RUN_WORDS);
  outputUsed += bytes.length;
  runCount++;
}

function answer(slot: number, offset: number, length: number): void {
  const name = Buffer.from(input.subarray(offset, offset + length)).toString();
  if (name === "BIG") {
    reply(slot, BIG);
  } else if (name === "STATE") {
    const cpu = process.cpuUsage();
    const cpuMs = (cpu.user + cpu.system) / 1000;
    const json = JSON.stringify({ ...state, cpuMs, residentBytes: residentBytes() });
    reply(slot, Buffer.from(`$${json.length}\r\n${json}\r\n`));
  } else {
    reply(slot, PONG);
  }
}

/** Node opens a file to tell it, so it cannot when no descriptor is left. */
function residentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return 0;
  }
}

function event(slot: number, kind: number, aux: number): void {
  if (kind === EVENT_ACCEPTED) {
    state.accepted++;
    if (hasStrangers && state.accepted > 1) control[slot * CONTROL_WORDS] = FLAG_UNAUTHENTICATED;
  } else if (kind === EVENT_CLOSED) {
    state.closed++;
    if (aux === CLOSED_UNAUTHENTICATED_OUTPUT) state.unreadStrangers++;
  } else if (kind === EVENT_ACCEPT_FAILED) {
    state.acceptFailed++;
  } else if (kind === EVENT_PROTOCOL_ERROR) {
    state.protocolErrors++;
    reply(slot, Buffer.from("-ERR Protocol error\r\n"));
    transport.close(slot, true);
  }
}

transport.configure(SETTINGS);
transport.listenTcp("127.0.0.1", 0, 511).then((id) => {
  transport.start((records) => {
    runCount = 0;
    outputUsed = 0;
    for (let record = 0, word = 0; record < records; record++) {
      const argc = table[word + 1];
      const kind = argc - EVENT_BIT;
      if (argc >= EVENT_BIT && kind !== EVENT_INLINE) {
        event(table[word], kind, table[word + 2]);
        word += RECORD_HEADER_WORDS;
      } else {
        answer(table[word], table[word + 5], table[word + 6]);
        word += RECORD_HEADER_WORDS + 2 * (kind === EVENT_INLINE ? 1 : argc);
      }
    }
    return runCount;
  });
  console.log(transport.listenerPort(id));
});
