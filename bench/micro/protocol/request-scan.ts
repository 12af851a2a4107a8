// Scanning requests: the addon against its portable twin and against redis-parser (which makes
// strings or buffers, as who uses it would need). Bytes of 64 pipelined SETs, warm in the cache.

import RedisParser from "redis-parser";
import { HalfSipHash } from "../../../src/base/half-sip-hash";
import { loadAddon } from "../../../src/native/addon";
import { encodeRequest } from "../../../src/protocol/encode-request";
import { RequestParseState } from "../../../src/protocol/request-parse-state";
import { RequestScanner } from "../../../src/protocol/request-scanner";
import type { Mitata } from "../mitata";

const REQUESTS = 64;
const TABLE_WORDS = 1 << 16;
const MAX_BULK_BYTES = 512 * 1024 * 1024;
const KEYS = [0x01234567, 0x09abcdef] as const;

function pipelineOf(valueBytes: number): Buffer {
  const value = Buffer.alloc(valueBytes, "v");
  return Buffer.concat(
    Array.from({ length: REQUESTS }, (_, i) => encodeRequest(["SET", `key:${1e11 + i}`, value])),
  );
}

export function benchRequestScan({ bench, do_not_optimize, summary }: Mitata): void {
  const { addon } = loadAddon();
  for (const valueBytes of [3, 32, 1024]) {
    const bytes = pipelineOf(valueBytes);
    summary(() => {
      const name = `${REQUESTS} SETs of ${valueBytes} B`;
      const input = new Uint8Array(bytes);
      const words = new Uint32Array(TABLE_WORDS);
      if (addon !== undefined) {
        const table = new Uint8Array(words.buffer);
        bench(`${name}: addon`, () => {
          do_not_optimize(addon.scan(input, table, MAX_BULK_BYTES, false, KEYS[0], KEYS[1]));
        });
      }
      const scanner = new RequestScanner(input, words, new HalfSipHash(...KEYS));
      const state = new RequestParseState();
      bench(`${name}: twin`, () => {
        scanner.clearTable();
        do_not_optimize(scanner.scan(state, 0, 0, input.length, false));
      });
      let replies = 0;
      const parser = new RedisParser({
        returnReply: () => {
          replies++;
        },
        returnError: () => undefined,
        returnFatalError: () => undefined,
        stringNumbers: false,
        returnBuffers: true,
      });
      bench(`${name}: redis-parser, buffers`, () => {
        parser.execute(bytes);
        do_not_optimize(replies);
      });
    });
  }
}
