// Random streams through the scanner, whole and cut, against the slow model. FUZZ_INPUTS sets how
// many (the scorecard's figure is 1,000,000); REDIS_TEST_SEED repeats a run.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withSeed } from "../support/seeds";
import { randomStream } from "../unit/protocol/random-requests";
import { findRequests } from "../unit/protocol/request-model";
import { cutAtRandom, scanPieces } from "../unit/protocol/scan-stream";

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 15_000);
const INPUT_BYTES = 1 << 20;

test(`${INPUTS} streams: the same records as the model, whole or cut anywhere`, () =>
  withSeed((random) => {
    const input = new Uint8Array(INPUT_BYTES);
    for (let count = 0; count < INPUTS; count++) {
      const text = randomStream(random);
      const bytes = Buffer.from(text, "latin1");
      const options = {
        maxBulkBytes: random.pick([512 * 1024 * 1024, 100]),
        isUnauthenticated: random.chance(0.3),
        tableWords: random.pick([160, 1 << 16]),
      };
      const expected = findRequests(text, options);
      const said = () => `stream ${JSON.stringify(text)}`;
      assert.deepEqual(scanPieces(input, [bytes], options, random), expected, said());
      const pieces = cutAtRandom(bytes, random);
      assert.deepEqual(scanPieces(input, pieces, options, random), expected, said());
    }
  }));
